"""Rows printed over several lines, as pretty-printers do: one such row is read, several are refused in one sentence."""

from __future__ import annotations

import json

from curation.errors import UnreadableError

_DECODER = json.JSONDecoder()


def is_spread_row(head: bytes, name: str, *, is_all: bool) -> bool:
    """Whether the file is one object over several lines; `is_all` when the head is the whole file.

    Raises:
        UnreadableError: there are several such objects, or one too large to look at.
    """
    text = head.decode("utf-8", "replace").lstrip(" \t\r\n")
    first, _, rest = text.partition("\n")
    if not text.startswith("{") or not rest.strip() or _is_row(first):
        return False
    end = _end_of_object(text)
    if end is None and (first.strip() != "{" or _is_row(rest.partition("\n")[0])):
        return False
    if is_all and not text[end or len(text) :].strip():
        return True  # also when it is broken: reading it says where
    raise UnreadableError(
        f"Cannot read {name}: its rows are spread over several lines.",
        hint="Write one row on each line, as `jq -c .` does.",
    )


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("{") and _end_of_object(line) is not None


def _end_of_object(text: str) -> int | None:
    try:
        return _DECODER.raw_decode(text.lstrip(" \t\r\n"))[1]
    except (ValueError, RecursionError):
        return None
