"""One file, one format: read, and where it can, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from curation.errors import NotFoundError
from curation.formats import callwright, openai, router, trl
from curation.formats.contract import Format, Loss, Written

__all__ = ["FORMATS", "Format", "Loss", "Written", "detect_format", "get_format"]

FORMATS: tuple[Format, ...] = (
    callwright.FORMAT,
    router.FORMAT,
    trl.FORMAT,
    openai.FORMAT,
)
"""The first one that recognises a row is the row's format, so the general ones stand last."""


def get_format(name: str) -> Format:
    """The format people call `name`."""
    for known in FORMATS:
        if known.name == name:
            return known
    names = ", ".join(sorted(known.name for known in FORMATS))
    raise NotFoundError(f"There is no format `{name}`.", hint=f"Choose one of: {names}.")


def detect_format(first_lines: Sequence[bytes]) -> Format:
    """The format most of these rows have; the most general one when no row is recognised.

    One labelled row is enough to make a conversation file ours: rows without labels look like any other.
    """
    votes = Counter(known.name for known in map(_recognise, first_lines) if known)
    if votes["callwright"] and votes["callwright"] + votes["openai"] == votes.total():
        return callwright.FORMAT
    return get_format(votes.most_common(1)[0][0]) if votes else FORMATS[-1]


def _recognise(raw: bytes) -> Format | None:
    return next((known for known in FORMATS if known.recognises(raw)), None)
