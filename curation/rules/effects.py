"""What a call does to the world: as the team says, or as the name of its tool tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from curation.model.definition import SideEffect
from curation.rules.row import CallView, Row
from curation.rules.tool_words import read_tool_words


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


WRITES = frozenset({"write", "destructive"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NAMESPACED = 3
"""A verb stands among so many first words of a name."""
_JOINS = frozenset({"and", "or", "then"})
_CHECKS_GUESTS = re.compile(r"check (?:in|out)(?! (?:stock|progress|of)\b)")
"""A guest is checked in and out; whether something is in stock is looked up."""


@dataclass(frozen=True)
class Verbs:
    """What verbs in names tell; `says_only` as the last word, where the verb is one of `things_too`."""

    reads: frozenset[str]
    destroys: frozenset[str]
    repeats_harm: frozenset[str]
    changes: frozenset[str]
    says_only: frozenset[str]
    things_too: frozenset[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """Every word that tells anything as the verb of a name."""
        return self.reads | self.deeds

    @cached_property
    def deeds(self) -> frozenset[str]:
        """Every verb of what changes the world."""
        return self.destroys | self.repeats_harm | self.changes

    @cached_property
    def clear_deeds(self) -> frozenset[str]:
        """Those that name no thing."""
        return self.deeds - self.things_too


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
    deed = _deed_in(words)
    if deed:
        return "destructive" if deed in verbs().destroys else "write"
    return "read" if _verb(words) or (words and words[-1] in verbs().says_only) else None


def _deed_in(words: tuple[str, ...]) -> str:
    """The verb of what a name does to the world; "" where it only looks or tells nothing."""
    verb, known = _verb(words), verbs()
    only_says = bool(words) and words[-1] in known.says_only
    if verb == "check" and not only_says and (checked := _CHECKS_GUESTS.match(" ".join(words[words.index(verb) :]))):
        return checked.group()
    if verb in known.reads:
        return _deed_joined(words) or _deed_at_the_end(words, verb)
    if only_says and verb in known.things_too:
        return next((word for word in words[:_NAMESPACED] if word in known.clear_deeds), "")
    return verb


def _deed_joined(words: tuple[str, ...]) -> str:
    """The deed that follows a look: `get_and_delete`, `find_one_and_update`, but not `get_open_and_close_times`."""
    known = verbs()
    for before, joint, word in zip(words, words[1:], words[2:], strict=False):
        may_be = known.deeds if before in known.reads else known.clear_deeds
        if joint in _JOINS and word in may_be and before not in known.deeds:
            return word
    return ""


def _deed_at_the_end(words: tuple[str, ...], verb: str) -> str:
    """The deed done to what another verb names as a thing: `list_delete`, `search_history_delete`."""
    is_done = verb in verbs().things_too and words[-1] in verbs().clear_deeds
    return words[-1] if is_done else ""


def _verb(words: tuple[str, ...]) -> str:
    """The first word that is a verb; a namespace may stand before it, and what is marked `as_read` reads nothing."""
    beside = pairwise(("", *words[:_NAMESPACED]))
    return next((word for before, word in beside if word in verbs().all and before != "as"), "")


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
    return _deed_in(words_of(name)) in verbs().repeats_harm
