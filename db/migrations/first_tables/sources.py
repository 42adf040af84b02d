"""Batches, imported files and rejects, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE batch (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        n_added INTEGER DEFAULT 0 NOT NULL,
        owner TEXT DEFAULT '' NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    """CREATE TABLE source (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        batch_id TEXT NOT NULL,
        name TEXT NOT NULL,
        format TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        n_rows INTEGER DEFAULT 0 NOT NULL,
        n_imported INTEGER DEFAULT 0 NOT NULL,
        n_duplicates INTEGER DEFAULT 0 NOT NULL,
        n_rejected INTEGER DEFAULT 0 NOT NULL,
        n_with_errors INTEGER DEFAULT 0 NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(batch_id) REFERENCES batch (id)
    )""",
    """CREATE TABLE reject (
        id TEXT NOT NULL,
        source_id TEXT NOT NULL,
        line INTEGER DEFAULT 0 NOT NULL,
        "column" INTEGER DEFAULT 0 NOT NULL,
        rule TEXT NOT NULL,
        code TEXT NOT NULL,
        reason TEXT NOT NULL,
        bytes BLOB NOT NULL,
        example_id TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )""",
    """CREATE INDEX reject_by_source ON reject (source_id, line)""",
)
