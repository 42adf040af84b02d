"""What a person goes on with after an edit: the field, the call in the inspector, the result to unfold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from curation.model.example import Example
from curation.model.finding import Finding, Judged
from curation.model.places import call_of, turn_of
from curation.services import expecting
from curation.services.arguments import value_at
from curation.services.text_fields import arguments_at, call_at, content_at, find_spot
from curation.services.writing import ExampleView
from ui.call_card import show_argument
from ui.cursor import aim
from ui.decision_labels import label_at
from ui.expected_fold import unfold_expected
from ui.result_view import result_key
from ui.state import Act, Slot

_CURED_IN_LABEL = {"no-tool-reason-missing": "reason"}
SELECTED: Slot[str] = Slot("write.selected", "")
PAGE = "write"


@dataclass(frozen=True)
class Step:
    """One edit: the act, and the conversation before and after it with the tab's names for its turns."""

    act: Act
    before: ExampleView
    after: ExampleView
    old: tuple[str, ...]
    ids: tuple[str, ...]

    @property
    def example(self) -> Example:
        return self.after.example

    def fresh(self) -> int:
        """The first turn that came with the edit; the last turn where none did."""
        return next((i for i, name in enumerate(self.ids) if name not in self.old), len(self.ids) - 1)

    def fresh_turns(self) -> tuple[str, ...]:
        """The names of all turns that came with the edit."""
        return tuple(name for name in self.ids if name not in self.old)

    def differs(self) -> int:
        """The first turn that reads otherwise than before."""
        pairs = zip(self.before.example.messages, self.example.messages, strict=False)
        return next((turn for turn, (old, new) in enumerate(pairs) if old != new), max(0, len(self.ids) - 1))

    def turn(self) -> int:
        """Where the turn the act was about stands now; the one in its place when it is gone."""
        name = self.act.at.partition("/")[0]
        if name in self.ids:
            return self.ids.index(name)
        gone = self.old.index(name) if name in self.old else 0
        return max(0, min(gone, len(self.ids) - 1))


@dataclass(frozen=True)
class Goal:
    """Where to go on."""

    at: str = ""
    selected: str = ""
    is_forced: bool = False
    is_unfolded: bool = False


def follow_edit(step: Step) -> None:
    """Move the cursor and the inspector to what an edit was about."""
    goal = GOALS.get(step.act.verb, _changed)(step)
    if goal.selected:
        SELECTED.of(step.after.id).set(goal.selected)
    turn = turn_of(goal.at)
    if goal.is_unfolded and turn is not None:
        for name in dict.fromkeys((step.ids[turn], *step.fresh_turns())):
            unfold(step.after.id, name)
    aim(goal.at, step.act.nonce, is_forced=goal.is_forced)


def unfold(example_id: str, turn_id: str) -> None:
    """Open a result, so that its field can take the cursor."""
    st.session_state[result_key(PAGE, example_id, turn_id)] = True


def place_of(finding: Finding) -> str:
    """Where a finding is put right: a missing label in the label, not in the text of its turn."""
    turn = turn_of(finding.at)
    part = _CURED_IN_LABEL.get(finding.rule)
    return finding.at if part is None or turn is None else label_at(turn, part)


def go_to(view: ExampleView, ids: tuple[str, ...], at: str, word: str) -> None:
    """Show the place of a finding and put the cursor there."""
    at = expecting.field_of(view.example, at)
    turn, index = turn_of(at), call_of(at)
    if turn is not None and turn < len(ids):
        role = view.example.messages[turn].role
        if role == "assistant":
            SELECTED.of(view.id).set(ids[turn] if index is None else f"{ids[turn]}/{index}")
            show_argument(view.example, at)
            unfold_expected(view.id, ids[turn], at)
        if role == "tool":
            unfold(view.id, ids[turn])
    aim(at, word)


def _added(step: Step) -> Goal:
    turn = step.fresh()
    is_answer = step.act.verb == "add_answer"
    return Goal(content_at(turn), selected=step.ids[turn] if is_answer else "", is_forced=True)


def _called(step: Step) -> Goal:
    """The new call: of a turn of its own, or the last one of the turn it was added to."""
    turn = step.turn() if step.act.at else step.fresh()
    index = len(step.example.messages[turn].calls or ()) - 1
    return Goal(arguments_at(turn, index), selected=f"{step.ids[turn]}/{index}", is_forced=True)


