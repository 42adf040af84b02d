"""What was erased is like nothing any more."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Have examples compared again when their body is replaced."""
    op.execute(
        """CREATE TRIGGER near_erased AFTER UPDATE OF bytes ON body BEGIN
            INSERT OR IGNORE INTO near_todo SELECT number FROM example WHERE head_hash = new.hash AND staged = 0;
        END"""
    )
