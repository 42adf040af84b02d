"""Verdicts and comments, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE comment (
        id TEXT NOT NULL,
        example_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        place TEXT DEFAULT '' NOT NULL,
        text TEXT NOT NULL,
        person_id TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX comment_by_example ON comment (example_id, at)""",
    """CREATE TABLE review (
        id TEXT NOT NULL,
        example_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        person_id TEXT NOT NULL,
        verdict TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX review_by_example ON review (example_id, rev)""",
)
