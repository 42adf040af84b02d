"""Whether a safetensors file is whole, told from its first bytes and its size, without loading anything."""

from __future__ import annotations

from pathlib import Path

import msgspec

from curation.errors import UnreadableError

_LENGTH_BYTES = 8
_MOST_HEADER_BYTES = 100_000_000
"""What the format itself allows."""


class _Tensor(msgspec.Struct):
    """Where one tensor lies; its other keys do not matter here."""

    data_offsets: tuple[int, int]


def check_weights(path: Path) -> None:
    """Refuse a file of weights that was cut off, overwritten, or never fetched.

    Raises:
        UnreadableError: the sentence names the file and what to do.
    """
    with path.open("rb") as stream:
        start = stream.read(_LENGTH_BYTES)
        length = int.from_bytes(start, "little")
        header = stream.read(length) if length <= _MOST_HEADER_BYTES else b""
    if start == b"version ":
        raise UnreadableError(f"The weights in {path} are only a pointer to them.", hint="Run `git lfs pull` there.")
    ends = _read_ends(header)
    size = path.stat().st_size - _LENGTH_BYTES - length
    if ends is None or max(ends, default=0) != size:
        raise UnreadableError(
            f"The weights in {path} are damaged or incomplete.", hint="Copy the file again from where it came."
        )


def _read_ends(header: bytes) -> list[int] | None:
    """Where each tensor ends in the bytes after the header; None when that is no header."""
    try:
        entries = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        return [
            msgspec.json.decode(raw, type=_Tensor).data_offsets[1]
            for name, raw in entries.items()
            if name != "__metadata__"
        ]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
