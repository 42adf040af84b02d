"""A tool while a person edits it: the stored fields with that person's drafts over them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import BlockedError, CurationError
from curation.model.definition import Tool
from curation.model.finding import Judged
from curation.model.outline import compact
from curation.model.people import Actor
from curation.services import cataloguing, drafting, tool_undo
from curation.services.cataloguing import ToolView
from curation.services.drafting import Draft
from curation.services.form_rows import ErrorRow, read_rows
from curation.services.parameter_entries import has_field
from curation.services.parameter_texts import spot_of
from curation.services.row_texts import is_row_text, typed_texts, with_row_text
from curation.services.tool_forms import FIELD_NAMES, build_tool, read_fields
from curation.services.workspace import Workspace

KIND = "tool"
_JSON_FIELDS = frozenset({"parameters", "result_schema"})
UNREAD = "unread/"
"""Lead of the drafts that keep what could not be taken."""


class Unread(msgspec.Struct, frozen=True):
    """What was typed into one field of the form and could not be taken: kept to the letter until it is mended."""

    field: str
    """The field's own name, such as `maxLength`."""
    key: str
    """The widget it stands in."""
    title: str
    text: str
    why: str = ""
    schema: str = ""
    """The field of the tool it belongs to where that holds many: a schema or the errors; empty elsewhere."""
    pointer: str = ""

    @property
    def kept_as(self) -> str:
        """The draft it is kept in."""
        return f"{UNREAD}{self.schema}/{self.field}{self.pointer}"


class Desk(msgspec.Struct, frozen=True):
    """What the form works on."""

    object_id: str
    """The tool's id, or the id a new tool's drafts are kept under."""
    project_id: str
    view: ToolView | None
    fields: dict[str, str]
    drafted: tuple[str, ...]
    """The fields that differ from what is stored."""
    base_revision: int
    read: tuple[Draft, ...] = ()
    """The drafts these fields were read from."""
    saved_at: str = ""
    """When the newest draft reached the server."""
    unread: tuple[Unread, ...] = ()
    """What was typed and could not be taken, oldest first."""

    @property
    def is_stale(self) -> bool:
        """Whether somebody saved the tool after these drafts were begun."""
        return bool(self.drafted) and self.view is not None and self.view.revision != self.base_revision

    @property
    def is_typed_into(self) -> bool:
        """Whether a parameter's form holds text that the schema does not say yet."""
        return any(spot_of(draft.field) for draft in self.read)


def new_object_id(ws: Workspace, project_id: str) -> str:
    """The id under which the drafts of a new tool are kept until it is saved."""
    return f"new.{project_id}.{ws.new_id()}"


def list_unsaved(ws: Workspace, actor: Actor, project_id: str) -> tuple[str, ...]:
    """Ids of this person's new tools that were never saved."""
    lead = f"new.{project_id}."
    drafts = drafting.list_drafts(ws, actor.person_id)
    return tuple(dict.fromkeys(one.object_id for one in drafts if one.kind == KIND and one.object_id.startswith(lead)))


def list_drafted(ws: Workspace, actor: Actor, tools: Sequence[ToolView]) -> frozenset[str]:
    """Ids of the saved tools over which this person has text that is not saved."""
    ids = {one.object_id for one in drafting.list_drafts(ws, actor.person_id) if one.kind == KIND}
    desks = (open_desk(ws, actor, "", tool.id) for tool in tools if tool.id in ids)
    return frozenset(desk.object_id for desk in desks if desk.drafted or desk.unread or desk.is_typed_into)


def open_desk(ws: Workspace, actor: Actor, project_id: str, object_id: str) -> Desk:
    """The fields as this person left them."""
    view = None if object_id.startswith("new.") else cataloguing.get_tool(ws, object_id)
    stored = read_fields(view.tool if view else None)
    drafts = drafting.read_drafts(ws, actor.person_id, KIND, object_id)
    differing = {
        name: draft
        for name, draft in drafts.items()
        if name in FIELD_NAMES and not _same(name, draft.text, stored[name])
    }
    fields = stored | {name: draft.text for name, draft in differing.items()}
    typed = typed_texts(fields, drafts)
    differing |= typed
    for name, draft in typed.items():
        rows = name.partition("/")[0]
        fields[rows] = with_row_text(fields[rows], name, draft.text)
    return Desk(
        object_id=object_id,
        project_id=project_id,
        view=view,
        fields=fields,
        drafted=tuple(dict.fromkeys(name.partition("/")[0] for name in differing)),
        base_revision=min((draft.base_rev for draft in differing.values()), default=view.revision if view else 0),
        read=tuple(drafts.values()),
        saved_at=max((str(draft.saved_at) for draft in differing.values()), default=""),
        unread=_unread(fields, drafts),
    )


def keep_unread(ws: Workspace, actor: Actor, desk: Desk, unread: Unread) -> None:
    """Keep what could not be taken; saving waits until it is mended."""
    text = msgspec.json.encode(unread).decode()
    drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, unread.kept_as, desk.base_revision, text)


def refuse_text(ws: Workspace, actor: Actor, desk: Desk, field: str, unread: Unread) -> None:
    """Keep what was handed over and could not be taken in the place of the field's own draft."""
    drafting.drop_drafts(ws, actor.person_id, KIND, desk.object_id, field)
    keep_unread(ws, actor, desk, unread)


