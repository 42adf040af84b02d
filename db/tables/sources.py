"""Where examples came from: batches, imported files, and rows that could not be read."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from db.tables.base import count, key, link, maybe, metadata, words

batch = Table(
    "batch",
    metadata,
    key(),
    link("project_id", "project.id"),
    words("kind"),
    words("name"),
    words("state"),
    count("n_added"),
    words("owner", ""),
    words("by"),
    words("at"),
)
"""Rows that appear and are undone together. `state`: staged, arriving, showing, complete, hiding, undone. `owner`: the
process at work. What is staged goes with its process; what is arriving or showing goes on in the next one, and what is
being hidden shows again."""

source = Table(
    "source",
    metadata,
    key(),
    link("project_id", "project.id"),
    link("batch_id", "batch.id"),
    words("name"),
    words("format"),
    words("sha256"),
    count("n_rows"),
    count("n_imported"),
    count("n_duplicates"),
    count("n_rejected"),
    count("n_with_errors"),
    words("at"),
    count("n_mended"),
)

reject = Table(
    "reject",
    metadata,
    key(),
    link("source_id", "source.id"),
    count("line"),
    count("column"),
    words("rule"),
    words("code"),
    words("reason"),
    Column("bytes", LargeBinary, nullable=False),
    maybe("example_id"),
)
Index("reject_by_source", reject.c.source_id, reject.c.line)

intake_note = Table(
    "intake_note",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    Column("position", Integer, primary_key=True),
    words("rule"),
    words("code"),
    words("place"),
    words("message"),
)
"""What a reader found or mended in the row an example came from, and what nobody can see in the example any more."""
