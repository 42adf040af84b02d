"""Acts by their nonces, the chain of the audit, and counters, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE act (
        nonce TEXT NOT NULL,
        kind TEXT NOT NULL,
        person_id TEXT NOT NULL,
        at TEXT NOT NULL,
        result TEXT DEFAULT 'null' NOT NULL,
        PRIMARY KEY (nonce)
    )""",
    """CREATE TABLE audit (
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        person_id TEXT NOT NULL,
        project_id TEXT,
        act TEXT NOT NULL,
        object TEXT NOT NULL,
        "before" TEXT,
        "after" TEXT,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (seq)
    )""",
    """CREATE INDEX audit_by_object ON audit (object, seq)""",
    """CREATE TABLE counter (
        project_id TEXT NOT NULL,
        name TEXT NOT NULL,
        "key" TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (project_id, name, "key")
    )""",
)
TRIGGERS = (
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END""",
    """CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END""",
)
