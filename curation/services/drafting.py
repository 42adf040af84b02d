"""Unsaved text of one person: kept on every pause of the keys, dropped once it is saved for good."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import TooLongError
from curation.model.texts import is_too_long
from curation.services.workspace import Workspace
from db import drafts
from db.drafts import DraftRecord


class Draft(msgspec.Struct, frozen=True):
    """One field's unsaved text, and the revision it was begun from."""

    kind: str
    object_id: str
    field: str
    base_rev: int
    text: str
    saved_at: str


def save_draft(ws: Workspace, person_id: str, kind: str, object_id: str, field: str, base_rev: int, text: str) -> Draft:
    """Keep a field's text; the last one sent wins."""
    # A browser may send half of a surrogate pair at the end of what was typed; storage takes whole letters.
    whole = text.encode("utf-8", "replace").decode()
    if is_too_long(whole):
        raise TooLongError
    record = DraftRecord(kind, object_id, field, base_rev, whole, ws.now())
    with ws.unit() as unit:
        drafts.put_draft(unit.connection, person_id, record)
        unit.commit()
    return _view(record)


def read_drafts(ws: Workspace, person_id: str, kind: str, object_id: str) -> dict[str, Draft]:
    """Field → draft of one object."""
    with ws.reading() as connection:
        records = drafts.list_drafts(connection, person_id, kind, object_id)
    return {record.field: _view(record) for record in records}


def list_drafts(ws: Workspace, person_id: str) -> tuple[Draft, ...]:
    """Everything a person has not saved yet, newest first."""
    with ws.reading() as connection:
        return tuple(_view(record) for record in drafts.list_drafts(connection, person_id))


def drop_drafts(ws: Workspace, person_id: str, kind: str, object_id: str, field: str | None = None) -> None:
    """Forget the drafts of an object, or of one field of it."""
    with ws.unit() as unit:
        drafts.drop_drafts(unit.connection, person_id, kind, object_id, field)
        unit.commit()


def drop_read(ws: Workspace, person_id: str, seen: Sequence[Draft]) -> None:
    """Forget drafts that were read and dealt with; one whose text changed since then stays."""
    if not seen:
        return
    with ws.unit() as unit:
        for one in seen:
            drafts.drop_text(unit.connection, person_id, one.kind, one.object_id, one.field, one.text)
        unit.commit()


def _view(record: DraftRecord) -> Draft:
    return Draft(**msgspec.structs.asdict(record))
