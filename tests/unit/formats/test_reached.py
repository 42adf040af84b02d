"""A source read up to a row goes on behind it, whatever kind it is, and nothing is read twice or left out."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest

from curation.formats import get_format
from curation.formats.files import FileRow, Reached, Rows

OPENAI = get_format("openai")
TURNS = [{"messages": [{"role": "user", "content": f"Row {n} ä"}]} for n in range(9)]
LINES = [json.dumps(turn, ensure_ascii=False).encode() for turn in TURNS]


def as_csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["messages"], *([json.dumps(turn["messages"], indent=1)] for turn in TURNS)])
    return out.getvalue().encode()


SOURCES = {
    "lines": b"\n".join(LINES),
    "lines with an end": b"\n".join(LINES) + b"\n",
    "lines of Windows": b"\r\n".join(LINES) + b"\r\n",
    "blank lines": b"\n\n" + b"\n\n".join(LINES) + b"\n\n",
    "mark": b"\xef\xbb\xbf" + b"\n".join(LINES),
    "bad lines": LINES[0] + b"\n{\n" + b"\n".join(LINES[1:]),
    "list": b"[" + b",\n".join(LINES) + b"]",
    "list cut off": b"[" + b",\n".join(LINES),
    "gzip": gzip.compress(b"\n".join(LINES)),
    "csv": as_csv(),
}


def read(data: bytes, name: str, after: Reached | None = None) -> list[tuple[FileRow, Reached]]:
    rows = Rows(io.BytesIO(data), name)
    found = rows.read(OPENAI, after) if after else rows.read(OPENAI)
    return [(row, rows.reached) for row in found]


@pytest.mark.parametrize("kind", SOURCES)
def test_reading_goes_on_behind_any_row(kind: str):
    name = "rows.csv" if kind == "csv" else "rows.jsonl"
    whole = read(SOURCES[kind], name)
    assert len(whole) >= len(TURNS)
    for n, (_, reached) in enumerate(whole, start=1):
        rest = read(SOURCES[kind], name, reached)
        assert [row for row, _ in rest] == [row for row, _ in whole[n:]]
        assert [one for _, one in rest] == [one for _, one in whole[n:]]


def test_lines_are_entered_in_the_middle_and_packed_ones_are_not():
    assert read(SOURCES["lines"], "rows.jsonl")[2][1] == Reached(3, sum(len(line) + 1 for line in LINES[:3]))
    assert read(SOURCES["gzip"], "rows.jsonl.gz")[2][1] == Reached(3, 0)


def test_what_came_before_is_not_fetched_again():
    class Counted(io.BytesIO):
        n_bytes = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.n_bytes += len(data)
            return data

    data = (LINES[0] + b"\n") * 60_000
    assert len(data) > 2 << 20
    stream = Counted(data)
    reached = Reached(59_999, len(data) - len(LINES[0]) - 1)
    assert [row.line for row in Rows(stream).read(OPENAI, reached)] == [60_000]
    assert stream.n_bytes < len(data)
