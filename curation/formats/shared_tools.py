"""Rows share their definitions, so what a format makes of a whole list of them is kept for the rows that follow."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from curation.model.definition import Definition

_T = TypeVar("_T")
_CACHED_CHARACTERS = 40_000
"""What longer lists become is made anew for each row, so that what is kept stays small."""
_KEPT = 128

Tools = tuple[Definition, ...]


def kept_for_tools(write: Callable[[Tools], _T]) -> Callable[[Tools], _T]:
    """The same function, which remembers. Callers share what it gives and must not change it."""
    kept = lru_cache(maxsize=_KEPT)(write)

    def write_kept(tools: Tools) -> _T:
        is_long = sum([len(tool.text) for tool in tools]) > _CACHED_CHARACTERS
        return write(tools) if is_long else kept(tools)

    return write_kept
