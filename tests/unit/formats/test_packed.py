"""Gzip is unpacked as it is read; bombs, cut and damaged files are one sentence each."""

from __future__ import annotations

import gzip
import io
import json
import zlib

import pytest

from curation.errors import UnreadableError
from curation.formats import detect_format
from curation.formats.containers import packed
from curation.formats.files import FileRow, Rows
from curation.model.reading import Reading

ROW = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
LINE = json.dumps(ROW).encode() + b"\n"


def read(content: bytes, name: str = "rows.jsonl.gz") -> list[FileRow]:
    rows = Rows(io.BytesIO(content), name)
    return list(rows.read(detect_format(rows.head.rows)))


def refuse(content: bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        read(content)
    assert str(refused.value).startswith("Cannot read rows.jsonl.gz: it is compressed with gzip, and ")
    return str(refused.value)


def test_packed_rows_are_read_with_their_lines() -> None:
    rows = read(gzip.compress(LINE * 3_000))
    assert [row.line for row in rows] == list(range(1, 3_001))
    assert all(isinstance(row.result, Reading) for row in rows)


def test_several_packed_parts_are_one_file_and_zeros_may_follow() -> None:
    content = gzip.compress(LINE) + gzip.compress(LINE) + b"\0" * 100_000
    assert len(read(content)) == 2


def test_packed_twice_is_refused() -> None:
    with pytest.raises(UnreadableError, match="compressed with gzip"):
        read(gzip.compress(gzip.compress(LINE)))


def test_cut_file_is_told_even_when_rows_came_before() -> None:
    assert "cut off" in refuse(gzip.compress(LINE * 20_000)[:-20])
    assert "cut off" in refuse(gzip.compress(LINE)[:5])


def test_damaged_bytes_are_told() -> None:
    content = bytearray(gzip.compress(LINE))
    content[-6] ^= 0xFF
    assert "damaged" in refuse(bytes(content))


def test_other_bytes_behind_are_told() -> None:
    assert "other bytes" in refuse(gzip.compress(LINE) + b"hello")


class Zeros:
    """An endless packed stream of zeros that counts what was taken from it."""

    def __init__(self) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        self.rest = packer.compress(b" " * 1_000_000)
        self.chunk = packer.compress(b" " * 16_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
        self.n_read = 0

    def read(self, size: int = -1) -> bytes:
        data, self.rest = (self.rest + self.chunk)[:size], (self.rest + self.chunk)[size:]
        self.n_read += len(data)
        return data


def test_bomb_is_stopped_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE_BYTES", 4_000_000)
    bomb = Zeros()
    rows = Rows(bomb, "bomb.gz")  # type: ignore[arg-type]
    with pytest.raises(UnreadableError, match="300 times its size"):
        list(rows.read(detect_format(rows.head.rows)))
    assert bomb.n_read < 200_000


def test_size_is_capped_whatever_the_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_BYTES", 1_000_000)
    with pytest.raises(UnreadableError, match="unpacks to more than"):
        read(gzip.compress(LINE * 20_000))


def test_reading_gives_as_many_bytes_as_asked_for() -> None:
    stream = packed.Unpacked(io.BytesIO(gzip.compress(b"abc" * 100_000)), "x")
    assert len(stream.read(200_000)) == 200_000
    assert len(stream.read(200_000)) == 100_000
    assert stream.read(5) == b""
