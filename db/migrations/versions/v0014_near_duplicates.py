"""Near-duplicates are found by keys in tables, which follow the examples a little behind."""

# ruff: noqa: S608

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

GONE = "('rejected', 'archived')"
STATEMENTS = (
    "CREATE TABLE near_todo (number INTEGER NOT NULL, PRIMARY KEY (number))",
    """CREATE TABLE near_text (
        number INTEGER NOT NULL,
        project_id TEXT NOT NULL,
        head_hash TEXT NOT NULL,
        run INTEGER DEFAULT 0 NOT NULL,
        asked BLOB NOT NULL,
        whole BLOB NOT NULL,
        choices BLOB NOT NULL,
        family INTEGER,
        PRIMARY KEY (number)
    )""",
    "CREATE INDEX near_text_by_family ON near_text (family, number) WHERE family IS NOT NULL",
    "CREATE INDEX near_text_by_run ON near_text (run)",
    """CREATE TABLE near_key (
        run INTEGER NOT NULL,
        key INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (run, key, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE near_run (
        run INTEGER NOT NULL,
        n_rows INTEGER DEFAULT 0 NOT NULL,
        stored INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (run)
    )""",
    """CREATE TABLE near_conflict (
        seen BLOB NOT NULL,
        number INTEGER NOT NULL,
        project_id TEXT NOT NULL,
        PRIMARY KEY (seen, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX near_conflict_by_project ON near_conflict (project_id, seen)",
    "CREATE INDEX near_conflict_by_number ON near_conflict (number)",
    """CREATE TRIGGER near_added AFTER INSERT ON example WHEN new.staged = 0 BEGIN
        INSERT OR IGNORE INTO near_todo VALUES (new.number);
    END""",
    f"""CREATE TRIGGER near_changed AFTER UPDATE OF head_hash, staged, state ON example
    WHEN (new.staged = 0 OR old.staged = 0) AND (
        new.head_hash <> old.head_hash OR new.staged <> old.staged
        OR (new.state IN {GONE}) <> (old.state IN {GONE})
    ) BEGIN
        INSERT OR IGNORE INTO near_todo VALUES (new.number);
    END""",
    """CREATE TRIGGER near_removed AFTER DELETE ON example BEGIN
        INSERT OR IGNORE INTO near_todo SELECT number FROM near_text WHERE number = old.number;
    END""",
    f"INSERT INTO near_todo SELECT number FROM example WHERE staged = 0 AND state NOT IN {GONE}",
)


def upgrade() -> None:
    """Add the tables, the triggers that note what is to be compared, and all there is to it."""
    for statement in STATEMENTS:
        op.execute(statement)
