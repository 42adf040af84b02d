"""A body says how much of it is kept anyway, so that counting that needs no look into every row."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the count; of bodies that are there already it stays unknown, and they are looked into as before."""
    op.execute("ALTER TABLE body ADD COLUMN n_waivers INTEGER")
