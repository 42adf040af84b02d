"""The full-text index follows batches a little behind them; what is written by hand is found at once."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"

STATEMENTS = (
    "CREATE TABLE search_todo (number INTEGER NOT NULL, PRIMARY KEY (number))",
    "DROP TRIGGER example_text_added",
    """CREATE TRIGGER example_text_added AFTER INSERT ON example_text
    WHEN (SELECT staged FROM example WHERE number = new.number) IS NOT 1
    BEGIN INSERT INTO example_search (rowid, text) VALUES (new.number, new.text); END""",
    """CREATE TRIGGER example_text_waits AFTER INSERT ON example_text
    WHEN (SELECT staged FROM example WHERE number = new.number) = 1
    BEGIN INSERT INTO search_todo VALUES (new.number); END""",
    "DROP TRIGGER example_text_removed",
    """CREATE TRIGGER example_text_removed AFTER DELETE ON example_text
    BEGIN
        INSERT INTO example_search (example_search, rowid, text) SELECT 'delete', old.number, old.text
            WHERE old.number NOT IN (SELECT number FROM search_todo);
        DELETE FROM search_todo WHERE number = old.number;
    END""",
    "DROP TRIGGER example_text_changed",
    """CREATE TRIGGER example_text_changed AFTER UPDATE ON example_text
    BEGIN
        INSERT INTO example_search (example_search, rowid, text) SELECT 'delete', old.number, old.text
            WHERE old.number NOT IN (SELECT number FROM search_todo);
        INSERT INTO example_search (rowid, text) VALUES (new.number, new.text);
        DELETE FROM search_todo WHERE number = old.number;
    END""",
)


def upgrade() -> None:
    """Add what waits to be indexed, and let batches wait."""
    for statement in STATEMENTS:
        op.execute(statement)
