"""Files of rows as streams: line numbers, lists, marks, caps."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest

from curation.formats import get_format
from curation.formats.files import KEPT_BYTES, FileRow, Rows, read_rows
from curation.model.reading import Reading, Reject
from curation.reading.faults import MAX_CHARACTERS

OPENAI = get_format("openai")
ROW = b'{"messages":[{"role":"user","content":"Hi"}]}'


def read(data: bytes) -> list[FileRow]:
    return list(read_rows(io.BytesIO(data), OPENAI))


def codes(rows: list[FileRow]) -> list[str]:
    return [row.result.code if isinstance(row.result, Reject) else "" for row in rows]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_are_numbered_and_bad_ones_do_not_stop_the_rest(end: bytes) -> None:
    rows = read(end.join([ROW, b"", b"not json", ROW, b""]))
    assert [row.line for row in rows] == [1, 2, 3, 4]
    assert codes(rows) == ["", "J04", "J03", ""]
    assert rows[2].raw == b"not json"


def test_last_line_needs_no_end() -> None:
    assert codes(read(ROW + b"\n" + ROW)) == ["", ""]


def test_empty_file_has_no_rows() -> None:
    assert read(b"") == []
    assert read(b"[]") == []


def test_list_is_cut_into_its_elements() -> None:
    rows = read(b" [\n" + ROW + b" ,\n" + b'{"a": tru}' + b",\n" + ROW + b"]\n")
    assert [row.line for row in rows] == [1, 2, 3]
    assert rows[0].raw == ROW
    assert codes(rows) == ["", "J03", ""]


def test_list_that_never_ends_is_named_after_its_rows() -> None:
    rows = read(b"[" + ROW)
    assert codes(rows) == ["", "J03"]
    assert isinstance(rows[-1].result, Reject)
    assert "never closed" in rows[-1].result.reason


@pytest.mark.parametrize("data", [ROW + b"\n" + ROW, b"[" + ROW + b"," + ROW + b"]"])
def test_byte_order_mark_is_removed_and_named_once(data: bytes) -> None:
    first, second = read(b"\xef\xbb\xbf" + data)
    assert isinstance(first.result, Reading)
    assert isinstance(second.result, Reading)
    assert first.raw == ROW
    assert [finding.code for finding in first.result.findings] == ["J02"]
    assert second.result.findings == ()


@pytest.mark.parametrize(("before", "between", "after"), [(b"", b"\n", b""), (b"[", b",", b"]")])
def test_row_that_is_too_long_is_cut_and_named(before: bytes, between: bytes, after: bytes) -> None:
    long = b'{"a":"' + b"x" * (MAX_CHARACTERS + 10) + b'"}'
    rows = read(before + long + between + ROW + after)
    assert codes(rows) == ["J11", ""]
    assert len(rows[0].raw) == KEPT_BYTES


class Endless(io.RawIOBase):
    """A line that never ends, given out in pieces."""

    def __init__(self, n_bytes: int) -> None:
        self.left = n_bytes

    def read(self, n: int = -1) -> bytes:
        n = min(n, self.left)
        self.left -= n
        return b"x" * n


def test_endless_line_is_passed_in_little_memory() -> None:
    import tracemalloc

    tracemalloc.start()
    (row,) = read_rows(cast("BinaryIO", Endless(100_000_000)), OPENAI)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(row.result, Reject)
    assert row.result.code == "J11"
    assert peak < 40_000_000


def test_head_shows_the_first_complete_rows() -> None:
    head = Rows(io.BytesIO(b"\xef\xbb\xbf[" + ROW + b"," + ROW + b"]")).head
    assert head.rows == (ROW, ROW)
    assert head.is_list
    assert head.has_mark
