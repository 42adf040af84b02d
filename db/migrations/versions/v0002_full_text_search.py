"""Full-text search over what people and models said."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """CREATE VIRTUAL TABLE example_search USING fts5(
        text, content='example_text', content_rowid='number', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER example_text_added AFTER INSERT ON example_text
    BEGIN INSERT INTO example_search (rowid, text) VALUES (new.number, new.text); END""",
    """CREATE TRIGGER example_text_removed AFTER DELETE ON example_text
    BEGIN INSERT INTO example_search (example_search, rowid, text) VALUES ('delete', old.number, old.text); END""",
    """CREATE TRIGGER example_text_changed AFTER UPDATE ON example_text
    BEGIN
        INSERT INTO example_search (example_search, rowid, text) VALUES ('delete', old.number, old.text);
        INSERT INTO example_search (rowid, text) VALUES (new.number, new.text);
    END""",
    "INSERT INTO example_search (example_search) VALUES ('rebuild')",
)


def upgrade() -> None:
    """Create the index and fill it from what is stored."""
    for statement in STATEMENTS:
        op.execute(statement)
