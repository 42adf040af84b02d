"""What a reader mended in a row on its way in stays with the example, and what was judged in haste is found again."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

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
    "CREATE INDEX example_unjudged ON example (number) WHERE verdict_key = '' AND staged = 0",
)


def upgrade() -> None:
    """Add a table, a column and an index; what is stored stays as it is."""
    for statement in STATEMENTS:
        op.execute(statement)
