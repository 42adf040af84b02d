"""Every answer names its question, so that another way of drawing a sample moves no answer to another question.

Answers of before have no key; they are matched by their place and their example.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the key, empty in what is stored."""
    op.execute("ALTER TABLE answer ADD COLUMN question_key TEXT DEFAULT '' NOT NULL")
