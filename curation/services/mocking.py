"""The result of a call without the tool: from a declared sample, drawn from its result schema, or a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.execution.mocks import find_answer, list_answers
from curation.execution.simulating import list_failures
from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.values import Json
from curation.services.result_edits import place_of_results, unanswered_calls
from curation.services.text_fields import (
    arguments_text,
    call_at,
    content_at,
    field_text,
    message_at,
    with_messages,
    write_text,
)


class Offer(msgspec.Struct, frozen=True):
    """One result to choose."""

    name: str
    title: str
    text: str
    is_failure: bool = False


class Place(msgspec.Struct, frozen=True):
    """A call, and the turn of its result where it has one."""

    turn: int
    index: int
    result: int | None = None


def find_place(example: Example, turn: int | None = None, index: int | None = None) -> Place:
    """The call a result is wanted for: the one a turn answers or makes, else the last one without a result."""
    if turn is not None and message_at(example, turn).role == "tool":
        return _answered(example, turn)
    if turn is not None and message_at(example, turn).calls:
        return _placed(example, turn, index or 0)
    for at in range(len(example.messages) - 1, -1, -1):
        if example.messages[at].calls:
            waiting = unanswered_calls(example, at)
            calls = example.messages[at].calls or ()
            return _placed(example, at, calls.index(waiting[0]) if waiting else len(calls) - 1)
    raise BlockedError("There is no call to answer.", hint="Add a call first.")


def _answered(example: Example, result: int) -> Place:
    wanted = field_text(example.messages[result].tool_call_id)
    for turn in range(result - 1, -1, -1):
        for index, call in enumerate(example.messages[turn].calls or ()):
            if field_text(call.id) == wanted:
                return Place(turn, index, result)
    raise BlockedError("This result answers no call.", hint="Remove it, or give it the id of a call.")


def _placed(example: Example, turn: int, index: int) -> Place:
    wanted = field_text(call_at(example, turn, index).id)
    after = range(turn + 1, place_of_results(example, turn))
    return Place(
        turn, index, next((at for at in after if field_text(example.messages[at].tool_call_id) == wanted), None)
    )


def offer_results(example: Example, place: Place, tools: Mapping[str, Tool]) -> tuple[Offer, ...]:
    """What the call may bring back: samples, draws, then failures."""
    call = call_at(example, place.turn, place.index)
    tool, arguments = tools.get(field_text(call.name)), read_arguments(call)
    answers = list_answers(tool, arguments) if tool else ()
    return (
        *(Offer(one.name, one.title, one.text) for one in answers),
        *(Offer(one.name, one.title, one.text, is_failure=True) for one in list_failures(tool, arguments)),
    )


def put_result(example: Example, place: Place, name: str, tools: Mapping[str, Tool]) -> Example:
    """The call answered by the offer of a name; a result it has already is replaced."""
    call = call_at(example, place.turn, place.index)
    tool, arguments = tools.get(field_text(call.name)), read_arguments(call)
    found = next((one.text for one in list_failures(tool, arguments) if one.name == name), None)
    mocked = find_answer(tool, arguments, name) if tool and found is None else None
    text = mocked.text if mocked else found
    if text is None:
        raise NotFoundError("That result is not on offer any more.", hint="Choose another; the tool has changed.")
    return set_result(example, place, text)


def set_result(example: Example, place: Place, text: str) -> Example:
    """The result of a call, written or written anew."""
    if place.result is not None:
        return write_text(example, content_at(place.result), text)
    call = call_at(example, place.turn, place.index)
    answered = Message(role="tool", content=text, tool_call_id=call.id)
    at = place_of_results(example, place.turn)
    return with_messages(example, [*example.messages[:at], answered, *example.messages[at:]])


def sample_for(tool: Tool, call: Call) -> str | None:
    """The declared answer to exactly these arguments, None where no sample is about them."""
    return next((one.text for one in list_answers(tool, read_arguments(call), 0) if one.is_match), None)


def read_arguments(call: Call) -> Json:
    """The parsed arguments, None where they are no JSON."""
    try:
        return json.loads(arguments_text(call))
    except (ValueError, RecursionError):
        return None
