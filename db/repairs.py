"""Examples that a published change of a tool broke, until somebody mended them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from curation.model.states import GONE
from db.tables import example, repair, tool

MOST = 400
"""Rows of one statement."""


class RepairRecord(msgspec.Struct, frozen=True):
    """One example and the tool whose change broke it; `rev` is the revision that has to be mended."""

    example_id: str
    tool_id: str
    project_id: str
    rev: int
    reason: str
    at: str
    done_at: str | None = None


class OpenRepair(msgspec.Struct, frozen=True):
    """A repair that waits, with what a list shows of its example."""

    example_id: str
    number: int
    title: str
    tool_id: str
    tool: str
    reason: str
    at: str


def has_open_repair() -> ColumnElement[bool]:
    """The condition on an example: a change of a tool broke it, and nobody has mended it yet."""
    return exists().where(repair.c.example_id == example.c.id, repair.c.done_at.is_(None))


def put_repairs(connection: Connection, records: Sequence[RepairRecord]) -> None:
    """Open repairs; one that was done is open again, one that waits already keeps the reason it waits for."""
    if not records:
        return
    statement = insert(repair)
    again = {name: statement.excluded[name] for name in ("rev", "reason", "at", "done_at")}
    statement = statement.on_conflict_do_update(
        [repair.c.example_id, repair.c.tool_id], set_=again, where=repair.c.done_at.is_not(None)
    )
    connection.execute(statement, [msgspec.structs.asdict(one) for one in records])


def remove_opened(connection: Connection, example_ids: Sequence[str], at: str) -> None:
    """Take back the repairs of these examples that the act of this moment opened, and no others."""
    for start in range(0, len(example_ids), MOST):
        where = repair.c.example_id.in_(example_ids[start : start + MOST])
        connection.execute(delete(repair).where(where, repair.c.at == at))


def close_repairs(connection: Connection, example_id: str, tool_ids: Sequence[str], at: str) -> None:
    """Note when an example was mended."""
    where = and_(repair.c.example_id == example_id, repair.c.tool_id.in_(tool_ids), repair.c.done_at.is_(None))
    connection.execute(update(repair).where(where).values(done_at=at))


def list_repairs_of(connection: Connection, example_id: str) -> list[RepairRecord]:
    """The open repairs of one example."""
    query = select(repair).where(repair.c.example_id == example_id, repair.c.done_at.is_(None))
    return [RepairRecord(*row) for row in connection.execute(query)]


def list_open(connection: Connection, project_id: str, *, after: int | None, limit: int) -> list[OpenRepair]:
    """What waits, newest example first, below number `after`; at least `limit` rows where there are so many."""
    numbers = select(example.c.number).join(repair, repair.c.example_id == example.c.id).where(*_open(project_id))
    if after is not None:
        numbers = numbers.where(example.c.number < after)
    page = numbers.distinct().order_by(example.c.number.desc()).limit(limit)
    query = (
        select(example.c.id, example.c.number, example.c.title, tool.c.id, tool.c.name, repair.c.reason, repair.c.at)
        .select_from(
            repair.join(example, example.c.id == repair.c.example_id).join(tool, tool.c.id == repair.c.tool_id)
        )
        .where(repair.c.done_at.is_(None), example.c.number.in_(page))
        .order_by(example.c.number.desc(), tool.c.name)
    )
    return [OpenRepair(*row) for row in connection.execute(query)]


def count_open(connection: Connection, project_id: str) -> int:
    """How many examples wait; nobody repairs what is rejected or archived."""
    query = select(func.count(repair.c.example_id.distinct())).select_from(
        repair.join(example, example.c.id == repair.c.example_id)
    )
    return connection.execute(query.where(*_open(project_id))).scalar_one()


def _open(project_id: str) -> tuple[ColumnElement[bool], ...]:
    return (repair.c.project_id == project_id, repair.c.done_at.is_(None), example.c.state.not_in(GONE))
