"""What examples show is counted a little behind them, and looked up; Health reads sums instead of rows."""

# ruff: noqa: S608

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

_SEEN = ("head_hash", "state", "staged", "group_key", "drawn", "author", "verdict_key", "n_error")
_DIFFERS = " OR ".join(f"new.{name} <> old.{name}" for name in _SEEN)
STATEMENTS = (
    """CREATE TABLE trait (
        id INTEGER NOT NULL,
        project_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        n_rows INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (project_id, kind, name)
    )""",
    "CREATE INDEX trait_common_opening ON trait (project_id, n_rows) WHERE kind = 'opening' AND n_rows >= 20",
    """CREATE TABLE trait_count (
        trait_id INTEGER NOT NULL,
        state TEXT NOT NULL,
        n_rows INTEGER DEFAULT 0 NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (trait_id, state)
    ) WITHOUT ROWID""",
    """CREATE TABLE trait_row (
        trait_id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (trait_id, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE trait_kept (
        number INTEGER NOT NULL,
        project_id TEXT NOT NULL,
        head_hash TEXT NOT NULL,
        state TEXT NOT NULL,
        shown BLOB NOT NULL,
        PRIMARY KEY (number)
    )""",
    "CREATE TABLE trait_todo (number INTEGER NOT NULL, PRIMARY KEY (number))",
    """CREATE TABLE health_told (
        project_id TEXT NOT NULL,
        states TEXT NOT NULL,
        basis TEXT NOT NULL,
        at TEXT NOT NULL,
        took_ms INTEGER DEFAULT 0 NOT NULL,
        told BLOB NOT NULL,
        PRIMARY KEY (project_id, states)
    )""",
    """CREATE TABLE token_count (
        base TEXT NOT NULL,
        body_hash TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (base, body_hash)
    ) WITHOUT ROWID""",
    "CREATE INDEX token_count_by_n ON token_count (base, n)",
    "CREATE INDEX token_count_by_body ON token_count (body_hash)",
    "CREATE TABLE token_todo (number INTEGER NOT NULL, PRIMARY KEY (number))",
    """CREATE TABLE writing_task (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        n INTEGER DEFAULT 0 NOT NULL,
        n_before INTEGER DEFAULT 0 NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        done_at TEXT,
        PRIMARY KEY (id)
    )""",
    "CREATE INDEX writing_task_open ON writing_task (project_id, done_at)",
    """CREATE TRIGGER trait_added AFTER INSERT ON example WHEN new.staged = 0 BEGIN
        INSERT OR IGNORE INTO trait_todo VALUES (new.number);
    END""",
    f"""CREATE TRIGGER trait_changed AFTER UPDATE OF {", ".join(_SEEN)} ON example
    WHEN (new.staged = 0 OR old.staged = 0) AND ({_DIFFERS}) BEGIN
        INSERT OR IGNORE INTO trait_todo VALUES (new.number);
    END""",
    """CREATE TRIGGER trait_removed AFTER DELETE ON example BEGIN
        INSERT OR IGNORE INTO trait_todo SELECT number FROM trait_kept WHERE number = old.number;
    END""",
    """CREATE TRIGGER trait_moved AFTER UPDATE OF split ON split_group WHEN new.split <> old.split BEGIN
        INSERT OR IGNORE INTO trait_todo SELECT number FROM example
            WHERE project_id = new.project_id AND group_key = new.group_key AND staged = 0;
    END""",
    """CREATE TRIGGER trait_erased AFTER UPDATE OF bytes ON body BEGIN
        UPDATE trait_kept SET head_hash = ''
            WHERE number IN (SELECT number FROM example WHERE head_hash = new.hash);
        DELETE FROM token_count WHERE body_hash = new.hash;
        INSERT OR IGNORE INTO trait_todo SELECT number FROM example WHERE head_hash = new.hash AND staged = 0;
    END""",
    "INSERT INTO trait_todo SELECT number FROM example WHERE staged = 0",
)


def upgrade() -> None:
    """Add the tables, the triggers that note what is to be counted, and all there is to it."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
