"""Tools and catalogues as screens and commands see them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.definition import Tool
from db import catalogues, people
from db.catalogue import ToolRecord
from db.catalogues import CatalogueRecord


class ToolView(msgspec.Struct, frozen=True):
    """One tool at its newest revision.

    `version` is the number of the newest catalogue that holds the tool; `is_published` says that this very revision
    stands in the current catalogue.
    """

    id: str
    name: str
    tool: Tool
    revision: int
    version: int | None
    is_published: bool
    updated_by: str
    updated_at: str


class CatalogueView(msgspec.Struct, frozen=True):
    """One published catalogue with its tools in order."""

    id: str
    n: int
    hash: str
    by: str
    at: str
    tools: tuple[Tool, ...]


def view_tools(connection: Connection, project_id: str, records: Sequence[ToolRecord]) -> tuple[ToolView, ...]:
    versions, current = _published(connection, project_id)
    names = people.name_people(connection)
    return tuple(
        ToolView(
            id=record.id,
            name=record.name,
            tool=record.tool,
            revision=record.n,
            version=versions.get(record.id),
            is_published=current.get(record.id) == record.n,
            updated_by=names.get(record.updated_by, record.updated_by),
            updated_at=record.updated_at,
        )
        for record in records
    )


def _published(connection: Connection, project_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """Tool → the newest catalogue's number that holds it; tool → its revision in the current one."""
    current = catalogues.newest_catalogue(connection, project_id)
    items = catalogues.list_items(connection, current.id) if current else []
    return catalogues.newest_holding(connection, project_id), {item.tool_id: item.n for item in items}


def view_catalogue(connection: Connection, record: CatalogueRecord) -> CatalogueView:
    tools = tuple(item.tool for item in catalogues.list_items(connection, record.id))
    name = people.name_people(connection).get(record.by, record.by)
    return CatalogueView(record.id, record.n, record.hash, name, record.at, tools)
