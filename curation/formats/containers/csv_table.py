"""CSV files as rows: the header names the keys, every cell is text, and a row of another width is named by its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from curation.errors import UnreadableError
from curation.formats.containers.csv_cells import Cell, Record, split_records
from curation.formats.containers.peeked import Peeked
from curation.formats.containers.table import Column, TableRow
from curation.model.reading import Reject
from curation.model.rule_names import RULE_SLUGS
from curation.model.source import quote, write_list, write_object
from curation.reading.faults import MAX_CHARACTERS

SUFFIXES = (".csv", ".tsv")
BEYOND = "cells beyond the header"
"""The key under which cells without a column are kept, so that nobody loses them while mending the row."""
_MARK = b"\xef\xbb\xbf"
_DELIMITERS = (b",", b";", b"\t", b"|")
_PROBE_BYTES = 1 << 18
_PROBE_RECORDS = 20
_CHUNK_BYTES = 1 << 16


def read_csv(stream: Peeked, name: str) -> tuple[tuple[Column, ...], Iterator[TableRow]]:
    """The columns of a CSV file and its rows.

    Raises:
        UnreadableError: there is no header, or it names two columns alike.
    """
    delimiter = detect_delimiter(stream.head.removeprefix(_MARK))
    records = split_records(_chunks(stream), delimiter)
    header = next(records, None)
    if header is None:
        raise UnreadableError(f"Cannot read {name}: it holds no rows.", hint="The first row names the columns.")
    names = _read_header(header, name)
    return tuple(Column(one, "text") for one in names), (_read_record(record, names) for record in records)


def detect_delimiter(head: bytes) -> bytes:
    """What parts the cells: the sign that gives the first records the same number of cells, and the most of them."""
    return max(_DELIMITERS, key=lambda sign: _score(head[:_PROBE_BYTES], sign))


def _score(head: bytes, delimiter: bytes) -> tuple[int, int]:
    """How many of the first records are as wide as the header, and how wide; one cell says nothing."""
    records = list(islice(split_records([head], delimiter), _PROBE_RECORDS + 1))
    complete = records[:-1] if len(records) > 1 and len(head) == _PROBE_BYTES else records
    widths = Counter(len(record.cells) for record in complete)
    width = len(complete[0].cells) if complete else 0
    return (widths[width], width) if width > 1 else (0, 0)


def _chunks(stream: Peeked) -> Iterator[bytes]:
    yield stream.read(_CHUNK_BYTES).removeprefix(_MARK)
    while chunk := stream.read(_CHUNK_BYTES):
        yield chunk


def _read_header(header: Record, name: str) -> list[str]:
    if header.is_too_large or header.is_open:
        raise UnreadableError(f"Cannot read {name}: its header has no end.", hint="The first row names the columns.")
    try:
        names = [(cell or b"").decode() for cell in header.cells]
    except UnicodeDecodeError as error:
        raise UnreadableError(f"Cannot read {name}: it is not in UTF-8.", hint="Save it as CSV UTF-8.") from error
    twice = [one for one, n in Counter(names).items() if n > 1 and one]
    if twice:
        raise UnreadableError(
            f"Cannot read {name}: two of its columns are called `{twice[0]}`.", hint="Give one of them another name."
        )
    return [one or (f"Unnamed: {i}" if names.count("") > 1 else "") for i, one in enumerate(names)]


def _read_record(record: Record, names: list[str]) -> TableRow:
    if record.is_too_large:
        reason = f"The row is longer than {MAX_CHARACTERS // 1_000_000} MB."
        return TableRow(record.line, b"", fault=_reject("J11", reason))
    try:
        cells = [None if cell is None else quote(cell.decode()) for cell in record.cells]
    except UnicodeDecodeError:
        return TableRow(record.line, _show(record.cells), fault=_reject("J01", "The row is not UTF-8."))
    members = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell is not None]
    beyond = [cell or '""' for cell in cells[len(names) :]]
    if beyond:
        members.append((BEYOND, write_list(beyond)))
    raw = write_object(members).encode()
    return TableRow(record.line, raw, fault=_find_fault(record, len(names)))


def _find_fault(record: Record, n_columns: int) -> Reject | None:
    if record.is_open:
        return _reject("J03", "A quote is opened in this row and never closed.")
    n = len(record.cells)
    if n == n_columns:
        return None
    return _reject("J04", f"The row has {n} cells, but the header names {n_columns} columns.")


def _reject(code: str, reason: str) -> Reject:
    return Reject(RULE_SLUGS[code], code, reason)


def _show(cells: tuple[Cell, ...]) -> bytes:
    return b",".join(cell or b"" for cell in cells)
