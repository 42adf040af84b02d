"""Published catalogues and the tools they hold."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, and_, func, insert, select

from curation.model.definition import Tool
from db.tables import catalogue_item, catalogue_version, definition, tool, tool_version
from db.tool_texts import join_tool


class CatalogueRecord(msgspec.Struct, frozen=True):
    """One published catalogue without its tools."""

    id: str
    project_id: str
    n: int
    hash: str
    by: str
    at: str


class CatalogueItem(msgspec.Struct, frozen=True):
    """One tool of a catalogue: which revision, and what that says."""

    tool_id: str
    n: int
    tool: Tool


def add_catalogue(connection: Connection, record: CatalogueRecord, items: Iterable[CatalogueItem]) -> None:
    connection.execute(insert(catalogue_version).values(**msgspec.structs.asdict(record)))
    rows = [
        {"catalogue_id": record.id, "position": position, "tool_id": item.tool_id, "n": item.n}
        for position, item in enumerate(items)
    ]
    connection.execute(insert(catalogue_item), rows)


def list_catalogues(connection: Connection, project_id: str) -> list[CatalogueRecord]:
    """Newest first."""
    query = select(catalogue_version).where(catalogue_version.c.project_id == project_id)
    return [CatalogueRecord(*row) for row in connection.execute(query.order_by(catalogue_version.c.n.desc()))]


def find_catalogue(connection: Connection, catalogue_id: str) -> CatalogueRecord | None:
    row = connection.execute(select(catalogue_version).where(catalogue_version.c.id == catalogue_id)).one_or_none()
    return CatalogueRecord(*row) if row else None


def newest_catalogue(connection: Connection, project_id: str) -> CatalogueRecord | None:
    query = select(catalogue_version).where(catalogue_version.c.project_id == project_id)
    row = connection.execute(query.order_by(catalogue_version.c.n.desc()).limit(1)).one_or_none()
    return CatalogueRecord(*row) if row else None


def newest_holding(connection: Connection, project_id: str) -> dict[str, int]:
    """Tool → the number of the newest catalogue that holds it."""
    query = (
        select(catalogue_item.c.tool_id, func.max(catalogue_version.c.n))
        .join(catalogue_version, catalogue_version.c.id == catalogue_item.c.catalogue_id)
        .where(catalogue_version.c.project_id == project_id)
        .group_by(catalogue_item.c.tool_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def count_items(connection: Connection, catalogue_id: str) -> int:
    query = select(func.count()).select_from(catalogue_item)
    return connection.execute(query.where(catalogue_item.c.catalogue_id == catalogue_id)).scalar_one()


def count_tools(connection: Connection, project_id: str, catalogue_id: str) -> tuple[int, int]:
    """How many tools there are, and how many of them stand in this catalogue just as they are."""
    same = and_(
        catalogue_item.c.catalogue_id == catalogue_id,
        catalogue_item.c.tool_id == tool.c.id,
        catalogue_item.c.n == tool.c.head_n,
    )
    query = select(func.count(), func.count(catalogue_item.c.tool_id)).select_from(tool.outerjoin(catalogue_item, same))
    row = connection.execute(query.where(tool.c.project_id == project_id, tool.c.archived == 0)).one()
    return row[0], row[1]


def list_items(connection: Connection, catalogue_id: str) -> list[CatalogueItem]:
    """A catalogue's tools in their order."""
    same = and_(tool_version.c.tool_id == catalogue_item.c.tool_id, tool_version.c.n == catalogue_item.c.n)
    query = (
        select(catalogue_item.c.tool_id, catalogue_item.c.n, definition.c.text, tool_version.c.meaning)
        .join(tool_version, same)
        .join(definition, definition.c.hash == tool_version.c.definition_hash)
        .where(catalogue_item.c.catalogue_id == catalogue_id)
        .order_by(catalogue_item.c.position)
    )
    return [CatalogueItem(row[0], row[1], join_tool(row[2], row[3])) for row in connection.execute(query)]
