"""What a model is in use as, how it came to be, and what a model must reach for it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Integer, Table

from db.tables.base import count, key, link, metadata, words

alias = Table(
    "alias",
    metadata,
    link("project_id", "project.id", primary_key=True),
    key("name"),
    link("model_id", "model.id"),
    count("seq"),
)

alias_event = Table(
    "alias_event",
    metadata,
    key("project_id"),
    key("name"),
    Column("seq", Integer, primary_key=True),
    link("from_id", "model.id", optional=True),
    link("to_id", "model.id"),
    words("by"),
    words("at"),
    words("reason"),
    link("evaluation_id", "evaluation.id", optional=True),
    words("ruling", "{}"),
    count("is_rollback"),
    ForeignKeyConstraint(["project_id", "name"], ["alias.project_id", "alias.name"]),
)

gate = Table(
    "gate",
    metadata,
    link("project_id", "project.id", primary_key=True),
    key("alias"),
    words("floors", "[]"),
    words("by"),
    words("at"),
)
