"""The few blind verdicts are found without reading every verdict."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Index the verdicts that agreement is counted from."""
    op.execute("CREATE INDEX review_blind ON review (id) WHERE blind = 1")
