"""What the buttons of a tool do: save, discard, add and remove parameters, publish, archive."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.errors import BlockedError, CurationError
from curation.services import cataloguing, tool_desk, tool_typing
from curation.services.parameter_edits import (
    add_parameter,
    duplicate_parameter,
    free_name,
    move_parameter,
    remove_parameter,
)
from curation.services.parameter_forms import EMPTY, around, list_lines, open_form, pointer_to, split_pointer
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_desk import Desk
from ui import keys, publishing
from ui.errors import errors_shown
from ui.schema_builder import NOUN
from ui.session import workspace
from ui.state import NOTICE, Act, ask_now
from ui.text import count, plain
from ui.tool_edits import apply
from ui.tool_moves import move_to_undo, undo_move
from ui.tool_place import CHOSEN, DISCARDED, HELD, PART, SAMPLE, Place, chosen_of, desk_at, show_parameter
from ui.tool_rail import TOOL
from ui.tool_rows import ROW_ACTS

PAGE = "catalogue"
PART_WORDS = ("parameters", "result_schema", "errors", "samples")


def perform(project: ProjectView, place: Place, act: Act) -> None:
    """Do what a button asked for."""
    if act.verb:
        HELD.set(act.nonce)
        if act.verb != "undo":
            DISCARDED.of(place.project_id).clear()
    if act.verb in _EDITS:
        schema = Place(place.project_id, place.object_id, act.value or "parameters")
        _EDITS[act.verb](schema, _where(schema, act.at))
    elif act.verb in ROW_ACTS:
        ROW_ACTS[act.verb](place, act.at)
    elif act.verb == "publish":
        _publish(project, place, act)
    elif act.verb == "archive":
        _archive_dialog(desk_at(place), act.nonce)
    elif act.verb:
        _perform_on_tool(place, act)


def _perform_on_tool(place: Place, act: Act) -> None:
    ws = workspace()
    actor = local_actor(ws)
    desk = desk_at(place)
    if act.verb == "save":
        saved = tool_desk.save(ws, actor, desk, nonce=act.nonce)
        TOOL.set(saved.id)
        for slot in (CHOSEN, PART, SAMPLE):
            slot.of(saved.id).set(slot.of(place.object_id).get())
        NOTICE.set(f"{plain(saved.name)} is saved")
        st.rerun()
    elif act.verb == "discard":
        tool_desk.discard(ws, actor, desk)
        NOTICE.set(f"The draft is discarded; {keys.UNDO.shortcut} brings it back")
        if place.object_id.startswith("new."):
            DISCARDED.of(place.project_id).set(place.object_id)
            TOOL.clear()
        st.rerun()
    elif act.verb == "put on top":
        tool_desk.put_on_top(ws, actor, desk)
    elif act.verb == "undo" and DISCARDED.of(place.project_id).get():
        bring_back(place.project_id)
        st.rerun()
    elif act.verb == "undo":
        move = move_to_undo(desk)
        if move is None:
            _undo(place, desk)
        else:
            NOTICE.set(undo_move(move, nonce=act.nonce))
            st.rerun()


def bring_back(project_id: str) -> None:
    """The new tool whose draft was discarded last is on the desk again."""
    place = Place(project_id, DISCARDED.of(project_id).take())
    _undo(place, desk_at(place))
    TOOL.set(place.object_id)


def _undo(place: Place, desk: Desk) -> None:
    """Take the last change back, and look at what came back."""
    ws = workspace()
    what = tool_desk.undo(ws, local_actor(ws), desk)
    fields = desk_at(place).fields
    changed = [field for field, text in fields.items() if text != desk.fields[field]]
    for field in changed:
        if field in PART_WORDS:
            PART.of(place.object_id).set(field)
        if field in NOUN:
            _look_at(Place(place.project_id, place.object_id, field), _pointers(desk.fields[field]))
    NOTICE.set(f"Undone: {plain(what or 'the last change')}")


def _look_at(place: Place, before: list[str]) -> None:
    """Of the rows of a schema choose the one that was not there before; else what stands where the chosen one stood."""
    now, slot = _pointers(desk_at(place).fields[place.schema]), chosen_of(place)
    new = [pointer for pointer in now if pointer not in before]
    if new:
        slot.set(new[0])
    elif now and slot.get() not in now:
        at = before.index(slot.get()) if slot.get() in before else 0
        slot.set(now[min(at, len(now) - 1)])


def _pointers(text: str) -> list[str]:
    """The rows of a schema; none while its JSON is broken."""
    try:
        return [line.pointer for line in list_lines(open_form(text))]
    except CurationError:
        return []


def _publish(project: ProjectView, place: Place, act: Act) -> None:
    """Save what is still a draft, then ask; the question opens on the run that shows the saved tool."""
    ws = workspace()
    actor = local_actor(ws)
    desk = desk_at(place)
    if not desk.drafted:
        publishing.ask_to_publish(project)
        return
    TOOL.set(tool_desk.save(ws, actor, desk, nonce=act.nonce).id)
    ask_now("publish", page=PAGE)


def _where(place: Place, at: str) -> str:
    """The pointer a button meant: where its parameter was renamed by the same press, that under its new name."""
    return (tool_typing.follow(desk_at(place), place.schema, at) or at) if at else at


def _begin(place: Place, pointer: str) -> None:
    ws = workspace()
    tool_typing.begin(ws, local_actor(ws), desk_at(place), place.schema, pointer)


def _add_parameter(place: Place, parent: str) -> None:
    text = desk_at(place).fields[place.schema]
    outline = open_form(text if text.strip() else EMPTY)
    name = free_name(outline, parent, NOUN[place.schema])
    _begin(place, pointer_to(parent, name))
    apply(place, lambda whole: add_parameter(whole, parent, name), f"adding {name}")
    show_parameter(place, pointer_to(parent, name), is_new=True)


def _add_inside(place: Place, pointer: str) -> None:
    """Into the object a line is, holds or stands in, as it is when the press arrives."""
    line = next(
        (one for one in list_lines(open_form(desk_at(place).fields[place.schema])) if one.pointer == pointer), None
    )
    if line is None or not around(line):
        raise BlockedError("Nothing can stand inside this one.", hint="Make it an object, or each of its items.")
    _add_parameter(place, around(line))


def _duplicate_parameter(place: Place, pointer: str) -> None:
    parent, old = split_pointer(pointer)
    name = free_name(open_form(desk_at(place).fields[place.schema]), parent, old, 2)
    _begin(place, pointer_to(parent, name))
    apply(place, lambda whole: duplicate_parameter(whole, pointer, name), f"duplicating {old}")
    show_parameter(place, pointer_to(parent, name), is_new=True)


def _remove_parameter(place: Place, pointer: str) -> None:
    """The row that takes its place is the chosen one."""
    before = _pointers(desk_at(place).fields[place.schema])
    name = split_pointer(pointer)[1] or "what an item is"
    apply(place, lambda whole: remove_parameter(whole, pointer), f"removing {name}")
    _look_at(place, before)
    NOTICE.set(f"{plain(name)} is removed; {keys.UNDO.shortcut} brings it back")


def _move(by: int) -> Callable[[Place, str], None]:
    def move(place: Place, pointer: str) -> None:
        name = split_pointer(pointer)[1]
        apply(place, lambda whole: move_parameter(whole, pointer, by), f"moving {name}")

    return move


_EDITS: dict[str, Callable[[Place, str], None]] = {
    "add parameter": _add_parameter,
    "add inside": _add_inside,
    "duplicate parameter": _duplicate_parameter,
    "remove parameter": _remove_parameter,
    "move up": _move(-1),
    "move down": _move(1),
}
"""Verb → the edit of a schema at a pointer."""


@st.dialog("Archive this tool?", icon=":material/archive:")
def _archive_dialog(desk: Desk, nonce: str) -> None:
    view = desk.view
    if view is None:
        return
    used = cataloguing.count_uses(workspace(), desk.project_id).get(view.id, cataloguing.NEVER)
    st.markdown(
        f"**{plain(view.name)}** leaves the catalogue with its next version. Its {count(used.offered, 'example')} "
        "and every frozen version keep their definitions."
    )
    if st.button("Archive", key=f"tool.archive.yes.{view.id}", type="primary", icon=":material/archive:"):
        with errors_shown():
            ws = workspace()
            cataloguing.archive_tool(ws, local_actor(ws), view.id, nonce=nonce)
            TOOL.clear()
            NOTICE.set(f"{plain(view.name)} is archived")
            st.rerun()
