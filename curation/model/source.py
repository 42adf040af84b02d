"""JSON source text that is kept to the letter: quoting it, and keeping it on one line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

_encode = msgspec.json.Encoder().encode


def quote(text: str) -> str:
    """A JSON string with this content."""
    return _encode(text).decode()


quote_key = lru_cache(maxsize=256)(quote)
"""Keys come again and again."""


def one_line(source: str) -> str:
    """JSON source on one line: line ends between tokens become spaces, as a row is one line.

    Inside a JSON string no raw line end can stand, so no value changes.
    """
    if "\n" in source or "\r" in source:
        return source.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return source


def write_object(members: Iterable[tuple[str, str]]) -> str:
    """A compact JSON object of keys and JSON sources, in the order given."""
    return "{" + ",".join([f"{quote_key(key)}:{source}" for key, source in members]) + "}"


def write_list(elements: list[str]) -> str:
    """A compact JSON list of JSON sources."""
    return "[" + ",".join(elements) + "]"
