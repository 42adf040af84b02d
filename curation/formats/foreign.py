"""Files that hold no JSON text at all: told by their first bytes, in one sentence with the way out."""

from __future__ import annotations

from curation.errors import UnreadableError

_ROWS = "Rows are JSON, one on each line."
_UNPACK = "Unpack it first."
_REWRITE = "Write it as JSON Lines first; for tables, pandas' `to_json(…, orient='records', lines=True)` does."
_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "a Parquet file", _REWRITE),
    (b"ARROW1", "an Arrow file", _REWRITE),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it first, with `gunzip`."),
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (b"SQLite format 3\x00", "an SQLite database", _REWRITE),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"%PDF-", "a PDF document", _ROWS),
    (b"\x89PNG", "a PNG picture", _ROWS),
    (b"\xff\xd8\xff", "a JPEG picture", _ROWS),
    (b"GIF8", "a GIF picture", _ROWS),
)

_BY_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "UTF-16LE",
    (True, False, True, False): "UTF-16BE",
    (False, True, True, True): "UTF-32LE",
    (True, True, True, False): "UTF-32BE",
}
"""Which of the first four bytes are zero, when they stand for two or one character of ASCII."""


def refuse_foreign(head: bytes, name: str) -> None:
    """Raise for a file of another kind.

    Raises:
        UnreadableError: the file is packed, binary, or in an encoding other than UTF-8.
    """
    for sign, kind, remedy in _SIGNS:
        if head.startswith(sign):
            raise UnreadableError(f"Cannot read {name}: it is {kind}, not JSON.", hint=remedy)
    if encoding := _wide_encoding(head):
        raise UnreadableError(
            f"Cannot read {name}: it is written in {encoding}, not in UTF-8.",
            hint=f"Convert it first: `iconv -f {encoding} -t UTF-8`.",
        )


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 and UTF-32, with a byte order mark or without: JSON begins with two characters of ASCII."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "UTF-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    return _BY_ZEROS.get(tuple(byte == 0 for byte in head[:4]))
