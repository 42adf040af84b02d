"""People and projects, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE person (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        login TEXT,
        password_hash TEXT,
        roles TEXT DEFAULT '[]' NOT NULL,
        verified INTEGER DEFAULT 0 NOT NULL,
        active INTEGER DEFAULT 1 NOT NULL,
        PRIMARY KEY (id)
    )""",
    """CREATE TABLE project (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        working_target TEXT,
        reviews_needed INTEGER DEFAULT 1 NOT NULL,
        split_salt TEXT NOT NULL,
        settings TEXT DEFAULT '{}' NOT NULL,
        created_at TEXT NOT NULL,
        PRIMARY KEY (id)
    )""",
)
