"""Which two wishes about one thing fit each other, and what must be true of the thing: as a domain pack says."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Literal

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.subjects import reads

How = Literal["in_a_row", "instead"]


class Fit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two tools that a person may want for the same thing."""

    first: str
    second: str
    shown: dict[str, tuple[str, ...]] = {}
    """Field of a result → the values with which the second call can be true."""
    opens: tuple[str, ...] = ()
    """Parts of the first tool's frames that ask for it in a way that fits; empty: all do."""
    follows: tuple[str, ...] = ()
    """The same for the second tool's frames."""
    then: tuple[str, ...] = ()
    """Ways to ask for the second call that hang on what the first one shows."""

    def frames_of(self, tool: str) -> tuple[str, ...]:
        """The parts of a tool's frames that fit."""
        return {self.first: self.opens, self.second: self.follows}.get(tool, ())

    def keep_true(self, result: Json, rng: Random) -> Json:
        """A result with values that the second call needs, where it has others."""
        if not isinstance(result, dict):
            return result
        wrong = [name for name, allowed in self.shown.items() if name in result and result[name] not in allowed]
        return result | {name: rng.choice(self.shown[name]) for name in wrong}


class Together(msgspec.Struct, frozen=True):
    """What a pack says of pairs of its tools; of other tools nothing is known."""

    tools: frozenset[str] = frozenset()
    in_a_row: tuple[Fit, ...] = ()
    instead: tuple[Fit, ...] = ()

    def find(self, first: Tool, second: Tool, how: How = "in_a_row") -> Fit | None:
        """What the pack says of this pair."""
        fits = self.in_a_row if how == "in_a_row" else self.instead
        return next((one for one in fits if (one.first, one.second) == (first.name, second.name)), None)

    def knows(self, first: Tool, second: Tool) -> bool:
        """Whether the pack speaks of both tools, so that a pair it does not name does not fit."""
        return {first.name, second.name} <= self.tools

    def can_both_be_wanted(self, first: Tool, second: Tool) -> bool:
        """Whether one person may want both of one thing: as the pack says, else a deed and a look at it."""
        if self.knows(first, second):
            return self.find(first, second) is not None
        return reads(first) or reads(second)


NOTHING_SAID = Together()


class _TogetherFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`together.toml` of a pack."""

    in_a_row: tuple[Fit, ...] = ()
    instead: tuple[Fit, ...] = ()


@lru_cache(maxsize=8)
def load_together(pack: str, tools: tuple[str, ...]) -> Together:
    """What the pack of this name says; a pack without `together.toml` says nothing."""
    path = files("curation.synthesizers.packs") / pack / "together.toml"
    if not path.is_file():
        return Together()
    said = msgspec.toml.decode(path.read_bytes(), type=_TogetherFile)
    return Together(frozenset(tools), said.in_a_row, said.instead)
