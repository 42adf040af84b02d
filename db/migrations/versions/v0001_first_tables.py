"""The first tables."""

from __future__ import annotations

from alembic import op

from db.migrations.first_tables import TABLES, TRIGGERS

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, index and trigger."""
    for statement in (*TABLES, *TRIGGERS):
        op.execute(statement)
