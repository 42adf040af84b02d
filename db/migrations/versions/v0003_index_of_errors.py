"""A small index of the examples that have errors, so that their list stays fast however many are fine."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the index; SQLite fills it from the rows there are."""
    op.execute("CREATE INDEX example_with_errors ON example (project_id, staged, number) WHERE n_error > 0")
