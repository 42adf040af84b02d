"""What the buttons of the Write page do: edits become a revision, everything else calls its one service."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from curation.model.definition import Tool
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.services import cataloguing, expecting, writing
from curation.services.text_fields import arguments_at, content_at
from curation.services.turn_edits import blank_example
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import state
from ui.call_card import flip_view, say_no_form
from ui.chat import BESIDE
from ui.cursor import CALL, aim
from ui.decision_labels import label_at
from ui.edits import EDITS, Desk
from ui.row_view import flip_row
from ui.state import Act
from ui.turns import name_turns
from ui.write_copies import COPIES
from ui.write_goals import SELECTED, go_to, place_of
from ui.write_memory import ERROR_AT, FRESH, LAST, followed
from ui.write_questions import QUESTIONS
from ui.write_repair import REPAIRS
from ui.write_results import leads_to_result
from ui.write_steps import STEPS
from ui.write_together import TOGETHER

ERROR_ICON = ":material/error:"
Perform = Callable[[Workspace, Actor, ExampleView, Act], ExampleView]


def published_tools(ws: Workspace, project_id: str) -> dict[str, Tool]:
    """Name → tool of the current catalogue; {} before the first is published."""
    catalogue = cataloguing.current_catalogue(ws, project_id)
    return {tool.name: tool for tool in catalogue.tools} if catalogue else {}


def begin_example(ws: Workspace, actor: Actor, project_id: str) -> None:
    """Open a new conversation with every published tool, the cursor in its first turn."""
    definitions = tuple(tool.definition for tool in published_tools(ws, project_id).values())
    fresh = writing.new_example(ws, actor, project_id, blank_example(definitions), nonce=uuid.uuid4().hex)
    state.EXAMPLE.set(fresh.id)
    FRESH.of(fresh.id).set(name_turns(fresh.id, fresh.head_rev, fresh.example))
    aim(content_at(0), fresh.id)


def perform(ws: Workspace, actor: Actor, view: ExampleView, tools: dict[str, Tool], act: Act) -> ExampleView:
    """Do what was asked; an edit is one revision."""
    if act.verb in _LOOKS:
        return _LOOKS[act.verb](ws, actor, view, act)
    if act.verb == "add_result" and leads_to_result(view, act):
        return view
    FRESH.of(view.id).clear()
    if act.verb in QUESTIONS:
        QUESTIONS[act.verb](view, tools, act)
        return view
    if act.verb in EDITS:
        return _edit(ws, actor, view, tools, act)
    return (STEPS | COPIES | TOGETHER | REPAIRS)[act.verb](ws, actor, view, act)


def _edit(ws: Workspace, actor: Actor, view: ExampleView, tools: dict[str, Tool], act: Act) -> ExampleView:
    LAST.clear()
    ids = name_turns(view.id, view.head_rev, view.example)
    edited = EDITS[act.verb](Desk(view.example, ids, tools, view.judged), act)
    example = expecting.follow_calls(view.example, edited)
    after = view
    if example != view.example:
        why = act.verb.replace("_", " ")
        after = writing.save_example(ws, actor, view.id, view.head_rev, example, why=why, nonce=act.nonce)
    return followed(view, after, act)


def _select(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """Show a call, or the labels of a decision, and go there."""
    SELECTED.of(view.id).set(act.at)
    turn_id, _, index = act.at.partition("/")
    ids = name_turns(view.id, view.head_rev, view.example)
    if turn_id in ids:
        turn = ids.index(turn_id)
        aim(arguments_at(turn, int(index)) if index.isdigit() else label_at(turn), act.nonce)
    return view


def _next_error(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """Go to the next error; without errors to the next finding."""
    FRESH.of(view.id).clear()
    found = [one for one in view.judged if one.severity is Severity.ERROR] or list(view.judged)
    places = list(dict.fromkeys(place_of(one.finding) for one in found))
    if places:
        slot = ERROR_AT.of(view.id)
        last = slot.get()
        slot.set(places[(places.index(last) + 1) % len(places)] if last in places else places[0])
        go_to(view, name_turns(view.id, view.head_rev, view.example), slot.get(), act.nonce)
    return view


def _say_beside(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """A field for what the assistant says beside its calls."""
    slot = BESIDE.of(view.id)
    slot.set((*slot.get(), act.at))
    ids = name_turns(view.id, view.head_rev, view.example)
    if act.at in ids:
        aim(content_at(ids.index(act.at)), act.nonce)
    return view


def _flip(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    if act.value:
        say_no_form(act.value)
        return view
    flip_view()
    aim(CALL, act.nonce)
    return view


def _flip_row(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    aim("/row" if flip_row() else CALL, act.nonce)
    return view


_LOOKS: dict[str, Perform] = {
    "select": _select,
    "label": _select,
    "next_error": _next_error,
    "say_beside": _say_beside,
    "flip": _flip,
    "flip_row": _flip_row,
}
"""Acts that look elsewhere and change nothing."""
