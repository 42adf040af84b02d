"""What examples show, counted by state and looked up; and what was last told of a project's health."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, UniqueConstraint, text

from db.tables.base import count, key, maybe, metadata, words

trait = Table(
    "trait",
    metadata,
    Column("id", Integer, primary_key=True),
    words("project_id"),
    words("kind"),
    words("name"),
    count("n_rows"),
    UniqueConstraint("project_id", "kind", "name"),
)
"""Something examples show; `n_rows` counts all of them, in whatever state."""
COMMON = 20
"""Openings of fewer examples are never read."""
Index(
    "trait_common_opening",
    trait.c.project_id,
    trait.c.n_rows,
    sqlite_where=text(f"kind = 'opening' AND n_rows >= {COMMON}"),
)

trait_count = Table(
    "trait_count",
    metadata,
    Column("trait_id", Integer, primary_key=True),
    key("state"),
    count("n_rows"),
    count("n"),
    sqlite_with_rowid=False,
)
"""How many examples of a state show a trait, and how often."""

trait_row = Table(
    "trait_row",
    metadata,
    Column("trait_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Which examples show a trait, in the order of a list."""

trait_kept = Table(
    "trait_kept",
    metadata,
    Column("number", Integer, primary_key=True),
    words("project_id"),
    words("head_hash"),
    words("state"),
    Column("shown", LargeBinary, nullable=False),
)
"""What is counted of an example now, so that it can be taken off again."""

trait_todo = Table("trait_todo", metadata, Column("number", Integer, primary_key=True))
"""Examples that came, changed or went since they were counted; triggers write it."""

health_told = Table(
    "health_told",
    metadata,
    key("project_id"),
    key("states"),
    words("basis"),
    words("at"),
    count("took_ms"),
    Column("told", LargeBinary, nullable=False),
)
"""What only reading many rows tells, as it was told last; `basis` says of what."""

token_count = Table(
    "token_count",
    metadata,
    key("base"),
    key("body_hash"),
    count("n"),
    sqlite_with_rowid=False,
)
"""How many tokens a base model makes of a body."""
Index("token_count_by_n", token_count.c.base, token_count.c.n)
Index("token_count_by_body", token_count.c.body_hash)

token_todo = Table("token_todo", metadata, Column("number", Integer, primary_key=True))
"""Examples whose tokens are still to be counted."""

writing_task = Table(
    "writing_task",
    metadata,
    key(),
    words("project_id"),
    words("kind"),
    words("name"),
    count("n"),
    count("n_before"),
    words("by"),
    words("at"),
    maybe("done_at"),
)
"""Examples that somebody is to write: what they show, how many, and how many there were before."""
Index("writing_task_open", writing_task.c.project_id, writing_task.c.done_at)
