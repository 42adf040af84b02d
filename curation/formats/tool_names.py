"""Tool names that every service takes: letters, digits, `_` and `-`, at most 64."""

from __future__ import annotations

import re

LONGEST = 64
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]+")


def fit_name(name: str, taken: set[str]) -> str:
    """The name itself where it fits and is free, else the nearest one that does."""
    base = _FOREIGN.sub("_", name).strip("_")[:LONGEST] or "tool"
    fitted, n = base, 2
    while fitted in taken:
        suffix = f"_{n}"
        fitted, n = base[: LONGEST - len(suffix)] + suffix, n + 1
    return fitted
