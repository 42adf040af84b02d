"""What one example shows that can be counted and looked up: a kind, and a name whose parts are told apart."""

from __future__ import annotations

from typing import NamedTuple

LONGEST_PART = 80
"""Characters of one part; a longer one is no name that people look up."""
OPENS = frozenset(
    {
        "reason",
        "recovery",
        "given",
        "omitted",
        "value",
        "options",
        "language",
        "opening",
        "place",
        "turns",
        "first_call",
    }
)
"""Kinds whose examples are looked up by the trait; the others have a filter of their own, or are sums."""


class Trait(NamedTuple):
    """One thing an example shows."""

    kind: str
    name: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part.replace("~1", "/").replace("~0", "~") for part in self.name.split("/"))

    @property
    def address(self) -> str:
        """As an address holds it; `read_trait` gives it back."""
        return f"{self.kind}:{self.name}"


def trait(kind: str, *parts: str) -> Trait:
    """A trait with a name of several parts; no part can be taken for two."""
    return Trait(kind, "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts))


def parse_trait(address: str) -> Trait:
    """The trait an address of ours names."""
    kind, _, name = address.partition(":")
    return Trait(kind, name)


def read_trait(address: str) -> Trait:
    """The trait an address names.

    Raises:
        ValueError: it names no kind that examples are looked up by.
    """
    named = parse_trait(address)
    if named.kind not in OPENS:
        raise ValueError(f"it begins with one of {', '.join(sorted(OPENS))}")
    return named
