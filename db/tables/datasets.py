"""Frozen dataset versions, and the split each group has for ever."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from db.tables.base import count, key, link, metadata, words

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
