"""Which model is in use, how it came to be, and what a model must reach for it."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"

STATEMENTS = (
    """CREATE TABLE alias (
        project_id TEXT NOT NULL,
        name TEXT NOT NULL,
        model_id TEXT NOT NULL,
        seq INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (project_id, name),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(model_id) REFERENCES model (id)
    )""",
    """CREATE TABLE alias_event (
        project_id TEXT NOT NULL,
        name TEXT NOT NULL,
        seq INTEGER NOT NULL,
        from_id TEXT,
        to_id TEXT NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        reason TEXT NOT NULL,
        evaluation_id TEXT,
        ruling TEXT DEFAULT '{}' NOT NULL,
        is_rollback INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (project_id, name, seq),
        FOREIGN KEY(project_id, name) REFERENCES alias (project_id, name),
        FOREIGN KEY(from_id) REFERENCES model (id),
        FOREIGN KEY(to_id) REFERENCES model (id),
        FOREIGN KEY(evaluation_id) REFERENCES evaluation (id)
    )""",
    """CREATE TABLE gate (
        project_id TEXT NOT NULL,
        alias TEXT NOT NULL,
        floors TEXT DEFAULT '[]' NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (project_id, alias),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    """CREATE TRIGGER alias_event_is_not_deleted BEFORE DELETE ON alias_event
    BEGIN SELECT RAISE(ABORT, 'what was in use is never deleted'); END""",
    """CREATE TRIGGER alias_event_is_not_changed BEFORE UPDATE ON alias_event
    BEGIN SELECT RAISE(ABORT, 'what was in use is never changed; promote or roll back'); END""",
)


def upgrade() -> None:
    """Add the tables; nothing is in use before somebody says so."""
    for statement in STATEMENTS:
        op.execute(statement)
