"""JSON source text that is kept to the letter: quoting it, and keeping it on one line."""

from __future__ import annotations

import msgspec

_encode = msgspec.json.Encoder().encode


def quote(text: str) -> str:
    """A JSON string with this content."""
    return _encode(text).decode()


def one_line(source: str) -> str:
    """JSON source on one line: line ends between tokens become spaces, as a row is one line.

    Inside a JSON string no raw line end can stand, so no value changes.
    """
    if "\n" in source or "\r" in source:
        return source.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return source


def write_object(members: list[tuple[str, str]]) -> str:
    """A compact JSON object of keys and JSON sources, in the order given."""
    return "{" + ",".join(f"{quote(key)}:{source}" for key, source in members) + "}"


def write_list(elements: list[str]) -> str:
    """A compact JSON list of JSON sources."""
    return "[" + ",".join(elements) + "]"
