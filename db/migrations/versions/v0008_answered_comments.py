"""A comment stays open until somebody has dealt with it."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add who closed a comment and when; what was said before stays open."""
    op.execute("ALTER TABLE comment ADD COLUMN resolved_by TEXT")
    op.execute("ALTER TABLE comment ADD COLUMN resolved_at TEXT")
