"""What the judges of an order thought of a candidate."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column; of older candidates nothing is known."""
    op.execute("ALTER TABLE candidate_note ADD COLUMN judged TEXT DEFAULT '' NOT NULL")
