"""Texts typed into the form of a parameter: how they reach the schema, also late, or under a name that has changed."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import msgspec

from curation.errors import CurationError, UnreadableError
from curation.model.outline import Outline, lay_out
from curation.model.people import Actor
from curation.services import drafting, parameter_texts, tool_desk
from curation.services.parameter_forms import EMPTY, find, list_lines, open_form, pointer_to, split_pointer
from curation.services.parameter_texts import Spot
from curation.services.tool_desk import KIND, Desk, Unread
from curation.services.weaving import weave
from curation.services.workspace import Workspace

_MOVED = "moved/"
"""Lead of the draft that says which parameters have another name now."""
_LAST = "typing"
"""The draft that says which parameter was typed into last."""


def take_text(ws: Workspace, actor: Actor, desk: Desk, spot: Spot, text: str) -> str:
    """Put a text into the schema, or keep it with the reason why it cannot be taken; the parameter's pointer now.

    A parameter that is gone takes its text with it: "" then.
    """
    whole = desk.fields[spot.schema]
    whole = whole if whole.strip() else lay_out(EMPTY)
    try:
        outline = open_form(whole)
    except UnreadableError:
        # The form is closed while the JSON is broken; it takes the text when it opens again.
        drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, spot.kept_as, desk.base_revision, text)
        return spot.pointer
    now = msgspec.structs.replace(spot, pointer=follow(desk, spot.schema, spot.pointer))
    changed = _change(ws, actor, desk, whole, outline, now, text) if now.pointer else ""
    for name in _typed_into(desk, spot, now.pointer):
        drafting.drop_drafts(ws, actor.person_id, KIND, desk.object_id, name)
    if changed:
        _keep_last(ws, actor, desk, msgspec.structs.replace(spot, pointer=changed))
    return changed


def last_typed(desk: Desk) -> Spot | None:
    """The field that was typed into last, before the tool was saved; None where there is none any more."""
    draft = next((one for one in desk.read if one.field == _LAST), None)
    spot = msgspec.json.decode(draft.text, type=Spot) if draft else None
    pointer = follow(desk, spot.schema, spot.pointer) if spot else ""
    return msgspec.structs.replace(spot, pointer=pointer) if spot and pointer else None


def take_left(ws: Workspace, actor: Actor, desk: Desk, on_screen: Collection[Spot]) -> None:
    """Take the texts that reached the server and were never handed over, oldest first.

    A field on the screen still has its text and hands it over by itself.
    """
    for draft in sorted(desk.read, key=lambda one: one.saved_at):
        spot = parameter_texts.spot_of(draft.field)
        if spot is None or spot.schema not in desk.fields or not _is_open(desk.fields[spot.schema]):
            continue
        now = msgspec.structs.replace(spot, pointer=follow(desk, spot.schema, spot.pointer))
        if now in on_screen:
            continue
        take_text(ws, actor, desk, spot, draft.text)
        desk = tool_desk.open_desk(ws, actor, desk.project_id, desk.object_id)


def follow(desk: Desk, schema: str, pointer: str) -> str:
    """Where a parameter stands now that may have been renamed since; "" where it is gone."""
    moved = _read_moved(desk, schema)
    for _ in range(len(moved) + 1):
        if _has(desk.fields[schema], pointer):
            return pointer
        was = next((one for one in moved if f"{pointer}/".startswith(f"{one}/")), None)
        if was is None:
            return ""
        pointer = moved[was] + pointer.removeprefix(was)
    return ""


def begin(ws: Workspace, actor: Actor, desk: Desk, schema: str, pointer: str) -> None:
    """A new parameter has nothing from one that had its name before."""
    for draft in desk.read:
        spot = _place_of(draft.field, draft.text)
        if spot is not None and spot.schema == schema and f"{spot.pointer}/".startswith(f"{pointer}/"):
            drafting.drop_drafts(ws, actor.person_id, KIND, desk.object_id, draft.field)
    moved = {was: now for was, now in _read_moved(desk, schema).items() if not f"{was}/".startswith(f"{pointer}/")}
    _keep_moved(ws, actor, desk, schema, moved)
    _keep_last(ws, actor, desk, Spot(schema, "name", pointer))


def _keep_last(ws: Workspace, actor: Actor, desk: Desk, spot: Spot) -> None:
    text = msgspec.json.encode(spot).decode()
    drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, _LAST, desk.base_revision, text)


def _change(ws: Workspace, actor: Actor, desk: Desk, whole: str, outline: Outline, spot: Spot, text: str) -> str:
    if not parameter_texts.has_place(find(outline, spot.pointer), spot.field):
        return ""
    unread = _slip(outline, spot, text)
    try:
        changed = parameter_texts.write(outline, spot, text)
    except CurationError as error:
        _take_lines(ws, actor, desk, whole, outline, spot, text)
        if text.strip():
            tool_desk.keep_unread(ws, actor, desk, msgspec.structs.replace(unread, why=str(error)))
        else:
            tool_desk.drop_unread(ws, actor, desk.object_id, unread)
        return spot.pointer
    tool_desk.write_field(ws, actor, desk, spot.schema, weave(whole, changed), parameter_texts.step_of(spot))
    tool_desk.drop_unread(ws, actor, desk.object_id, unread)
    if spot.field != "name":
        return spot.pointer
    now = pointer_to(split_pointer(spot.pointer)[0], text.strip())
    if now != spot.pointer:
        _carry(ws, actor, desk, spot, now)
    return now


def _take_lines(ws: Workspace, actor: Actor, desk: Desk, whole: str, outline: Outline, spot: Spot, text: str) -> None:
    """Of a field with one value a line, the lines that can be taken reach the schema all the same."""
    with suppress(CurationError):
        readable = parameter_texts.readable(outline, spot, text)
        if readable is not None:
            changed = weave(whole, parameter_texts.write(outline, spot, readable))
            tool_desk.write_field(ws, actor, desk, spot.schema, changed, parameter_texts.step_of(spot))


def _carry(ws: Workspace, actor: Actor, desk: Desk, spot: Spot, now: str) -> None:
    """What was typed into the fields of a parameter goes with it under its new name."""
    was = spot.pointer
    for one in desk.unread:
        if one.schema == spot.schema and one.field != "name" and f"{one.pointer}/".startswith(f"{was}/"):
            at = now + one.pointer.removeprefix(was)
            tool_desk.drop_unread(ws, actor, desk.object_id, one)
            tool_desk.keep_unread(ws, actor, desk, msgspec.structs.replace(one, pointer=at))
    moved = {one: to for one, to in _read_moved(desk, spot.schema).items() if one != now}
    _keep_moved(ws, actor, desk, spot.schema, moved | {was: now})


def _slip(outline: Outline, spot: Spot, text: str) -> Unread:
    line = next(one for one in list_lines(outline) if one.pointer == spot.pointer)
    return Unread(spot.field, "", parameter_texts.title_of(spot, line), text, "", spot.schema, spot.pointer)


def _typed_into(desk: Desk, spot: Spot, pointer: str) -> list[str]:
    """The drafts of one field, under all the names its parameter had."""
    names = [spot.kept_as]
    for draft in desk.read:
        one = parameter_texts.spot_of(draft.field)
        is_same = one is not None and (one.schema, one.field) == (spot.schema, spot.field)
        if one is not None and is_same and follow(desk, one.schema, one.pointer) == pointer:
            names.append(draft.field)
    return names


def _place_of(name: str, text: str) -> Spot | None:
    """What a draft of the form is about: typed and not handed over, or typed and refused."""
    if name.startswith(tool_desk.UNREAD):
        one = msgspec.json.decode(text, type=Unread)
        return Spot(one.schema, one.field, one.pointer)
    return parameter_texts.spot_of(name)


def _read_moved(desk: Desk, schema: str) -> dict[str, str]:
    draft = next((one for one in desk.read if one.field == f"{_MOVED}{schema}"), None)
    return msgspec.json.decode(draft.text, type=dict[str, str]) if draft else {}


def _keep_moved(ws: Workspace, actor: Actor, desk: Desk, schema: str, moved: dict[str, str]) -> None:
    if moved == _read_moved(desk, schema):
        return
    text = msgspec.json.encode(moved).decode()
    drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, f"{_MOVED}{schema}", desk.base_revision, text)


def _has(text: str, pointer: str) -> bool:
    try:
        find(open_form(text), pointer)
    except UnreadableError:
        return False
    return True


def _is_open(text: str) -> bool:
    try:
        open_form(text if text.strip() else EMPTY)
    except UnreadableError:
        return False
    return True
