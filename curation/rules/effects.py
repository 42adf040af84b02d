"""What a call does to the world: as the team says, or as the name of its tool tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from curation.model.definition import SideEffect
from curation.rules.row import CallView, Row
from curation.rules.tool_words import read_tool_words


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


WRITES = frozenset({"write", "destructive"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class Verbs:
    """What verbs in names tell; `says_only` as the last word."""

    reads: frozenset[str]
    destroys: frozenset[str]
    repeats_harm: frozenset[str]
    changes: frozenset[str]
    says_only: frozenset[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """Every word that tells anything as the verb of a name."""
        return self.reads | self.destroys | self.repeats_harm | self.changes


@lru_cache(maxsize=1)
def verbs() -> Verbs:
    """The verbs that are shipped."""
    return Verbs(**{name: frozenset(words) for name, words in read_tool_words()["effects"].items()})


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a tool's name in lower case: `PlaceOrder`, `place_order` and `shop.placeOrder` hold the same two."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def guess_effect(name: str) -> SideEffect | None:
    """What a name tells; None when it tells nothing."""
    words = words_of(name)
    verb = _verb(words)
    known = verbs()
    if verb in known.reads or (words and words[-1] in known.says_only):
        return "read"
    if verb in known.destroys:
        return "destructive"
    return "write" if verb in known.repeats_harm or verb in known.changes else None


def _verb(words: tuple[str, ...]) -> str:
    """The first word that is a verb; a namespace may stand before it."""
    return next((word for word in words[:3] if word in verbs().all), "")


def known_effect(call: CallView, row: Row) -> SideEffect | None:
    """What the team says the tool does."""
    known = row.known.get(call.name) if call.name else None
    return known.side_effect if known is not None else None


def effect_of(call: CallView, row: Row) -> SideEffect | None:
    """What the team says the tool does, else what its name tells."""
    return known_effect(call, row) or (guess_effect(call.name) if call.name else None)


def is_harmful_twice(call: CallView, row: Row) -> bool:
    """Whether doing it a second time may do it again: the team says so, or nobody says and the name does."""
    return repeats_harm(call.name or "", known_effect(call, row))


def repeats_harm(name: str, effect: SideEffect | None) -> bool:
    """Whether a call of a tool of this name, with this effect if it is known, may do its deed twice."""
    if effect is not None:
        return effect in WRITES
    return guess_effect(name) != "read" and _verb(words_of(name)) in verbs().repeats_harm
