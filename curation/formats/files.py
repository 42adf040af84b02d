"""A file of rows, read as a stream: JSON Lines, one JSON list or a table, with caps, and with every bad row named.

Memory holds one row at a time. A bad row becomes a reject and the rest still comes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from curation.formats import FORMATS
from curation.formats.containers.folders import DataFolder
from curation.formats.containers.mapping import ColumnUse
from curation.formats.containers.opening import HEAD_BYTES, open_container
from curation.formats.containers.peeked import Peeked
from curation.formats.containers.table import Table, TableRow
from curation.formats.contract import Format
from curation.formats.elements import split_elements
from curation.formats.foreign import refuse_foreign
from curation.formats.spread import is_spread_row
from curation.model.finding import Finding
from curation.model.reading import Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.reading.faults import MAX_CHARACTERS

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
KEPT_BYTES = 64_000
"""How much of a row that is too large is kept with its reject."""
_CHUNK_BYTES = 1 << 16


class FileRow(msgspec.Struct, frozen=True, gc=False):
    """One row of a file with its line (JSON Lines) or its number (list), both from 1."""

    line: int
    raw: bytes
    result: Reading | Reject
    n_nulls: int = 0
    """Keys that a table had filled with null, and that were taken out."""
    note: str = ""
    """What was mended on the way from a table, in a sentence."""


class Reached(msgspec.Struct, frozen=True, gc=False):
    """How far a source was read, so that reading can go on there."""

    line: int = 0
    """Of the last row: its line, or its number."""
    offset: int = 0
    """The byte behind it; 0 where reading cannot begin in the middle, and what comes before is passed over."""


START = Reached()


class Head(msgspec.Struct, frozen=True):
    """The start of a file, from which its kind and its format are told."""

    rows: tuple[bytes, ...]
    """The first complete rows."""
    is_list: bool
    """Rows have numbers rather than lines: one JSON list, or a table without lines."""
    has_mark: bool
    """A byte order mark stands in front."""
    columns: tuple[ColumnUse, ...] = ()
    """What became of the columns, when the rows came as a table."""


class _Stream:
    """Text of which the start can be looked at before it is read."""

    def __init__(self, stream: Peeked, name: str) -> None:
        self.stream = stream
        self.head = stream.read(HEAD_BYTES)
        self.is_all = stream.is_all
        refuse_foreign(self.head, name)
        self.has_mark = self.head.startswith(BYTE_ORDER_MARK)
        self.head = self.head.removeprefix(BYTE_ORDER_MARK)
        self.is_list = self.head.lstrip(b" \t\r\n").startswith(b"[")
        self.is_one_row = is_spread_row(self.head, name, is_all=self.is_all)
        self.offset = len(BYTE_ORDER_MARK) if self.has_mark else 0
        """The byte behind the last line that was given out."""

    def chunks(self, after: int = 0) -> Iterator[bytes]:
        if after:
            self.stream.jump(after)
        else:
            yield self.head
        while chunk := self.stream.read(_CHUNK_BYTES):
            yield chunk

    def lines(self, after: int = 0) -> Iterator[bytes]:
        """Each line without its end; one that is too long comes cut to one byte more than allowed."""
        if self.is_one_row:
            yield self.head
            return
        rest, end = bytearray(), after or self.offset
        for chunk in self.chunks(after):
            first, *more = chunk.split(b"\n")
            rest += first[: MAX_CHARACTERS + 1 - min(len(rest), MAX_CHARACTERS + 1)]
            end += len(first)
            for line in more:
                end += 1
                self.offset = end
                yield bytes(rest).removesuffix(b"\r")
                rest = bytearray(line)
                end += len(line)
        if rest:
            self.offset = end
            yield bytes(rest)


class Rows:
    """The rows of one file or folder: look at `head`, then iterate once.

    Args:
        source: what is read; gzip, CSV, Parquet and Arrow are unpacked on the way.
        name: what sentences call it.
        columns: what people said about the columns of a table, key → column.

    Raises:
        UnreadableError: the file as a whole holds no rows: it is binary, damaged, in another encoding, …
    """

    def __init__(
        self, source: BinaryIO | DataFolder, name: str = "the file", columns: dict[str, str] | None = None
    ) -> None:
        content = open_container(source, name, is_row, columns or {})
        self._table = content if isinstance(content, Table) else None
        self._line = 0
        if isinstance(content, Peeked):
            self._stream = _Stream(content, name)

    @property
    def reached(self) -> Reached:
        """How far the rows were read: behind the one that was given out last."""
        can_jump = self._table is None and not self._stream.is_list and self._stream.stream.can_jump
        return Reached(self._line, self._stream.offset if can_jump else 0)

    @property
    def head(self) -> Head:
        if self._table is not None:
            is_list = not self._table.has_lines
            return Head(self._table.first_rows, is_list=is_list, has_mark=False, columns=self._table.uses)
        lines = self._stream.head.split(b"\n")
        rows = lines if len(lines) == 1 or self._stream.is_all else lines[:-1]
        if self._stream.is_one_row:
            rows = [self._stream.head]
        elif self._stream.is_list:
            rows = _first_elements(self._stream.head)
        return Head(tuple(rows[:50]), self._stream.is_list, self._stream.has_mark)

    def read(self, fmt: Format, after: Reached = START) -> Iterator[FileRow]:
        """Every row in order, read in the given format; those up to `after` are not read again."""
        for row in self._read(fmt, after):
            self._line = row.line
            yield row

    def _read(self, fmt: Format, after: Reached) -> Iterator[FileRow]:
        if self._table is not None:
            return (_read_table_row(row, fmt) for row in self._table.read(after.line))
        return self._read_text(fmt, after)

    def _read_text(self, fmt: Format, after: Reached) -> Iterator[FileRow]:
        has_mark = self._stream.has_mark and not after.line
        rows = self._read_list(fmt, after) if self._stream.is_list else self._read_lines(fmt, after)
        for row in rows:
            yield _note_mark(row) if has_mark else row
            has_mark = False

    def _read_lines(self, fmt: Format, after: Reached) -> Iterator[FileRow]:
        start = after.line + 1 if after.offset else 1
        for line, raw in enumerate(self._stream.lines(after.offset), start=start):
            if line > after.line:
                yield _read_row(line, raw, fmt)

    def _read_list(self, fmt: Format, after: Reached) -> Iterator[FileRow]:
        number = 0
        try:
            for number, raw in enumerate(split_elements(self._stream.chunks(), MAX_CHARACTERS), start=1):
                if number > after.line:
                    yield _read_row(number, raw, fmt)
        except EOFError:
            if number < after.line:
                return
            reason = "The list is never closed: the file seems to be cut off."
            yield FileRow(number + 1, b"", Reject(RULE_SLUGS["J03"], "J03", reason))


def read_rows(stream: BinaryIO, fmt: Format) -> Iterator[FileRow]:
    """Every row of the file in order, read in the given format."""
    return Rows(stream).read(fmt)


def is_row(raw: bytes) -> bool:
    """Whether it looks like a row of some format."""
    return any(known.recognises(raw) for known in FORMATS)


def _read_table_row(row: TableRow, fmt: Format) -> FileRow:
    if row.fault is not None:
        return FileRow(row.line, row.raw[:KEPT_BYTES], row.fault, row.n_nulls)
    read = _read_row(row.line, row.raw, fmt)
    if row.note and isinstance(read.result, Reading):
        mended = Finding(rule=RULE_SLUGS["J03"], code="J03", at="", message=row.note)
        result = msgspec.structs.replace(read.result, findings=(mended, *read.result.findings))
        read = msgspec.structs.replace(read, result=result)
    return msgspec.structs.replace(read, n_nulls=row.n_nulls, note=row.note)


def _read_row(line: int, raw: bytes, fmt: Format) -> FileRow:
    if len(raw) <= MAX_CHARACTERS:
        return FileRow(line, raw, fmt.read(raw))
    reason = f"The row is longer than {MAX_CHARACTERS // 1_000_000} MB; only its first {KEPT_BYTES} bytes are kept."
    return FileRow(line, raw[:KEPT_BYTES], Reject(RULE_SLUGS["J11"], "J11", reason))


def _note_mark(row: FileRow) -> FileRow:
    if isinstance(row.result, Reject):
        return row
    finding = Finding(
        rule=RULE_SLUGS["J02"],
        code="J02",
        at="",
        message="The file starts with a byte order mark, which most readers refuse; save it as UTF-8 without one.",
    )
    result = msgspec.structs.replace(row.result, findings=(finding, *row.result.findings))
    return FileRow(row.line, row.raw, result)


def _first_elements(head: bytes) -> list[bytes]:
    """The complete elements in the start of a list."""
    elements: list[bytes] = []
    try:
        elements += split_elements([head], MAX_CHARACTERS)
    except EOFError:
        return elements[:-1] or elements
    return elements
