"""Who works here, and on what."""

from __future__ import annotations

from sqlalchemy import Table

from db.tables.base import count, key, maybe, metadata, words

person = Table(
    "person",
    metadata,
    key(),
    words("name"),
    maybe("login"),
    maybe("password_hash"),
    words("roles", "[]"),
    count("verified"),
    count("active", 1),
)

project = Table(
    "project",
    metadata,
    key(),
    words("name"),
    maybe("working_target"),
    count("reviews_needed", 1),
    words("split_salt"),
    words("settings", "{}"),
    words("created_at"),
)
