"""The cells of a CSV file, cut out of a stream without holding more than one record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto

import msgspec

from curation.reading.faults import MAX_CHARACTERS

Cell = bytes | None
"""A cell's content; None for one with nothing in it and no quotes around nothing."""
_QUOTE = 0x22


class Record(msgspec.Struct, frozen=True):
    """One record with the line it begins on."""

    line: int
    cells: tuple[Cell, ...]
    is_too_large: bool = False
    """It holds more than a row may; the cells are left out."""
    is_open: bool = False
    """The file ended inside its quotes."""

    @property
    def is_blank(self) -> bool:
        return self.cells in ((), (None,)) and not self.is_too_large and not self.is_open


class _State(Enum):
    """Where in a record the stream stands."""

    AT_CELL = auto()
    IN_PLAIN = auto()
    IN_QUOTES = auto()
    AFTER_QUOTE = auto()
    """Behind a quote inside quotes: it ends them, or the next one makes it a quote of the text."""


def split_records(chunks: Iterable[bytes], delimiter: bytes, most_bytes: int = MAX_CHARACTERS) -> Iterator[Record]:
    """The records of a stream in order; blank lines give none."""
    splitter = _Splitter(delimiter, most_bytes)
    for chunk in chunks:
        yield from splitter.feed(chunk)
    yield from splitter.finish()


class _Splitter:
    """A record being gathered. A quote means something at the start of a cell only; elsewhere it is text."""

    def __init__(self, delimiter: bytes, most_bytes: int) -> None:
        self._delimiter = delimiter[0]
        self._plain = re.compile(rb"[^\n" + re.escape(delimiter) + rb"]*+")
        self._quoted = re.compile(rb'(?:[^"]++|"")*+')
        self._most_bytes = most_bytes
        self._state = _State.AT_CELL
        self._line = 1
        self._start_line = 1
        self._begin()

    def _begin(self) -> None:
        self._cells: list[Cell] = []
        self._parts: list[bytes] = []
        self._size = 0
        self._is_quoted = False
        self._ends_plain = False
        self._state = _State.AT_CELL
        self._start_line = self._line

    def feed(self, chunk: bytes) -> Iterator[Record]:
        position = 0
        while position < len(chunk):
            if self._state in (_State.AT_CELL, _State.AFTER_QUOTE):
                position += self._look_at(chunk[position])
            position = self._take_text(chunk, position)
            if self._state is _State.IN_QUOTES or position >= len(chunk):
                continue
            mark = chunk[position]
            if self._state is _State.IN_PLAIN and mark == self._delimiter:
                self._end_cell()
                position += 1
            elif self._state is _State.IN_PLAIN:
                position += 1
                yield from self._end_record()

    def finish(self) -> Iterator[Record]:
        is_open = self._state is _State.IN_QUOTES
        if self._cells or self._parts or self._is_quoted or self._size:
            self._end_cell()
            yield self._record(is_open=is_open)

    def _look_at(self, byte: int) -> int:
        """Decide by one byte what follows; how many bytes that used up."""
        if byte == _QUOTE and self._state is _State.AT_CELL:
            self._state, self._is_quoted = _State.IN_QUOTES, True
            return 1
        if byte == _QUOTE:
            self._state = _State.IN_QUOTES
            self._keep(b'"')
            return 1
        self._state = _State.IN_PLAIN
        return 0

    def _take_text(self, chunk: bytes, position: int) -> int:
        """Take everything up to the next byte that means something; where that stands."""
        if self._state is _State.IN_PLAIN:
            found = self._plain.match(chunk, position)
        elif self._state is _State.IN_QUOTES:
            found = self._quoted.match(chunk, position)
        else:
            return position
        assert found is not None  # noqa: S101 - both match nothing too
        if found.end() > position:
            part = found.group()
            self._keep(part.replace(b'""', b'"') if self._state is _State.IN_QUOTES else part)
            self._ends_plain = self._state is _State.IN_PLAIN
        if self._state is _State.IN_QUOTES:
            self._line += found.group().count(b"\n")
            if found.end() < len(chunk):
                self._state = _State.AFTER_QUOTE
                return found.end() + 1
        return found.end()

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._most_bytes:
            self._parts.append(part)
        else:
            self._parts.clear()
            self._cells.clear()

    def _end_cell(self) -> None:
        self._size += 1
        if self._size <= self._most_bytes:
            content = b"".join(self._parts)
            self._cells.append(content if content or self._is_quoted else None)
        self._parts = []
        self._is_quoted = self._ends_plain = False
        self._state = _State.AT_CELL

    def _end_record(self) -> Iterator[Record]:
        if self._ends_plain and self._parts:
            self._parts[-1] = self._parts[-1].removesuffix(b"\r")
        self._end_cell()
        record = self._record()
        self._line += 1
        self._begin()
        if not record.is_blank:
            yield record

    def _record(self, *, is_open: bool = False) -> Record:
        is_too_large = self._size > self._most_bytes
        return Record(self._start_line, () if is_too_large else tuple(self._cells), is_too_large, is_open)
