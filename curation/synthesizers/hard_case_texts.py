"""The templates of hard cases as they are read: one file of `hard_case_templates` is one case, its turns are data."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

_FOLDER = files("curation.synthesizers") / "hard_case_templates"


class TurnTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a template."""

    role: Literal["user", "assistant", "tool"]
    text: str | tuple[str, ...] = ""
    """Several: ways to say it; the turns of one conversation take the same one, counted round."""
    calls: tuple[int, ...] = ()
    """The chosen tools it calls, by number."""
    reason: str | None = None
    recovery: str | None = None
    names_missing: bool = False
    """Whether the label names the argument that is open."""
    leaves_open: bool = False
    """Whether the request is said without the value of that argument."""
    hides: str | tuple[str, ...] = ""
    """Words put into the result."""
    fails: bool = False
    """Whether the call fails for good."""
    agrees: bool = False
    """Whether the person says yes to what is called next."""


class HardCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One template."""

    title: str
    tag: str
    """One of HARD_CASES; empty where the label says it already."""
    teaches: str
    turns: tuple[TurnTemplate, ...]
    kind: str = ""
    """Under which word it is ordered; empty: its tag."""
    tools: int = 1
    """How many tools it takes."""
    prefers: Literal["", "write"] = ""
    """What the first tool should do, where there is a choice."""
    applies: Literal["", "read", "write"] = ""
    """What the first tool of an order must do."""
    second: Literal["", "write"] = ""
    """What the second tool of an order must do."""
    pairs: Literal["", "alike"] = ""
    """How the two tools of an order are related."""
    counts: Literal["first", "other"] = "first"
    """Which of two values for the open argument is called with: the one in the request, or the other one."""
    standing: str | tuple[str, ...] = ""
    """What the system text says; several: ways to say it."""
    offers: Literal["chosen", "all"] = "chosen"
    about_a_thing: tuple[str, ...] = ()
    """Beginnings of the wordings that speak of something that is there already."""
    withholds_help: bool = False
    """Whether tools that pass something on to a person may not be offered."""

    @property
    def ordered_as(self) -> str:
        return self.kind or self.tag

    @property
    def calls_unasked(self) -> bool:
        """Whether it is about a call that wants no yes."""
        is_called = any(turn.calls for turn in self.turns)
        return is_called and self.tag == "approval_needed" and not any(turn.agrees for turn in self.turns)

    @property
    def is_wanted_in_a_row(self) -> bool:
        """Whether one person asks for both of its tools, one after the other."""
        return self.tag == "required_order"

    @property
    def n_ways(self) -> int:
        """How many conversations are worded differently."""
        return math.lcm(*(len(ways) for ways in self._texts() if isinstance(ways, tuple)))

    def may_be_said(self, way: int, *, is_made: bool) -> bool:
        """Whether a wording suits a thing; one that is only now made belongs to nobody yet."""
        opening = next(turn.text for turn in self.turns if turn.role == "user")
        said = opening if isinstance(opening, str) else opening[way % len(opening)]
        return not (is_made and said.startswith(self.about_a_thing))

    def names(self, slot: str) -> bool:
        """Whether a slot is filled anywhere."""
        return any(f"{{{slot}}}" in "".join(ways) for ways in self._texts())

    def _texts(self) -> list[str | tuple[str, ...]]:
        return [self.standing, *(ways for turn in self.turns for ways in (turn.text, turn.hides))]


@lru_cache(maxsize=1)
def hard_cases() -> dict[str, HardCase]:
    """Name → template, by title."""
    found = {
        path.name.removesuffix(".toml"): msgspec.toml.decode(path.read_bytes(), type=HardCase)
        for path in _FOLDER.iterdir()
        if path.name.endswith(".toml")
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1].title))
