"""Calls of the playground run without their tools: in one mocked world for each conversation."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import BlockedError
from curation.execution.running import runs_of
from curation.execution.world import World
from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.texts import is_too_long
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.services.mocking import Offer, Place, offer_results
from curation.services.result_edits import unanswered_calls
from curation.services.text_fields import arguments_text, field_text

NOT_RUN = '{"error": "There is no such tool here, so nothing was run."}'


def run_calls(example: Example, tools: Mapping[str, Tool]) -> dict[str, str]:
    """Id of each call of the last turn → what its mock answers; what was done before in the conversation is known."""
    world = World(tools)
    waiting = {field_text(call.id) for call in unanswered_calls(example, len(example.messages) - 1)}
    for ran in runs_of(example):
        if ran.answer is not None and ran.tool in tools:
            world.take(ran.tool, ran.arguments, ran.answer)
    return {
        field_text(call.id): _run(world, tools, call)
        for call in example.messages[-1].calls or ()
        if field_text(call.id) in waiting
    }


def offers_for(example: Example, call_id: str, tools: Mapping[str, Tool]) -> tuple[Offer, ...]:
    """What a waiting call might bring back instead: samples, draws, failures."""
    turn = len(example.messages) - 1
    for index, call in enumerate(example.messages[turn].calls or ()):
        if field_text(call.id) == call_id:
            return offer_results(example, Place(turn, index), tools)
    return ()


def hand_back(example: Example, results: Mapping[str, str]) -> Example:
    """The conversation with the results of its last turn behind it, in the order of the calls."""
    for text in results.values():
        if is_too_long(text):
            raise BlockedError("The result is larger than 1 MB.", hint="Shorten it.")
    turns = tuple(
        Message(role="tool", content=results[field_text(call.id)], tool_call_id=call.id)
        for call in unanswered_calls(example, len(example.messages) - 1)
        if field_text(call.id) in results
    )
    return msgspec.structs.replace(example, messages=(*example.messages, *turns))


def _run(world: World, tools: Mapping[str, Tool], call: Call) -> str:
    arguments: Json = parse_strict(arguments_text(call) or "{}").value
    name = field_text(call.name)
    return world.run(name, arguments) if name in tools and isinstance(arguments, dict) else NOT_RUN
