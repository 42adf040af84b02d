"""The no-tool gauge reads an index alone, so that Home opens as quickly with 100,000 examples."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Index what the gauge adds up."""
    op.execute("CREATE INDEX example_decisions ON example (project_id, staged, state, n_decisions, n_no_tool)")
