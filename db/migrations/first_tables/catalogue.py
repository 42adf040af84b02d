"""Tools, their definitions and published catalogues, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE definition (
        hash TEXT NOT NULL,
        name TEXT,
        text TEXT NOT NULL,
        PRIMARY KEY (hash)
    )""",
    """CREATE TABLE catalogue_version (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        hash TEXT NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (project_id, n),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    """CREATE TABLE tool (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        name TEXT NOT NULL,
        head_n INTEGER DEFAULT 0 NOT NULL,
        archived INTEGER DEFAULT 0 NOT NULL,
        updated_by TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    """CREATE UNIQUE INDEX tool_name ON tool (project_id, name) WHERE archived = 0""",
    """CREATE TABLE tool_version (
        tool_id TEXT NOT NULL,
        n INTEGER NOT NULL,
        definition_hash TEXT NOT NULL,
        meaning TEXT DEFAULT '{}' NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (tool_id, n),
        FOREIGN KEY(tool_id) REFERENCES tool (id),
        FOREIGN KEY(definition_hash) REFERENCES definition (hash)
    )""",
    """CREATE TABLE catalogue_item (
        catalogue_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        tool_id TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (catalogue_id, position),
        FOREIGN KEY(tool_id, n) REFERENCES tool_version (tool_id, n),
        FOREIGN KEY(catalogue_id) REFERENCES catalogue_version (id)
    )""",
)
TRIGGERS = (
    """CREATE TRIGGER definition_is_not_changed BEFORE UPDATE ON definition
    BEGIN SELECT RAISE(ABORT, 'definitions are stored by their content and never change'); END""",
    """CREATE TRIGGER tool_version_is_not_changed BEFORE UPDATE ON tool_version
    BEGIN SELECT RAISE(ABORT, 'saved tools never change; save another one'); END""",
    """CREATE TRIGGER catalogue_version_is_not_changed BEFORE UPDATE ON catalogue_version
    BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END""",
    """CREATE TRIGGER catalogue_version_is_not_deleted BEFORE DELETE ON catalogue_version
    BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END""",
    """CREATE TRIGGER catalogue_item_is_not_changed BEFORE UPDATE ON catalogue_item
    BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END""",
    """CREATE TRIGGER catalogue_item_is_not_deleted BEFORE DELETE ON catalogue_item
    BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END""",
)
