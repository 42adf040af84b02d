"""Near-duplicates: what each example is compared by, the keys under which those alike meet, and what came of it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, text

from db.tables.base import count, metadata, words

near_todo = Table("near_todo", metadata, Column("number", Integer, primary_key=True))
"""Examples that came, changed or went since they were compared; triggers write it."""

near_text = Table(
    "near_text",
    metadata,
    Column("number", Integer, primary_key=True),
    words("project_id"),
    words("head_hash"),
    count("run"),
    Column("asked", LargeBinary, nullable=False),
    Column("whole", LargeBinary, nullable=False),
    Column("choices", LargeBinary, nullable=False),
    Column("family", Integer),
)
"""The word triples of an example, and the family it is in, if any.

No foreign key: the keys of an example that was taken away are found through this row.
"""
Index("near_text_by_family", near_text.c.family, near_text.c.number, sqlite_where=text("family IS NOT NULL"))
Index("near_text_by_run", near_text.c.run)

near_key = Table(
    "near_key",
    metadata,
    Column("run", Integer, primary_key=True),
    Column("key", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Which examples have a key.

Written a run at a time in the order of the keys: they are as good as random, and of one tree of them all nearly every
page would be written anew for a few hundred examples.
"""

near_run = Table("near_run", metadata, Column("run", Integer, primary_key=True), count("n_rows"), count("stored"))
"""Runs that are complete, and the run that their keys are in: several may have been put together since. Keys in others
are left from a kill."""

near_conflict = Table(
    "near_conflict",
    metadata,
    Column("seen", LargeBinary, primary_key=True),
    Column("number", Integer, primary_key=True),
    words("project_id"),
    sqlite_with_rowid=False,
)
"""Examples that call differently from others on the very same request."""
Index("near_conflict_by_project", near_conflict.c.project_id, near_conflict.c.seen)
Index("near_conflict_by_number", near_conflict.c.number)
