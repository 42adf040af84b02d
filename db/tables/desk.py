"""What the desk keeps beside the examples: saved views, repair queues, and what a bulk act changed."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from db.tables.base import count, key, link, maybe, metadata, words

saved_view = Table(
    "saved_view",
    metadata,
    key("person_id"),
    link("project_id", "project.id", primary_key=True),
    key("name"),
    words("filters", "{}"),
    words("saved_at"),
    count("is_first"),
)
"""`is_first`: the view that opens by itself."""

repair = Table(
    "repair",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    link("tool_id", "tool.id", primary_key=True),
    link("project_id", "project.id"),
    count("rev"),
    words("reason"),
    words("at"),
    maybe("done_at"),
)
"""Examples that a published change of a tool broke, until somebody mended them."""
Index("repair_open", repair.c.project_id, repair.c.done_at, repair.c.example_id)

bulk = Table(
    "bulk",
    metadata,
    link("batch_id", "batch.id", primary_key=True),
    words("spec", "{}"),
    count("n_items"),
)
"""What a bulk act does, as JSON, and to how many examples."""

bulk_item = Table(
    "bulk_item",
    metadata,
    link("batch_id", "batch.id", primary_key=True),
    link("example_id", "example.id", primary_key=True, cascade=True),
    words("before"),
    words("after"),
)
"""What one act over many examples changed in each, as the audit writes it (`draft@3`)."""
Index("bulk_item_by_example", bulk_item.c.example_id)

coming_head = Table(
    "coming_head",
    metadata,
    link("batch_id", "batch.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("change", LargeBinary, nullable=False),
)
"""What an act has made ready for each of its examples; a row goes as its example gets there."""
