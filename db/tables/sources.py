"""Where examples came from: batches, imported files, and rows that could not be read."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, Table, text

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


batch_sample = Table(
    "batch_sample",
    metadata,
    key(),
    link("project_id", "project.id"),
    link("batch_id", "batch.id"),
    count("n"),
    count("seed"),
    count("n_batch"),
    words("state"),
    words("by"),
    words("at"),
    maybe("closed_by"),
    maybe("closed_at"),
    count("n_right"),
    count("n_judged"),
    Column("low", Float),
    Column("high", Float),
    words("reason", ""),
    maybe("bulk_id"),
)
"""A batch judged by some of its rows. `state`: open, accepted, sent back."""
Index("batch_sample_by_batch", batch_sample.c.batch_id, batch_sample.c.id)
Index("batch_sample_open", batch_sample.c.batch_id, unique=True, sqlite_where=text("state = 'open'"))

batch_sample_item = Table(
    "batch_sample_item",
    metadata,
    link("sample_id", "batch_sample.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    words("example_id"),
    count("rev"),
    words("body_hash"),
)
