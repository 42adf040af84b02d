"""Frozen dataset versions with what belongs to them, and the split each group keeps until a move is written down."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from db.tables.base import count, key, link, maybe, metadata, words

split_group = Table(
    "split_group",
    metadata,
    link("project_id", "project.id", primary_key=True),
    key("group_key"),
    words("split"),
    words("drawn_at"),
)
Index("split_group_by_split", split_group.c.project_id, split_group.c.split, split_group.c.group_key)

dataset_version = Table(
    "dataset_version",
    metadata,
    key(),
    link("project_id", "project.id"),
    count("n"),
    words("hash"),
    link("catalogue_id", "catalogue_version.id", optional=True),
    Column("target", key().type),
    words("checker_version"),
    words("counts", "{}"),
    words("by"),
    words("at"),
    UniqueConstraint("project_id", "n"),
)

dataset_item = Table(
    "dataset_item",
    metadata,
    link("version_id", "dataset_version.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    words("example_id"),
    count("rev"),
    link("body_hash", "body.hash"),
    words("split"),
    count("reviewed", 1),
)
Index("dataset_item_by_split", dataset_item.c.version_id, dataset_item.c.split, dataset_item.c.position)
Index("dataset_item_by_example", dataset_item.c.example_id)
Index("dataset_item_by_version", dataset_item.c.version_id, dataset_item.c.example_id, dataset_item.c.position)

split_move = Table(
    "split_move",
    metadata,
    key(),
    key("group_key"),
    link("project_id", "project.id"),
    words("before"),
    words("after"),
    words("reason"),
    maybe("undoes"),
    words("by"),
    words("at"),
)
"""One act moves all groups that hold the same rows; they share its id."""
Index("split_move_by_group", split_move.c.project_id, split_move.c.group_key, split_move.c.id)

dataset_name = Table(
    "dataset_name",
    metadata,
    link("version_id", "dataset_version.id", primary_key=True),
    words("name", ""),
    words("note", ""),
    words("by"),
    words("at"),
)
"""What people call a version: the one thing about it that may change."""

shifted_test = Table(
    "shifted_test",
    metadata,
    link("version_id", "dataset_version.id", primary_key=True),
    count("seed"),
    words("kinds"),
    words("hash"),
    count("n_rows"),
    words("left_out", "{}"),
    words("checker_version"),
    words("by"),
    words("at"),
)

shifted_item = Table(
    "shifted_item",
    metadata,
    link("version_id", "dataset_version.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    words("example_id"),
    count("rev"),
    link("body_hash", "body.hash"),
    count("reviewed", 1),
)
"""The rows of a version's test split once more, changed."""
