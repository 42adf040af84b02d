"""What was saved cannot be deleted: bodies, definitions, tools, revisions, and examples with them.

Erasing a person's data stays possible: it replaces the body by a tombstone. Rows of a batch that never appeared, or was
undone before anybody worked on them, are staged and may go.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """CREATE TRIGGER body_is_not_deleted BEFORE DELETE ON body
    BEGIN SELECT RAISE(ABORT, 'bodies are never deleted; erase what they hold'); END""",
    """CREATE TRIGGER definition_is_not_deleted BEFORE DELETE ON definition
    BEGIN SELECT RAISE(ABORT, 'definitions are stored by their content and never deleted'); END""",
    """CREATE TRIGGER tool_version_is_not_deleted BEFORE DELETE ON tool_version
    BEGIN SELECT RAISE(ABORT, 'saved tools are never deleted; archive the tool'); END""",
    """CREATE TRIGGER revision_is_not_deleted BEFORE DELETE ON revision
    WHEN (SELECT staged FROM example WHERE id = old.example_id) = 0
    BEGIN SELECT RAISE(ABORT, 'revisions are never deleted; archive the example'); END""",
    """CREATE TRIGGER example_is_not_deleted BEFORE DELETE ON example WHEN old.staged = 0
    BEGIN SELECT RAISE(ABORT, 'examples are never deleted; archive them'); END""",
)


def upgrade() -> None:
    """Add the triggers; no row changes."""
    for statement in STATEMENTS:
        op.execute(statement)
