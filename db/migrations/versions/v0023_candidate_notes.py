"""How a machine came to a candidate."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

STATEMENTS = (
    """CREATE TABLE candidate_note (
        example_id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        seq INTEGER DEFAULT 0 NOT NULL,
        strategy TEXT NOT NULL,
        category TEXT NOT NULL,
        kind TEXT NOT NULL,
        exchanges BLOB NOT NULL,
        PRIMARY KEY (example_id),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
        FOREIGN KEY(job_id) REFERENCES job (id)
    )""",
    "CREATE INDEX candidate_note_by_job ON candidate_note (job_id, seq)",
)


def upgrade() -> None:
    """Add the notes."""
    for statement in STATEMENTS:
        op.execute(statement)
