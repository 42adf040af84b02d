"""What a mocked world holds: things that are told apart by ids, and what has been said of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from curation.model.values import Json
from curation.rules.units import name_words

_ENDINGS = frozenset({"id", "ids", "number", "no", "code", "key", "ref", "reference", "uuid", "sku", "slug", "isbn"})
_NOT_THINGS = frozenset({"page", "phone", "currency", "country", "zip", "postal", "post", "house", "room", "language"})
"""Their numbers and codes name no thing that can be made or removed."""
_PASSING = re.compile(
    r"status|state|progress|updated|modified|time|eta|location|position|balance|count|total|stock|available|price|rate"
    r"|temperature|last|next|current|queue|message|note|ok|success|result",
    re.IGNORECASE,
)
_REMOVED = re.compile(
    r"cancel|delet|remov|closed|inactive|archiv|void|revoked|terminated|not.?found|gone|ended|refund|dropped|expired"
    r"|storniert|gelöscht|已取消|已删除",
    re.IGNORECASE,
)
_DEEPEST = 4
_MOST_RECORDS = 200


class Name(NamedTuple):
    """What tells one thing from all others."""

    kind: str
    id: str


class Field(NamedTuple):
    """One value of a thing, and which call said it."""

    value: Json
    tool: str
    arguments: Mapping[str, Json]


class Thing(msgspec.Struct):
    """One thing of the world."""

    fields: dict[str, Field] = {}
    is_removed: bool = False
    is_known: bool = False
    """Whether it was seen or made: nobody may say that there is no such thing."""


@lru_cache(maxsize=4096)
def kind_of(key: str, tool: str) -> str:
    """What kind of thing an argument or a field of this name tells apart; empty where it tells none apart."""
    words = name_words(key)
    if not words or words[-1] not in _ENDINGS:
        return ""
    owner = words[-2] if len(words) > 1 else noun_of(tool)
    return "" if owner in _NOT_THINGS else singular(owner)


@lru_cache(maxsize=4096)
def noun_of(tool: str) -> str:
    """What a tool is about by its name: `get_order_items` is about items."""
    words = [word for word in name_words(tool) if word not in ("by", "id", "v")]
    return singular(words[-1]) if len(words) > 1 else ""


def singular(word: str) -> str:
    """One of them."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def names_in(values: Mapping[str, Json], tool: str) -> dict[str, Name]:
    """Key → the thing it names."""
    found = {}
    for key, value in values.items():
        kind = kind_of(key, tool)
        if kind and isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            found[key] = Name(kind, str(value).casefold())
    return found


def subject_of(values: Mapping[str, Json], tool: str) -> Name | None:
    """The one thing that values are about: the only one that is named, or the one that the tool is called after."""
    names = list(names_in(values, tool).values())
    own = [name for name in names if name.kind == noun_of(tool)]
    chosen = own or names
    return chosen[0] if len(set(chosen)) == 1 else None


def records_in(value: Json, tool: str, depth: int = 0) -> Iterator[tuple[Name, dict[str, Json]]]:
    """The records of a result that are about one thing each."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for entry in value[:_MOST_RECORDS]:
            yield from records_in(entry, tool, depth + 1)
    elif isinstance(value, dict):
        subject = subject_of(value, tool)
        if subject is not None:
            yield subject, scalars_of(value)
        for inner in value.values():
            yield from records_in(inner, tool, depth + 1)


def scalars_of(value: Mapping[str, Json]) -> dict[str, Json]:
    """The members that are plain values."""
    return {key: one for key, one in value.items() if isinstance(one, str | int | float | bool)}


def is_passing(key: str) -> bool:
    """Whether a value of this name may be another one a moment later without anybody's deed."""
    return _PASSING.search(key) is not None


def tells_removal(value: Json) -> bool:
    """Whether a result says that its thing is gone."""
    if isinstance(value, dict):
        return any(tells_removal(inner) or (_REMOVED.search(key) and inner is True) for key, inner in value.items())
    if isinstance(value, list):
        return not value or any(map(tells_removal, value))
    return isinstance(value, str) and _REMOVED.search(value) is not None


def are_same(one: Json, other: Json) -> bool:
    """Whether two values mean the same: `30` and `30.0`, `Leeds` and `leeds`, a day and a moment of it."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if isinstance(one, str | int | float) and isinstance(other, str | int | float):
        a, b = str(one).strip().casefold(), str(other).strip().casefold()
        return a == b or (len(min(a, b, key=len)) >= len("2026-01-01") and (a.startswith(b) or b.startswith(a)))
    return bool(one == other)
