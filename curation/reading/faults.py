"""What is wrong with a text that should be JSON, and exactly where."""

from __future__ import annotations

import msgspec

from curation.model.rule_names import RULE_SLUGS
from curation.model.values import UNSET, Json, UnsetType

MAX_DEPTH = 256
"""Deepest nesting of lists and objects that is read."""
MAX_CHARACTERS = 8_000_000
"""Longest text that is read in one piece."""
MAX_FAULTS = 100
"""Enough to mend a row by; a hostile one gets no longer list."""

FATAL = frozenset({"J01", "J03", "J04", "J07", "J08", "J11"})
"""Codes after which a text has no value: it is not one JSON value that can be kept to the letter."""


class Fault(msgspec.Struct, frozen=True):
    """One fault of a text, at its exact place."""

    code: str
    rule: str
    message: str
    """One sentence without the place."""
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    pointer: str = ""
    """JSON pointer to the value concerned, as far as it could be read."""

    @property
    def is_fatal(self) -> bool:
        return self.code in FATAL

    @property
    def sentence(self) -> str:
        """The message with its place in front."""
        return f"Line {self.line}, column {self.column}: {self.message}"


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """A strictly parsed text. Shared between callers, so nobody may change `value` in place."""

    value: Json | UnsetType = UNSET
    """UNSET when a fault is fatal. The last of doubled keys counts; a number too large for a double is clamped."""
    faults: tuple[Fault, ...] = ()
    """In the order of the text."""

    @property
    def is_clean(self) -> bool:
        return not self.faults


def make_fault(code: str, message: str, text: str, position: int, pointer: str = "") -> Fault:
    """A fault at a character position of `text`."""
    line_start = text.rfind("\n", 0, position) + 1
    return Fault(
        code=code,
        rule=RULE_SLUGS[code],
        message=message,
        line=text.count("\n", 0, position) + 1,
        column=position - line_start + 1,
        pointer=pointer,
    )
