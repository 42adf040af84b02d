"""Tools, the content-addressed text of their definitions, and the published catalogues."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, Table, UniqueConstraint, text

from db.tables.base import count, key, link, maybe, metadata, words

definition = Table("definition", metadata, key("hash"), maybe("name"), words("text"))

tool = Table(
    "tool",
    metadata,
    key(),
    link("project_id", "project.id"),
    words("name"),
    count("head_n"),
    count("archived"),
    words("updated_by"),
    words("updated_at"),
)
Index("tool_name", tool.c.project_id, tool.c.name, unique=True, sqlite_where=text("archived = 0"))

tool_version = Table(
    "tool_version",
    metadata,
    link("tool_id", "tool.id", primary_key=True),
    Column("n", Integer, primary_key=True),
    link("definition_hash", "definition.hash"),
    words("meaning", "{}"),
    words("by"),
    words("at"),
)
"""Every save of a tool; `meaning` is what a model does not see (effect, policy, result schema, errors) as JSON."""

catalogue_version = Table(
    "catalogue_version",
    metadata,
    key(),
    link("project_id", "project.id"),
    count("n"),
    words("hash"),
    words("by"),
    words("at"),
    UniqueConstraint("project_id", "n"),
)

catalogue_item = Table(
    "catalogue_item",
    metadata,
    link("catalogue_id", "catalogue_version.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    words("tool_id"),
    count("n"),
    ForeignKeyConstraint(["tool_id", "n"], ["tool_version.tool_id", "tool_version.n"]),
)
