"""What reading one row gives: an example with its places, or a reject."""

from __future__ import annotations

import msgspec

from curation.model.example import Example
from curation.model.finding import Finding


class Place(msgspec.Struct, frozen=True):
    """Where something stands in the row as given."""

    at: str
    """JSON pointer into the row as given."""
    inside: str = ""
    """When `at` is a string that holds JSON: the pointer inside that JSON."""


class Places(msgspec.Struct, frozen=True, gc=False):
    """Maps inner pointers to the row as given, by longest prefix.

    `moved` holds (inner prefix → outer prefix) where the row has another shape; `opaque` holds the outer pointers of
    strings whose inside cannot be addressed by a JSON pointer. Everything else maps to itself.
    """

    moved: dict[str, str] = {}
    opaque: frozenset[str] = frozenset()

    def outer(self, inner: str) -> Place:
        """The place in the row as given of an inner pointer."""
        at = self._move(inner)
        for cut in _prefixes(at):
            if cut in self.opaque:
                return Place(cut, at[len(cut) :])
        return Place(at)

    def _move(self, inner: str) -> str:
        for prefix in reversed(_prefixes(inner)):
            if prefix in self.moved:
                return self.moved[prefix] + inner[len(prefix) :]
        return inner


def _prefixes(pointer: str) -> list[str]:
    """All prefixes of a pointer that end at a step, shortest first, itself included."""
    ends = [i for i, c in enumerate(pointer) if c == "/" and i] + [len(pointer)]
    return [pointer[:end] for end in ends]


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One row, read: what it says, where it says it, and what reading already saw."""

    example: Example
    places: Places = Places()
    findings: tuple[Finding, ...] = ()
    """J and U findings about the bytes of the row (duplicate keys, big numbers, …)."""


class Reject(msgspec.Struct, frozen=True):
    """A row that is not one JSON value: kept as bytes, with one sentence that says where and why."""

    rule: str
    code: str
    reason: str
    line: int = 1
    """Line inside the row, from 1 (a file reader adds its own line number)."""
    column: int = 1
