"""Calls of the playground run without their tools: past the guard, in one mocked world for each conversation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from curation.errors import BlockedError
from curation.execution.guard import Asked, Earlier, Ruling, rule_on
from curation.execution.running import runs_of
from curation.execution.world import World
from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.texts import is_too_long
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.services.mocking import Offer, Place, offer_results
from curation.services.playground_states import Run, State
from curation.services.playground_steps import Kind, Step
from curation.services.result_edits import unanswered_calls
from curation.services.text_fields import arguments_text, field_text
from curation.services.workspace import Workspace

Known = TypeVar("Known")


class Desk(msgspec.Struct, frozen=True):
    """What calls run on: the tools, on whose behalf, and at which time."""

    tools: Mapping[str, Tool]
    role: str
    at: str


class TurnRun(msgspec.Struct, frozen=True):
    """What became of the calls of one turn."""

    results: dict[str, str] = {}
    rulings: dict[str, Ruling] = {}
    runs: dict[str, Run] = {}
    steps: tuple[Step, ...] = ()

    def put_into(self, state: State) -> State:
        """The state with what became of the last turn's calls."""
        return msgspec.structs.replace(
            state, results=self.results, rulings=self.rulings, runs={**state.runs, **self.runs}
        )


def desk_of(ws: Workspace, tools: Mapping[str, Tool], role: str) -> Desk:
    """The desk as it stands now."""
    return Desk(tools, role, ws.now())


def run_calls(example: Example, desk: Desk, state: State, *, said: Mapping[str, bool] | None = None) -> TurnRun:
    """Run each call of the last turn that the guard lets through; what stands in `state` of the others stays.

    Args:
        example: the conversation up to the turn that calls.
        desk: what calls run on.
        state: what is known of this conversation's runs, and of calls of this turn that were ruled on before.
        said: id of a call → whether the person who was asked approved it.
    """
    turn = _Turn(example, desk, state)
    calls = unanswered_calls(example, len(example.messages) - 1)
    # A yes may come to a later call first: whatever ran, ran before the call that is approved now.
    for call in sorted(calls, key=turn.place_of):
        turn.take(call, (said or {}).get(field_text(call.id)))
    ids = [field_text(call.id) for call in calls]
    return TurnRun(_in_order(turn.results, ids), _in_order(turn.rulings, ids), turn.runs, tuple(turn.steps))


def blank_of(state: State) -> State:
    """The state without anything of the last turn's calls: another turn stands in its place."""
    return msgspec.structs.replace(state, results={}, rulings={})


def _in_order(known: Mapping[str, Known], ids: Iterable[str]) -> dict[str, Known]:
    return {call_id: known[call_id] for call_id in ids if call_id in known}


class _Turn:
    """The calls of one turn, one after another: each knows what those before it did."""

    def __init__(self, example: Example, desk: Desk, state: State) -> None:
        self._desk, self._before = desk, state
        self._world = World(desk.tools)
        self._earlier = list(_earlier_of(example, state))
        self.results: dict[str, str] = {}
        self.rulings: dict[str, Ruling] = {}
        self.runs: dict[str, Run] = {}
        self.steps: list[Step] = []
        for ran in runs_of(example):
            if ran.answer is not None and ran.tool in desk.tools:
                self._world.take(ran.tool, ran.arguments, ran.answer)

    def place_of(self, call: Call) -> tuple[bool, str]:
        """Where a call stands in the order in which they run: behind those that ran before, the oldest first."""
        ran = self._before.runs.get(field_text(call.id))
        return ran is None, ran.at if ran is not None else ""

    def take(self, call: Call, is_approved: bool | None) -> None:
        call_id, name = field_text(call.id), field_text(call.name)
        arguments: Json = parse_strict(arguments_text(call) or "{}").value
        ruled = self._before.rulings.get(call_id)
        if call_id in self._before.results or (ruled is not None and is_approved is None):
            self._keep(call_id, name, arguments)
            return
        ruling = rule_on(
            Asked(name, arguments, self._desk.tools.get(name), self._desk.role, is_approved),
            self._earlier,
            _seconds(self._desk.at),
        )
        if is_approved is not None:
            self.steps.append(Step("approved" if is_approved else "declined", call=call_id))
        self._settle(call_id, name, arguments, ruling)

    def _keep(self, call_id: str, name: str, arguments: Json) -> None:
        """What became of a call when this turn was run before."""
        if call_id in self._before.rulings:
            self.rulings[call_id] = self._before.rulings[call_id]
        text = self._before.results.get(call_id)
        if text is None:
            return
        self.results[call_id] = text
        if call_id in self._before.runs and isinstance(arguments, dict):
            self._world.take(name, arguments, text)
            self._earlier.append(_ran(name, arguments, self._before.runs[call_id].at, text))

    def _settle(self, call_id: str, name: str, arguments: Json, ruling: Ruling) -> None:
        if ruling.outcome == "run" and isinstance(arguments, dict):
            text = self.results[call_id] = self._world.run(name, arguments)
            self.runs[call_id] = Run(name, self._desk.at)
            self._earlier.append(_ran(name, arguments, self._desk.at, text))
            self.steps.append(Step("ran", text, call=call_id))
            return
        self.rulings[call_id] = ruling
        if ruling.outcome != "waits":
            refusal = json.dumps({"error": ruling.why.replace("`", "")}, ensure_ascii=False)
            self.results[call_id] = ruling.result if ruling.outcome == "repeated" else refusal
        self.steps.append(_step_of(call_id, ruling))


def _step_of(call_id: str, ruling: Ruling) -> Step:
    kinds: dict[str, Kind] = {"refused": "refused", "waits": "waits", "repeated": "repeated"}
    return Step(
        kinds[ruling.outcome],
        ruling.result,
        why=ruling.why,
        call=call_id,
        check=ruling.check,
        place=ruling.place,
        remedy=ruling.remedy,
    )


def _earlier_of(example: Example, state: State) -> Iterable[Earlier]:
    """Every call before the last turn that was run, with what stands in the conversation of it."""
    answers = {field_text(one.tool_call_id): field_text(one.content) for one in example.messages if one.role == "tool"}
    last = len(example.messages) - 1
    for call in (call for at, one in enumerate(example.messages) if at != last for call in one.calls or ()):
        call_id = field_text(call.id)
        ran = state.runs.get(call_id)
        arguments: Json = parse_strict(arguments_text(call) or "{}").value
        at_s = _seconds(ran.at) if ran else None
        yield Earlier(field_text(call.name), arguments, at_s, answers.get(call_id))


def _ran(name: str, arguments: Json, at: str, text: str) -> Earlier:
    return Earlier(name, arguments, _seconds(at), text)


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


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
