"""Acts of the Write page that ask something first; the answer comes back as an act of its own."""

from __future__ import annotations

from collections.abc import Callable

from curation.errors import BlockedError
from curation.model.definition import Tool
from curation.services import mocking, recovering, varying
from curation.services.text_fields import field_text
from curation.services.writing import ExampleView
from ui import dialogs
from ui.edits import Desk, answered_by
from ui.state import Act
from ui.turns import name_turns
from ui.write_goals import SELECTED

Ask = Callable[[ExampleView, dict[str, Tool], Act], None]


def _ask_keep(view: ExampleView, tools: dict[str, Tool], act: Act) -> None:  # noqa: ARG001
    dialogs.keep_anyway(dialogs.finding_named(view.judged, act.at), act.at, act.nonce)


def _ask_near_miss(view: ExampleView, tools: dict[str, Tool], act: Act) -> None:  # noqa: ARG001
    dialogs.near_miss(varying.list_misses(view.example), act.nonce)


def _ask_call(view: ExampleView, tools: dict[str, Tool], act: Act) -> None:  # noqa: ARG001
    dialogs.choose_tool(tools, act.at, act.nonce)


def _ask_result(view: ExampleView, tools: dict[str, Tool], act: Act) -> None:
    """The results a call may bring back: of the turn named, of the chosen call, else of the last that waits."""
    ids = name_turns(view.id, view.head_rev, view.example)
    desk = Desk(view.example, ids, tools, view.judged)
    place = mocking.find_place(view.example, *answered_by(desk, act.at))
    offers = mocking.offer_results(view.example, place, tools)
    about = _name_call(view, place.turn, place.index)
    dialogs.choose_result(offers, about, f"{ids[place.turn]}/{place.index}", act.nonce)


def _ask_recovery(view: ExampleView, tools: dict[str, Tool], act: Act) -> None:
    """Failures of the chosen call, or of the last turn that calls, each with what is right after it."""
    ids = name_turns(view.id, view.head_rev, view.example)
    calling = {ids[i]: message for i, message in enumerate(view.example.messages) if message.calls}
    if not calling:
        raise BlockedError("There is no call that could fail.", hint="Add a call first.")
    name, _, index = SELECTED.of(view.id).get().partition("/")
    name = name if name in calling else list(calling)[-1]
    at = int(index) if index.isdigit() and int(index) < len(calling[name].calls or ()) else 0
    turn = ids.index(name)
    offers = recovering.list_recoveries(view.example, turn, at, tools)
    dialogs.choose_recovery(offers, _name_call(view, turn, at), f"{name}/{at}", act.nonce)


def _name_call(view: ExampleView, turn: int, index: int) -> str:
    """Which call a question is about: there may be several in a turn."""
    call = (view.example.messages[turn].calls or ())[index]
    said = [field_text(part) for part in (call.name, call.id)]
    return f"{', '.join(one for one in said if one)} in turn {turn + 1}"


QUESTIONS: dict[str, Ask] = {
    "ask_keep": _ask_keep,
    "ask_near_miss": _ask_near_miss,
    "ask_call": _ask_call,
    "add_a_call_here": _ask_call,
    "ask_result": _ask_result,
    "ask_recovery": _ask_recovery,
}
