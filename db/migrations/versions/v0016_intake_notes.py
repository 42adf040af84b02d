"""What a reader mended in a row on its way in stays with the example, and each imported file says in how many rows."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

STATEMENTS = (
    "ALTER TABLE source ADD COLUMN n_mended INTEGER DEFAULT 0 NOT NULL",
    """CREATE TABLE intake_note (
        example_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        rule TEXT NOT NULL,
        code TEXT NOT NULL,
        place TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (example_id, position),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
)


def upgrade() -> None:
    """Add a table and a column; what is stored stays as it is."""
    for statement in STATEMENTS:
        op.execute(statement)
