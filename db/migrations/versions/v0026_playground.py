"""Conversations of the playground, and every answer a model gave there."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

STATEMENTS = (
    """CREATE TABLE chat (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        rev INTEGER DEFAULT 0 NOT NULL,
        settings TEXT DEFAULT '{}' NOT NULL,
        body BLOB NOT NULL,
        state TEXT DEFAULT '{}' NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(person_id) REFERENCES person (id)
    )""",
    "CREATE INDEX chat_by_person ON chat (project_id, person_id, id)",
    """CREATE TABLE interaction (
        id TEXT NOT NULL,
        project_id TEXT NOT NULL,
        model_id TEXT NOT NULL,
        chat_id TEXT,
        mode TEXT NOT NULL,
        decoding TEXT NOT NULL,
        said TEXT DEFAULT '' NOT NULL,
        request BLOB NOT NULL,
        answer TEXT NOT NULL,
        verdict TEXT NOT NULL,
        why TEXT DEFAULT '' NOT NULL,
        steps TEXT DEFAULT '[]' NOT NULL,
        latency_ms FLOAT,
        tokens INTEGER,
        cost FLOAT,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        example_id TEXT,
        currency TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(project_id) REFERENCES project (id),
        FOREIGN KEY(model_id) REFERENCES model (id),
        FOREIGN KEY(chat_id) REFERENCES chat (id),
        FOREIGN KEY(example_id) REFERENCES example (id)
    )""",
    "CREATE INDEX interaction_by_project ON interaction (project_id, id)",
    "CREATE INDEX interaction_by_verdict ON interaction (project_id, verdict, id)",
    "CREATE INDEX interaction_by_example ON interaction (example_id)",
    "CREATE INDEX interaction_by_model ON interaction (project_id, model_id, id)",
)


def upgrade() -> None:
    """Add both."""
    for statement in STATEMENTS:
        op.execute(statement)
