"""What each verb of the Write page does to the conversation: from the act a button left to the next example."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from curation.errors import NotFoundError
from curation.model.definition import Tool
from curation.model.example import Example, Label
from curation.model.finding import Judged
from curation.model.values import Exact
from curation.services import (
    argument_edits,
    call_edits,
    expecting,
    mocking,
    recovering,
    result_edits,
    text_fields,
    turn_edits,
    waiving,
)
from curation.services.repairing import repair
from ui.findings import finding_key
from ui.state import Act


@dataclass(frozen=True)
class Desk:
    """What an edit needs to know: the example as stored, the tab's names for its turns, tools, findings."""

    example: Example
    ids: tuple[str, ...]
    tools: Mapping[str, Tool]
    judged: tuple[Judged, ...]

    def turn(self, handle: str) -> int:
        """The place of a turn named by `<turn id>` or `<turn id>/<call>`."""
        turn_id = handle.partition("/")[0]
        if turn_id not in self.ids:
            raise NotFoundError("That turn is gone.", hint="Look at the conversation again; it changed meanwhile.")
        return self.ids.index(turn_id)

    def call(self, handle: str) -> tuple[int, int]:
        index = handle.partition("/")[2]
        return self.turn(handle), int(index) if index.isdigit() else 0

    def tool(self, name: str) -> Tool:
        if name not in self.tools:
            raise NotFoundError(
                f"The published catalogue has no tool `{name}`.", hint="Publish it in Catalogue, then call it here."
            )
        return self.tools[name]


def _add_call(desk: Desk, act: Act) -> Example:
    """A call beside the others of the named turn; unnamed, of the assistant's turn the conversation ends on."""
    turn = desk.turn(act.at) if act.at else call_edits.open_turn(desk.example)
    return call_edits.add_call(desk.example, desk.tool(act.value).definition, turn)


def result_turn(desk: Desk, act: Act) -> int:
    """The turn whose calls get their results: the one named, else the last that waits for one."""
    return desk.turn(act.at) if act.at else result_edits.last_unanswered(desk.example)


def _add_result(desk: Desk, act: Act) -> Example:
    """The declared answer where a sample is about these very arguments, else one whose values are still open."""
    texts = {name: result_edits.blank_result(tool.result_schema) for name, tool in desk.tools.items()}
    turn = result_turn(desk, act)
    sampled = {
        text_fields.field_text(call.id): text
        for call in result_edits.unanswered_calls(desk.example, turn)
        if (tool := desk.tools.get(text_fields.field_text(call.name))) and (text := mocking.sample_for(tool, call))
    }
    return result_edits.add_results(desk.example, turn, texts, sampled)


def _change_tool(desk: Desk, act: Act) -> Example:
    return call_edits.change_tool(desk.example, *desk.call(act.at), desk.tool(act.value).definition)


def _result(desk: Desk, act: Act) -> Example:
    """A call answered by a mock or a failure (`value` is `<offer>`), or by an error in the person's own words."""
    place = mocking.find_place(desk.example, *answered_by(desk, act.at))
    return mocking.put_result(desk.example, place, act.value, desk.tools)


def answered_by(desk: Desk, handle: str) -> tuple[int | None, int | None]:
    """The turn and call a result is wanted for; nothing named: the last that waits for one."""
    if not handle or handle.partition("/")[0] not in desk.ids:
        return None, None
    turn, index = desk.call(handle)
    is_about = desk.example.messages[turn].role == "tool" or desk.example.messages[turn].calls
    return (turn, index) if is_about else (None, None)


def _fail(desk: Desk, act: Act) -> Example:
    place = mocking.find_place(desk.example, *answered_by(desk, act.at))
    return mocking.set_result(desk.example, place, result_edits.error_text(act.value))


def _fix(desk: Desk, act: Act) -> Example:
    found = next((one for one in desk.judged if finding_key(one) == act.at), None)
    if found is None or found.finding.fix is None:
        raise NotFoundError("That finding is gone.", hint="Nothing needs to be done about it any more.")
    return repair(desk.example, found.finding.fix)


def _recovery(desk: Desk, act: Act) -> Example:
    return recovering.insert_failure(desk.example, *desk.call(act.at), act.value, desk.tools)


def _label(desk: Desk, act: Act, **parts: object) -> Example:
    turn = desk.turn(act.at)
    label = desk.example.messages[turn].label or Label()
    return turn_edits.set_label(desk.example, turn, msgspec.structs.replace(label, **parts))


def _weight(desk: Desk, act: Act) -> Example:
    weight = Exact("0") if act.value == "no" else msgspec.UNSET
    return turn_edits.set_weight(desk.example, desk.turn(act.at), weight)


def _offered(desk: Desk, act: Act) -> Example:
    known = {one.view.name: one for one in desk.example.tools} if isinstance(desk.example.tools, tuple) else {}
    names = json.loads(act.value)
    definitions = tuple(known.get(name) or desk.tool(name).definition for name in names)
    return msgspec.structs.replace(desk.example, tools=definitions or msgspec.UNSET)


EDITS: dict[str, Callable[[Desk, Act], Example]] = {
    "add_user": lambda desk, _: turn_edits.add_turn(desk.example, "user"),
    "add_system": lambda desk, _: turn_edits.add_turn(desk.example, "system", 0),
    "add_answer": lambda desk, _: turn_edits.add_turn(desk.example, "assistant"),
    "add_call": _add_call,
    "add_result": _add_result,
    "change_tool": _change_tool,
    "remove_call": lambda desk, act: call_edits.remove_call(desk.example, *desk.call(act.at)),
    "remove": lambda desk, act: turn_edits.remove_turn(desk.example, desk.turn(act.at)),
    "move_up": lambda desk, act: turn_edits.move_turn(desk.example, desk.turn(act.at), -1),
    "move_down": lambda desk, act: turn_edits.move_turn(desk.example, desk.turn(act.at), 1),
    "duplicate_turn": lambda desk, act: turn_edits.duplicate_turn(desk.example, desk.turn(act.at)),
    "result": _result,
    "fail": _fail,
    "recovery": _recovery,
    "fix": _fix,
    "unkeep": lambda desk, act: waiving.take_back(desk.example, act.at),
    "argument": lambda desk, act: text_fields.write_text(desk.example, act.at, act.value),
    "argument_add": lambda desk, act: argument_edits.add_argument(desk.example, act.at),
    "argument_element": lambda desk, act: argument_edits.add_element(desk.example, act.at),
    "argument_key": lambda desk, act: argument_edits.add_key(desk.example, act.at, act.value),
    "argument_out": lambda desk, act: argument_edits.leave_out(desk.example, act.at),
    "argument_null": lambda desk, act: argument_edits.make_null(desk.example, act.at),
    "argument_empty": lambda desk, act: argument_edits.make_empty(desk.example, act.at),
    "label_reason": lambda desk, act: _label(desk, act, reason=act.value or None),
    "label_recovery": lambda desk, act: _label(desk, act, recovery=act.value or None),
    "label_missing": lambda desk, act: _label(desk, act, missing=tuple(json.loads(act.value or "[]"))),
    "label_weight": _weight,
    "label_order": lambda desk, act: expecting.set_order(desk.example, desk.turn(act.at), act.value),
    "expect_kind": lambda desk, act: expecting.set_kind(desk.example, act.at, act.value),
    "expect_left_out": lambda desk, act: expecting.set_left_out(desk.example, act.at, may_be=bool(act.value)),
    "tags": lambda desk, act: turn_edits.set_tags(desk.example, tuple(json.loads(act.value))),
    "offered": _offered,
}
"""Verb → the edit. Each becomes one revision."""