def drop_unread(ws: Workspace, actor: Actor, object_id: str, unread: Unread) -> None:
    """The field was mended, or what it held was taken back."""
    drafting.drop_drafts(ws, actor.person_id, KIND, object_id, unread.kept_as)


def _unread(fields: dict[str, str], drafts: dict[str, Draft]) -> tuple[Unread, ...]:
    """What still has a field to stand in; that of a parameter removed or retyped since has none."""
    kept = sorted((one for name, one in drafts.items() if name.startswith(UNREAD)), key=lambda one: one.saved_at)
    found = (msgspec.json.decode(one.text, type=Unread) for one in kept)
    return tuple(one for one in found if _has_place(fields, one))


def _has_place(fields: dict[str, str], unread: Unread) -> bool:
    if unread.schema == "errors":
        return any(row.id == unread.pointer for row in read_rows(fields["errors"], ErrorRow))
    return not unread.schema or has_field(fields[unread.schema], unread.pointer, unread.field)


def write_field(ws: Workspace, actor: Actor, desk: Desk, field: str, text: str, what: str = "") -> None:
    """Keep one field's text on the server, and what it was for undoing."""
    if is_row_text(field):
        rows = field.partition("/")[0]
        text = with_row_text(desk.fields[rows], field, text)
        drafting.drop_drafts(ws, actor.person_id, KIND, desk.object_id, field)
        field = rows
    if desk.fields[field] != text:
        tool_undo.push(ws, actor, desk.object_id, what, {field: (desk.fields[field], text)}, desk.base_revision)
    drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, field, desk.base_revision, text)


def undo(ws: Workspace, actor: Actor, desk: Desk) -> str:
    """Take the last change back, also one that was saved; what was undone in words, empty when there is nothing.

    Where somebody else has saved since, the draft is one of the revision before theirs: the desk is stale and asks.
    """
    newest = desk.unread[-1] if desk.unread else None
    if newest is not None and _kept_at(desk, newest) >= desk.saved_at:
        drop_unread(ws, actor, desk.object_id, newest)
        return f"what was typed into {newest.title}"
    now = desk.view.revision if desk.view else 0

    def is_own(name: str, revision: int) -> bool:
        return name in desk.drafted or revision in (0, now)

    step = tool_undo.next_step(ws, actor, desk.object_id, desk.fields, _same, is_own)
    if step is None:
        return ""
    base_revision = min(desk.base_revision, step.revision or desk.base_revision)
    for name, text in step.fields.items():
        drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, name, base_revision, text)
    if step.is_popped:
        tool_undo.pop(ws, actor, desk.object_id)
    return step.what


def put_on_top(ws: Workspace, actor: Actor, desk: Desk) -> None:
    """Begin these drafts anew from the newest revision: what they say wins over what somebody else saved."""
    if desk.view is None:
        return
    for name in desk.drafted:
        drafting.save_draft(ws, actor.person_id, KIND, desk.object_id, name, desk.view.revision, desk.fields[name])
    tool_undo.settle(ws, actor, desk.object_id, desk.base_revision, desk.view.revision)


def discard(ws: Workspace, actor: Actor, desk: Desk) -> None:
    """Forget the drafts; the stored tool stays as it is, and undoing brings the drafts back."""
    stored = read_fields(desk.view.tool if desk.view else None)
    lost = {name: (desk.fields[name], stored[name]) for name in desk.drafted}
    if lost:
        tool_undo.push(ws, actor, desk.object_id, "discarding the draft", lost, desk.base_revision)
    drafting.drop_drafts(ws, actor.person_id, KIND, desk.object_id)


def _kept_at(desk: Desk, unread: Unread) -> str:
    return next((draft.saved_at for draft in desk.read if draft.field == unread.kept_as), "")


def save(ws: Workspace, actor: Actor, desk: Desk, *, nonce: str) -> ToolView:
    """Make the drafts the tool's next revision; what was typed and could not be taken keeps it from being saved."""
    if desk.unread:
        first = desk.unread[0]
        raise BlockedError(f"Not saved: {first.why}", hint=f"Mend {first.title}, or undo what was typed there.")
    saved = cataloguing.save_tool(
        ws,
        actor,
        desk.project_id,
        build_tool(desk.fields, desk.view.tool if desk.view else None),
        tool_id=desk.view.id if desk.view else None,
        base_revision=desk.base_revision,
        nonce=nonce,
    )
    drafting.drop_read(ws, actor.person_id, desk.read)
    if desk.view is None:
        tool_undo.move(ws, actor, desk.object_id, saved.id, saved.revision)
    else:
        tool_undo.settle(ws, actor, desk.object_id, desk.base_revision, saved.revision)
    return saved


def preview(desk: Desk) -> tuple[Tool | None, str]:
    """The tool as it would be saved, or the sentence that says why it cannot be."""
    try:
        return build_tool(desk.fields, desk.view.tool if desk.view else None), ""
    except CurationError as error:
        return None, str(error)


def lint(desk: Desk, target: str | None) -> tuple[Judged, ...]:
    """What a model would misread in the tool as it stands on the desk."""
    tool, _ = preview(desk)
    return cataloguing.lint_tool(tool, target) if tool else ()


def _same(field: str, one: str, other: str) -> bool:
    return compact(one) == compact(other) if field in _JSON_FIELDS else one == other
