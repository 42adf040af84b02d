"""Tools with every save of them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Integer, Row, Select, and_, cast, func, insert, select, update

from curation.model.definition import Tool
from curation.model.states import GONE
from db.tables import catalogue_item, catalogue_version, definition, example, example_tool, tool, tool_version
from db.tool_texts import add_definitions, join_tool, say_meaning


class ToolRecord(msgspec.Struct, frozen=True):
    """One tool at its head revision."""

    id: str
    project_id: str
    name: str
    n: int
    archived: bool
    updated_by: str
    updated_at: str
    tool: Tool


def _select_tools() -> Select[tuple[object, ...]]:
    head = and_(tool_version.c.tool_id == tool.c.id, tool_version.c.n == tool.c.head_n)
    return (
        select(tool, definition.c.text, tool_version.c.meaning)
        .join(tool_version, head)
        .join(definition, definition.c.hash == tool_version.c.definition_hash)
    )


def _record(row: Row[tuple[object, ...]]) -> ToolRecord:
    one = row._mapping
    return ToolRecord(
        one[tool.c.id],
        one[tool.c.project_id],
        one[tool.c.name],
        one[tool.c.head_n],
        bool(one[tool.c.archived]),
        one[tool.c.updated_by],
        one[tool.c.updated_at],
        join_tool(one[definition.c.text], one[tool_version.c.meaning]),
    )


def list_tools(connection: Connection, project_id: str) -> list[ToolRecord]:
    """Unarchived ones by name."""
    query = _select_tools().where(tool.c.project_id == project_id, tool.c.archived == 0).order_by(tool.c.name)
    return [_record(row) for row in connection.execute(query)]


def find_tool(connection: Connection, tool_id: str) -> ToolRecord | None:
    row = connection.execute(_select_tools().where(tool.c.id == tool_id)).one_or_none()
    return _record(row) if row else None


def find_tool_named(connection: Connection, project_id: str, name: str) -> ToolRecord | None:
    where = (tool.c.project_id == project_id, tool.c.name == name, tool.c.archived == 0)
    row = connection.execute(_select_tools().where(*where)).one_or_none()
    return _record(row) if row else None


def find_version(connection: Connection, tool_id: str, n: int) -> Tool | None:
    """What a tool said at one of its revisions."""
    query = (
        select(definition.c.text, tool_version.c.meaning)
        .join(tool_version, definition.c.hash == tool_version.c.definition_hash)
        .where(tool_version.c.tool_id == tool_id, tool_version.c.n == n)
    )
    row = connection.execute(query).one_or_none()
    return join_tool(row.text, row.meaning) if row else None


def put_tool(connection: Connection, record: ToolRecord) -> None:
    """Store a record's tool as revision `n`, the first one together with the tool itself."""
    head = {
        "name": record.name,
        "head_n": record.n,
        "updated_by": record.updated_by,
        "updated_at": record.updated_at,
    }
    if record.n == 1:
        connection.execute(insert(tool).values(id=record.id, project_id=record.project_id, **head))
    else:
        connection.execute(update(tool).where(tool.c.id == record.id).values(**head))
    add_definitions(connection, [record.tool.definition])
    connection.execute(
        insert(tool_version).values(
            tool_id=record.id,
            n=record.n,
            definition_hash=record.tool.definition.hash,
            meaning=say_meaning(record.tool),
            by=record.updated_by,
            at=record.updated_at,
        )
    )


def archive_tool(connection: Connection, tool_id: str, by: str, at: str) -> None:
    connection.execute(update(tool).where(tool.c.id == tool_id).values(archived=1, updated_by=by, updated_at=at))


class Used(NamedTuple):
    """How many examples offer a tool, and how many of these call it."""

    offered: int
    called: int


NEVER = Used(0, 0)


def count_examples(connection: Connection, project_id: str) -> dict[str, Used]:
    """Tool → how many examples have it, by name or as it was ever saved, without rejected and archived ones."""
    has = (example_tool.c.example_id, example_tool.c.called)
    by_name = (
        select(tool.c.id.label("tool_id"), *has)
        .join(example_tool, example_tool.c.name == tool.c.name)
        .where(tool.c.project_id == project_id)
    )
    as_saved = (
        select(tool_version.c.tool_id, *has)
        .join(tool, tool.c.id == tool_version.c.tool_id)
        # Under its present name it is counted above; the name leads along an index, which the hash has none of.
        .join(definition, (definition.c.hash == tool_version.c.definition_hash) & (definition.c.name != tool.c.name))
        .join(
            example_tool,
            (example_tool.c.name == definition.c.name)
            & (example_tool.c.definition_hash == tool_version.c.definition_hash),
        )
        .where(tool.c.project_id == project_id)
    )
    found = by_name.union_all(as_saved).subquery()
    pair = (found.c.tool_id, found.c.example_id)
    # An example counts once, however many definitions of one tool it has.
    once = select(*pair, func.max(found.c.called).label("called")).group_by(*pair).subquery()
    query = (
        select(once.c.tool_id, func.count(), func.sum(cast(once.c.called > 0, Integer)))
        .join(example, example.c.id == once.c.example_id)
        .where(example.c.project_id == project_id, example.c.staged == 0, example.c.state.not_in(GONE))
        .group_by(once.c.tool_id)
    )
    return {tool_id: Used(offered, called) for tool_id, offered, called in connection.execute(query)}


def list_saves(connection: Connection, tool_id: str) -> list[tuple[int, Tool, str, str, tuple[int, ...]]]:
    """(revision, tool, by, at, catalogues it stands in) of every save of a tool, newest first."""
    held = (
        select(catalogue_item.c.n, catalogue_version.c.n)
        .join(catalogue_version, catalogue_version.c.id == catalogue_item.c.catalogue_id)
        .where(catalogue_item.c.tool_id == tool_id)
        .order_by(catalogue_version.c.n)
    )
    numbers: dict[int, list[int]] = {}
    for revision, number in connection.execute(held):
        numbers.setdefault(revision, []).append(number)
    query = (
        select(tool_version.c.n, definition.c.text, tool_version.c.meaning, tool_version.c.by, tool_version.c.at)
        .join(definition, definition.c.hash == tool_version.c.definition_hash)
        .where(tool_version.c.tool_id == tool_id)
        .order_by(tool_version.c.n.desc())
    )
    return [
        (row[0], join_tool(row[1], row[2]), row[3], row[4], tuple(numbers.get(row[0], ())))
        for row in connection.execute(query)
    ]
