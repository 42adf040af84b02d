"""What a person said apart, and wrote, is found without going through every double review."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Index blind verdicts and revisions by their person."""
    op.execute("CREATE INDEX review_spoken ON review (person_id, example_id, rev) WHERE blind = 1")
    op.execute('CREATE INDEX revision_by_writer ON revision ("by", example_id)')
