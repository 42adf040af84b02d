"""What the desk needs: saved views, claims, blind second reviews, repair queues, and bulk acts undone as one."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """CREATE TABLE saved_view (
        person_id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        name TEXT NOT NULL,
        filters TEXT DEFAULT '{}' NOT NULL,
        saved_at TEXT NOT NULL,
        PRIMARY KEY (person_id, project_id, name),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    """CREATE TABLE claim (
        example_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        token TEXT NOT NULL,
        until TEXT NOT NULL,
        PRIMARY KEY (example_id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX claim_by_person ON claim (person_id)",
    "ALTER TABLE review ADD COLUMN labels TEXT DEFAULT '{}' NOT NULL",
    "ALTER TABLE review ADD COLUMN blind INTEGER DEFAULT 0 NOT NULL",
    """CREATE TABLE second_look (
        example_id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        state TEXT NOT NULL,
        drawn_at TEXT NOT NULL,
        resolved_by TEXT,
        resolved_at TEXT,
        PRIMARY KEY (example_id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    "CREATE INDEX second_look_by_state ON second_look (project_id, state, example_id)",
    """CREATE TABLE repair (
        example_id TEXT NOT NULL,
        tool_id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        reason TEXT NOT NULL,
        at TEXT NOT NULL,
        done_at TEXT,
        PRIMARY KEY (example_id, tool_id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
        FOREIGN KEY(tool_id) REFERENCES tool (id),
        FOREIGN KEY(project_id) REFERENCES project (id)
    )""",
    "CREATE INDEX repair_open ON repair (project_id, done_at, example_id)",
    """CREATE TABLE bulk_item (
        batch_id TEXT NOT NULL,
        example_id TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        PRIMARY KEY (batch_id, example_id),
        FOREIGN KEY(batch_id) REFERENCES batch (id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX bulk_item_by_example ON bulk_item (example_id)",
)


def upgrade() -> None:
    """Add tables, indices and two columns; what is stored stays as it is."""
    for statement in STATEMENTS:
        op.execute(statement)
