"""What an act over many examples has made ready waits in the file, so that a kill cannot leave the act half done."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table of what is to come."""
    op.execute(
        """CREATE TABLE coming_head (
            batch_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            change BLOB NOT NULL,
            PRIMARY KEY (batch_id, position),
            FOREIGN KEY(batch_id) REFERENCES batch (id)
        )"""
    )
