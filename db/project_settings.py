"""What a project has set, as one JSON object of named parts; each part belongs to one service."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select, update

from db.tables import project


def read_setting(connection: Connection, project_id: str, name: str) -> bytes | None:
    """The JSON text of one part, None when it was never set."""
    found = _read(connection, project_id).get(name)
    return bytes(found) if found is not None else None


def write_setting(connection: Connection, project_id: str, name: str, value: object) -> None:
    """Set one part and leave the others as they are; the caller holds the write transaction."""
    parts = _read(connection, project_id) | {name: msgspec.Raw(msgspec.json.encode(value))}
    text = msgspec.json.encode(parts).decode()
    connection.execute(update(project).where(project.c.id == project_id).values(settings=text))


def _read(connection: Connection, project_id: str) -> dict[str, msgspec.Raw]:
    text = connection.execute(select(project.c.settings).where(project.c.id == project_id)).scalar_one()
    return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