def _recovered(step: Step) -> Goal:
    """The call that was made to fail, or the words that follow where the recovery ends in words."""
    turn = step.differs()
    message = step.example.messages[turn]
    if message.calls:
        return Goal(arguments_at(turn, 0), selected=f"{step.ids[turn]}/0", is_forced=True)
    after = next((i for i in range(turn, len(step.ids)) if step.example.messages[i].role == "assistant"), turn)
    calls = step.example.messages[after].calls
    return Goal(
        arguments_at(after, 0) if calls else content_at(after),
        selected=f"{step.ids[after]}/0" if calls else step.ids[after],
        is_forced=True,
    )


def _grown(step: Step) -> Goal:
    """The element or key that was added: the last one under the place of the act."""
    turn, index = turn_of(step.act.at), call_of(step.act.at)
    call = call_at(step.example, turn, index) if turn is not None and index is not None else None
    held = value_at(call, find_spot(step.act.at).keys) if call else None
    last = len(held) - 1 if isinstance(held, list) else step.act.value.replace("~", "~0").replace("/", "~1")
    return Goal(f"{step.act.at}/{last}", is_forced=True)


def _put(step: Step) -> Goal:
    """The result that was put in, unfolded."""
    turn = step.differs() if step.before.example != step.example else step.turn()
    return Goal(content_at(turn), is_forced=True, is_unfolded=True)


def _answered(step: Step) -> Goal:
    turn = step.fresh() if step.act.verb == "add_result" else step.turn()
    return Goal(content_at(turn), is_forced=True, is_unfolded=True)


def _called_otherwise(step: Step) -> Goal:
    index = step.act.at.partition("/")[2]
    return Goal(arguments_at(step.turn(), int(index) if index.isdigit() else 0))


def _labelled(step: Step) -> Goal:
    return Goal(label_at(step.turn(), step.act.verb.removeprefix("label_")))


def _judged_anew(step: Step) -> Goal:
    """The place of a finding that the edit took away or brought back."""
    before, after = _places(step.before.judged), _places(step.after.judged)
    return Goal(next(iter([*(at for at in after if at not in before), *(at for at in before if at not in after)]), ""))


def _places(judged: tuple[Judged, ...]) -> list[str]:
    return [one.finding.at for one in judged]


def _changed(step: Step) -> Goal:
    return Goal(f"/messages/{step.differs()}")


GOALS: dict[str, Callable[[Step], Goal]] = {
    "add_user": _added,
    "add_system": _added,
    "add_answer": _added,
    "add_call": _called,
    "add_result": _answered,
    "result": _put,
    "fail": _put,
    "recovery": _recovered,
    "duplicate_turn": lambda step: Goal(f"/messages/{step.fresh()}", is_forced=True, is_unfolded=True),
    "change_tool": _called_otherwise,
    "argument": lambda step: Goal(step.act.at),
    "argument_add": lambda step: Goal(step.act.at, is_forced=True),
    "argument_element": _grown,
    "argument_key": _grown,
    "argument_out": lambda step: Goal(step.act.at),
    "argument_null": lambda step: Goal(step.act.at),
    "argument_empty": lambda step: Goal(step.act.at),
    "remove": lambda step: Goal(content_at(step.turn())),
    "remove_call": lambda step: Goal(f"/messages/{step.turn()}"),
    "move_up": lambda step: Goal(f"/messages/{step.turn()}"),
    "move_down": lambda step: Goal(f"/messages/{step.turn()}"),
    "fix": _judged_anew,
    "unkeep": _judged_anew,
    "keep": _judged_anew,
    "label_reason": _labelled,
    "label_recovery": _labelled,
    "label_missing": _labelled,
    "label_weight": _labelled,
    "label_order": _labelled,
    "expect_kind": lambda step: Goal(step.act.at, is_forced=True),
    "expect_left_out": lambda step: Goal(step.act.at),
    "tags": lambda _: Goal("/tags"),
    "offered": lambda _: Goal("/tools"),
}
"""Verb → where to go on; any other edit leads to the first turn it changed."""
