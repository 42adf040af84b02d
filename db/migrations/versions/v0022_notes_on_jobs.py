"""What people write down about a job."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

STATEMENTS = (
    """CREATE TABLE job_note (
        id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        text TEXT NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(job_id) REFERENCES job (id)
    )""",
    "CREATE INDEX job_note_by_job ON job_note (job_id, id)",
)


def upgrade() -> None:
    """Add the notes."""
    for statement in STATEMENTS:
        op.execute(statement)
