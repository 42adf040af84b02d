"""Frozen versions and the splits of groups, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE split_group (
        project_id TEXT NOT NULL,
        group_key TEXT NOT NULL,
        split TEXT NOT NULL,
        drawn_at TEXT NOT NULL,
        PRIMARY KEY (project_id, group_key),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    """CREATE TABLE dataset_version (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        hash TEXT NOT NULL,
        catalogue_id TEXT,
        target TEXT,
        checker_version TEXT NOT NULL,
        counts TEXT DEFAULT '{}' NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (project_id, n),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(catalogue_id) REFERENCES catalogue_version (id)
    )""",
    """CREATE TABLE dataset_item (
        version_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        example_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        body_hash TEXT NOT NULL,
        split TEXT NOT NULL,
        reviewed INTEGER DEFAULT 1 NOT NULL,
        PRIMARY KEY (version_id, position),
        FOREIGN KEY(version_id) REFERENCES dataset_version (id),
        FOREIGN KEY(body_hash) REFERENCES body (hash)
    )""",
    """CREATE INDEX dataset_item_by_example ON dataset_item (example_id)""",
    """CREATE INDEX dataset_item_by_split ON dataset_item (version_id, split, position)""",
)
TRIGGERS = (
    """CREATE TRIGGER dataset_version_is_not_changed BEFORE UPDATE ON dataset_version
    BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END""",
    """CREATE TRIGGER dataset_version_is_not_deleted BEFORE DELETE ON dataset_version
    BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END""",
    """CREATE TRIGGER dataset_item_is_not_changed BEFORE UPDATE ON dataset_item
    BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END""",
    """CREATE TRIGGER dataset_item_is_not_deleted BEFORE DELETE ON dataset_item
    BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END""",
    """CREATE TRIGGER split_is_sticky BEFORE UPDATE ON split_group
    BEGIN SELECT RAISE(ABORT, 'a group keeps the split it was drawn into'); END""",
)
