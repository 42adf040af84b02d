"""A filter as an address holds it and as people read it; what makes no sense in an address is told, and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from curation.model.filters import UNDRAWN, ExampleFilter, Level, Special, Use
from curation.model.states import ExampleState, Split
from curation.model.traits import read_trait
from db.tables.examples import CATEGORIES

LONGEST = 200
"""Characters of one part of a filter; nothing sensible is longer."""
NAMES = {
    "states": "state",
    "special": "queue",
    "category": "category",
    "tool": "tool",
    "use": "use",
    "rule": "finding",
    "level": "level",
    "tag": "tag",
    "author": "author",
    "origin": "origin",
    "split": "split",
    "search": "search",
    "batch": "batch",
    "trait": "shows",
    "alike": "alike",
    "longer": "longer",
}
"""Part of a filter → its name in an address."""
SPLITS = (*(split.value for split in Split), UNDRAWN)


class Asked(msgspec.Struct, frozen=True):
    """What an address asks for, and one sentence for each part of it that was left out."""

    filter: ExampleFilter
    left_out: tuple[str, ...] = ()


def read_address(parameters: Mapping[str, str]) -> Asked:
    """Whatever the address says; never raises."""
    taken: dict[str, Any] = {}
    left_out: list[str] = []
    for part, name in NAMES.items():
        said = parameters.get(name, "").strip()
        if not said:
            continue
        try:
            taken[part] = _READERS.get(part, _read_words)(said)
        except ValueError as error:
            left_out.append(f"The filter {name} cannot be `{_cut(said)}`: {error}. It is left out.")
    return Asked(ExampleFilter(**taken), tuple(left_out))


def write_address(wanted: ExampleFilter) -> dict[str, str]:
    """The same filter as parts of an address; `read_address` gives it back."""
    plain = ExampleFilter()
    parts = {}
    for part, name in NAMES.items():
        value = getattr(wanted, part)
        if value != getattr(plain, part):
            parts[name] = ",".join(value) if isinstance(value, tuple) else str(value)
    return parts


def _read_words(said: str) -> str:
    if len(said) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    if not said.isprintable():
        raise ValueError("it holds characters that cannot be printed")
    return said


def _one_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(said: str) -> StrEnum:
        if said not in {one.value for one in kind}:
            raise ValueError(f"it is one of {', '.join(kind)}")
        return kind(said)

    return read


def _one_word(*known: str) -> Callable[[str], str]:
    def read(said: str) -> str:
        if said not in known:
            raise ValueError(f"it is one of {', '.join(known)}")
        return said

    return read


def _read_states(said: str) -> tuple[ExampleState, ...]:
    read = _one_of(ExampleState)
    return tuple(dict.fromkeys(ExampleState(read(one.strip())) for one in said.split(",")))


def _read_trait(said: str) -> str:
    return read_trait(_read_words(said)).address


def _read_alike(said: str) -> str:
    kind, _, name = _read_words(said).partition(":")
    is_known = {
        "family": name.isascii() and name.isdigit() and len(name) < 18,
        "same": re.fullmatch("[0-9a-f]{8,128}", name) is not None,
        "request": re.fullmatch("([0-9a-f]{2}){4,64}", name) is not None,
    }
    if not is_known.get(kind):
        raise ValueError("it is family, same or request, a colon, and what names it")
    return said


def _read_longer(said: str) -> str:
    base, _, n = _read_words(said).rpartition(":")
    if not base or not (n.isascii() and n.isdigit() and len(n) < 10):
        raise ValueError("it is the digest of a base model, a colon and a number of tokens")
    return said


_READERS: dict[str, Callable[[str], Any]] = {
    "states": _read_states,
    "special": _one_of(Special),
    "use": _one_of(Use),
    "level": _one_of(Level),
    "category": _one_word(*CATEGORIES),
    "split": _one_word(*SPLITS),
    "trait": _read_trait,
    "alike": _read_alike,
    "longer": _read_longer,
}


def _cut(said: str) -> str:
    return said if len(said) <= 40 else said[:39] + "…"
