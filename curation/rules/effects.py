"""What a call does to the world: as the team says, or as the name of its tool tells."""

from __future__ import annotations

import re
from functools import lru_cache

from curation.model.definition import SideEffect
from curation.rules.row import CallView, Row


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


WRITES = frozenset({"write", "destructive"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_READS = listed(
    "get list find search read check look lookup fetch query show view retrieve track describe count verify"
    " validate calculate compute convert estimate compare preview browse inspect is has can recommend suggest"
    " translate analyze analyse summarize locate generate detect monitor tail ping trace who what where"
)
_DESTROYS = listed(
    "delete remove cancel drop destroy erase wipe purge terminate revoke uninstall deactivate disable reset"
    " truncate close overwrite unsubscribe shutdown kill refund pay transfer withdraw wire block evict"
)
_REPEATS_HARM = listed(
    "pay charge refund transfer send book order buy purchase place submit withdraw deposit create add issue"
    " schedule reserve post publish invite ship dispatch wire donate append insert renew topup"
)
"""Doing it twice is not doing it once: what these begin may happen again."""
_CHANGES = listed(
    "update set change modify edit write upload move rename assign approve reject enable activate register"
    " start stop restart deploy grant merge push patch put save store apply execute run open resolve escalate"
)
_SAYS_ONLY = listed(
    "status info information details detail history list lookup search statement summary report quote estimate"
    " preview rate rates total count price fee fees tracking tracker"
)
"""`order_status` reads, although `order` could be a deed."""


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a tool's name in lower case: `PlaceOrder`, `place_order` and `shop.placeOrder` hold the same two."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def guess_effect(name: str) -> SideEffect | None:
    """What a name tells; None when it tells nothing."""
    words = words_of(name)
    verb = _verb(words)
    if verb in _READS or (words and words[-1] in _SAYS_ONLY):
        return "read"
    if verb in _DESTROYS:
        return "destructive"
    return "write" if verb in _REPEATS_HARM or verb in _CHANGES else None


def _verb(words: tuple[str, ...]) -> str:
    """The first word that is a verb; a namespace may stand before it."""
    return next((word for word in words[:3] if word in _READS | _DESTROYS | _REPEATS_HARM | _CHANGES), "")


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
    return guess_effect(name) != "read" and _verb(words_of(name)) in _REPEATS_HARM
