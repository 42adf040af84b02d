"""Rows that came as a table: JSON objects with the columns as keys, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

import msgspec

from curation.formats.containers.mapping import ColumnUse, Mapping, Recognise, propose
from curation.model.reading import Reject

SAMPLE_ROWS = 50


class TableRow(msgspec.Struct, frozen=True):
    """One row of a table as a JSON object, or as it was given together with why it is none."""

    line: int
    """The line of the file it begins on, or its number where there are no lines; from 1."""
    raw: bytes
    n_nulls: int = 0
    """Keys taken out because the table had filled them with null."""
    fault: Reject | None = None
    note: str = ""
    """What was mended on the way, in a sentence."""


class Column(msgspec.Struct, frozen=True):
    """One column of a table with the type that the table says it has."""

    name: str
    type: str


class Table:
    """A table being read: look at the first rows, then iterate once.

    Args:
        columns: in the order of the table.
        rows: each an object with the columns as keys.
        recognise: whether a row looks like one of some format as it stands.
        given: keys that people gave to columns, key → column.
        has_lines: whether the places of the rows are lines that an editor shows.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        rows: Iterator[TableRow],
        recognise: Recognise,
        given: dict[str, str],
        *,
        has_lines: bool = False,
    ) -> None:
        self.columns = columns
        self.has_lines = has_lines
        self._rows = rows
        self._ahead = list(islice(rows, SAMPLE_ROWS))
        sound = [row for row in self._ahead if row.fault is None]
        samples = [row.raw for row in sound or self._ahead if _is_row(row)]
        self.mapping: Mapping = propose([column.name for column in columns], samples, recognise, given)

    @property
    def first_rows(self) -> tuple[bytes, ...]:
        """The first rows as the formats see them."""
        return tuple(self._map(row).raw for row in self._ahead if row.fault is None)

    @property
    def uses(self) -> tuple[ColumnUse, ...]:
        return self.mapping.uses

    def read(self, after: int = 0) -> Iterator[TableRow]:
        """Every row behind this line under the keys of the mapping."""
        return (self._map(row) for row in chain(self._ahead, self._rows) if row.line > after)

    def _map(self, row: TableRow) -> TableRow:
        if not _is_row(row) or self.mapping.is_identity:
            return row
        raw, note = self.mapping.apply(row.raw)
        return msgspec.structs.replace(row, raw=raw, note=note)


def _is_row(row: TableRow) -> bool:
    """Whether it is an object, also where it has cells too many or too few: people mend it as a row."""
    return row.fault is None or row.fault.code == "J04"
