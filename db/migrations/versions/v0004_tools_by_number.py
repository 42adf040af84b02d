"""Examples of a tool in the order of the list, so that the list of a rare tool is as fast as any."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    "ALTER TABLE example_tool ADD COLUMN number INTEGER DEFAULT 0 NOT NULL",
    "UPDATE example_tool SET number = (SELECT number FROM example WHERE example.id = example_tool.example_id)",
    "DROP INDEX example_tool_by_name",
    "CREATE INDEX example_tool_by_name ON example_tool (name, number)",
)


def upgrade() -> None:
    """Add the number to what is stored, and index by it."""
    for statement in STATEMENTS:
        op.execute(statement)
