"""Conversations of the playground: one row each, written anew with every turn."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, insert, select, update

from db.tables import chat


class ChatRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation."""

    id: str
    project_id: str
    person_id: str
    rev: int = 0
    settings: str
    body: bytes
    state: str = "{}"
    at: str


def add_chat(connection: Connection, record: ChatRecord) -> None:
    connection.execute(insert(chat).values(**msgspec.structs.asdict(record)))


def find_chat(connection: Connection, chat_id: str) -> ChatRecord | None:
    row = connection.execute(select(chat).where(chat.c.id == chat_id)).mappings().one_or_none()
    return ChatRecord(**row) if row else None


def newest_chat(connection: Connection, project_id: str, person_id: str) -> ChatRecord | None:
    """The one a person began last."""
    mine = (chat.c.project_id == project_id, chat.c.person_id == person_id)
    row = connection.execute(select(chat).where(*mine).order_by(chat.c.id.desc()).limit(1)).mappings().first()
    return ChatRecord(**row) if row else None


def save_chat(connection: Connection, record: ChatRecord, base_rev: int) -> bool:
    """Write it on top of the revision it was made from; whether nobody had written in between."""
    values = msgspec.structs.asdict(record)
    same = (chat.c.id == record.id, chat.c.rev == base_rev)
    return connection.execute(update(chat).where(*same).values(**values)).rowcount == 1
