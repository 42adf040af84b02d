"""What a person may ask of an export beyond its format, and the version of what writes it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from curation.formats.contract import Format

FailedCalls = Literal["learn", "weight_0", "mask"]
"""What becomes of a call that a recovery puts right: learnt like any other; marked with weight 0, where a row that
cannot say so is refused; or never learnt, where such a row is written without the call and its error."""
Place = Literal["replace", "add"]
_EDITION = "1"
_SOURCES = ("formats/*.py", "formats/containers/*.py", "model/*.py", "reading/*.py")


class SystemTurn(msgspec.Struct, frozen=True):
    """A text that every row begins with."""

    n: int
    """The version of the project's system prompt."""
    text: str
    place: Place = "replace"
    """In the place of the row's own system turn, or before its text in the same turn."""


class Options(msgspec.Struct, frozen=True):
    """What is asked of one export."""

    byte_order_mark: bool = False
    failed_calls: FailedCalls = "learn"
    system: SystemTurn | None = None

    @property
    def changes_rows(self) -> bool:
        """Whether rows are written otherwise than they are stored."""
        return self.failed_calls != "learn" or self.system is not None


PLAIN = Options()


def has_failed_calls(fmt: Format) -> bool:
    """Whether the option about failed calls means anything to a format: a pair has its own place for them."""
    return not fmt.needs_pair


@lru_cache(maxsize=1)
def formats_version() -> str:
    """A short hash of everything that decides the bytes of a row."""
    digest, folder = hashlib.sha256(_EDITION.encode()), Path(__file__).parents[1]
    for pattern in _SOURCES:
        for path in sorted(folder.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return f"{_EDITION}-{digest.hexdigest()[:12]}"
