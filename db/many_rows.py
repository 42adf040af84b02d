"""Many rows into one table by few statements of several rows each.

A statement opens every index of its table, and notes what it changes so that it can be taken back alone; done once for
several rows instead of once a row, that halves the cost of the widest table.
"""

# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from sqlalchemy import Connection, Table

GROUP = 20
"""Rows of one statement; twenty of the widest table stay far below the most parameters SQLite takes."""


def add_rows(
    connection: Connection, table: Table, rows: Sequence[tuple[object, ...]], *, keep_known: bool = False
) -> None:
    """Insert rows that hold every column of their table, in its order.

    Args:
        keep_known: leave a row that is there already as it is.
    """
    full = len(rows) // GROUP * GROUP
    groups = [tuple(chain.from_iterable(rows[at : at + GROUP])) for at in range(0, full, GROUP)]
    for size, some in ((GROUP, groups), (1, list(rows[full:]))):
        if some:
            connection.exec_driver_sql(_statement(table, size, keep_known), some)


@lru_cache(maxsize=64)
def _statement(table: Table, n_rows: int, keep_known: bool) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join([f"({', '.join('?' * len(table.columns))})"] * n_rows)
    return f"INSERT INTO {table.name} ({columns}) VALUES {values}" + (" ON CONFLICT DO NOTHING" if keep_known else "")
