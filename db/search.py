"""What waits to be found by search: texts of batches come into the full-text index a little behind them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

_TODO = """SELECT t.number FROM search_todo t CROSS JOIN example e ON e.number = t.number
    WHERE e.staged = 0 ORDER BY t.number LIMIT ?"""
_COUNT = """SELECT count(*) FROM (SELECT 1 FROM search_todo t CROSS JOIN example e ON e.number = t.number
    WHERE e.project_id = ? AND e.staged = 0 LIMIT ?)"""
_ADD = """INSERT INTO example_search (rowid, text)
    SELECT t.number, t.text FROM json_each(?) n CROSS JOIN search_todo w ON w.number = n.value
    CROSS JOIN example_text t ON t.number = w.number"""
_DROP = "DELETE FROM search_todo WHERE number IN (SELECT value FROM json_each(?))"


def list_todo(connection: Connection, limit: int) -> list[int]:
    """The numbers of examples that show and are not found yet, in order."""
    return list(connection.exec_driver_sql(_TODO, (limit,)).scalars())


def count_todo(connection: Connection, project_id: str, most: int) -> int:
    """How many examples of a project are not found yet, counted up to a bound."""
    n: int = connection.exec_driver_sql(_COUNT, (project_id, most)).scalar_one()
    return n


def add_texts(connection: Connection, numbers: Sequence[int]) -> None:
    """Let some examples be found; those that went, or were written anew, meanwhile do not wait any more."""
    wanted = (msgspec.json.encode(list(numbers)).decode(),)
    connection.exec_driver_sql(_ADD, wanted)
    connection.exec_driver_sql(_DROP, wanted)
