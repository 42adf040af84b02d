"""Versions get names and shifted copies, groups move by record, and batches are judged by a sample."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

STATEMENTS = (
    """CREATE TABLE split_move (
        id TEXT NOT NULL,
        group_key TEXT NOT NULL,
        project_id TEXT NOT NULL,
        "before" TEXT NOT NULL,
        "after" TEXT NOT NULL,
        reason TEXT NOT NULL,
        undoes TEXT,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id, group_key),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    "CREATE INDEX split_move_by_group ON split_move (project_id, group_key, id)",
    """CREATE TRIGGER split_move_is_not_changed BEFORE UPDATE ON split_move
    BEGIN SELECT RAISE(ABORT, 'what was moved stays written down'); END""",
    """CREATE TRIGGER split_move_is_not_deleted BEFORE DELETE ON split_move
    BEGIN SELECT RAISE(ABORT, 'what was moved stays written down'); END""",
    "DROP TRIGGER split_is_sticky",
    """CREATE TRIGGER split_is_sticky BEFORE UPDATE ON split_group
    WHEN old.project_id <> new.project_id OR old.group_key <> new.group_key OR old.drawn_at <> new.drawn_at
        OR new.split IS NOT (SELECT m."after" FROM split_move AS m
            WHERE m.project_id = old.project_id AND m.group_key = old.group_key ORDER BY m.id DESC LIMIT 1)
    BEGIN SELECT RAISE(ABORT, 'a group keeps the split it was drawn into, unless a move is written down'); END""",
    """CREATE TABLE dataset_name (
        version_id TEXT NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (version_id),
        FOREIGN KEY(version_id) REFERENCES dataset_version (id)
    )""",
    """CREATE TABLE shifted_test (
        version_id TEXT NOT NULL,
        seed INTEGER DEFAULT 0 NOT NULL,
        kinds TEXT NOT NULL,
        hash TEXT NOT NULL,
        n_rows INTEGER DEFAULT 0 NOT NULL,
        left_out TEXT DEFAULT '{}' NOT NULL,
        checker_version TEXT NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (version_id),
        FOREIGN KEY(version_id) REFERENCES dataset_version (id)
    )""",
    """CREATE TABLE shifted_item (
        version_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        example_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        body_hash TEXT NOT NULL,
        reviewed INTEGER DEFAULT 1 NOT NULL,
        PRIMARY KEY (version_id, position),
        FOREIGN KEY(version_id) REFERENCES dataset_version (id),
        FOREIGN KEY(body_hash) REFERENCES body (hash)
    )""",
    """CREATE TRIGGER shifted_item_is_not_changed BEFORE UPDATE ON shifted_item
    BEGIN SELECT RAISE(ABORT, 'a shifted copy never changes; make it anew'); END""",
    """CREATE TRIGGER shifted_test_looked_at_stays BEFORE DELETE ON shifted_test
    WHEN EXISTS (SELECT 1 FROM evaluation AS e WHERE e.dataset_id = old.version_id AND e.split = 'test_shifted')
    BEGIN SELECT RAISE(ABORT, 'a shifted copy that an evaluation was asked from stays'); END""",
    """CREATE TABLE batch_sample (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        batch_id TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        seed INTEGER DEFAULT 0 NOT NULL,
        n_batch INTEGER DEFAULT 0 NOT NULL,
        state TEXT NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        closed_by TEXT,
        closed_at TEXT,
        n_right INTEGER DEFAULT 0 NOT NULL,
        n_judged INTEGER DEFAULT 0 NOT NULL,
        low FLOAT,
        high FLOAT,
        reason TEXT DEFAULT '' NOT NULL,
        bulk_id TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(batch_id) REFERENCES batch (id)
    )""",
    "CREATE INDEX batch_sample_by_batch ON batch_sample (batch_id, id)",
    "CREATE UNIQUE INDEX batch_sample_open ON batch_sample (batch_id) WHERE state = 'open'",
    """CREATE TRIGGER batch_sample_closed_stays BEFORE UPDATE ON batch_sample WHEN old.state <> 'open'
    BEGIN SELECT RAISE(ABORT, 'what a sample decided stays written down'); END""",
    """CREATE TABLE batch_sample_item (
        sample_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        example_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        body_hash TEXT NOT NULL,
        PRIMARY KEY (sample_id, position),
        FOREIGN KEY(sample_id) REFERENCES batch_sample (id)
    )""",
    """CREATE TRIGGER batch_sample_item_is_not_changed BEFORE UPDATE ON batch_sample_item
    BEGIN SELECT RAISE(ABORT, 'what was drawn stays drawn'); END""",
    "CREATE INDEX dataset_item_by_version ON dataset_item (version_id, example_id, position)",
)


def upgrade() -> None:
    """Make the tables; a move is what lets a group change its split from now on."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
