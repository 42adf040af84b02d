"""One person in one record: the names, the user name and the address of a drawn record are those of one human being."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.details import label_words
from curation.synthesizers.pack_values import kind_of, kinds

_KINDS = ("first_name", "last_name", "person", "username", "email")
"""Kinds of values that say who somebody is, those first that say it best."""
_OWN = frozenset({"first name", "last name", "username", "login", "email"})
"""What a call gives that names the person it is about; an assignee may be anybody."""
_PARTS = (
    *("first name", "given name", "last name", "family name", "full name", "surname"),
    *("screen name", "user name", "username", "login", "e mail", "mail address", "email", "name"),
)
"""Names of what a person has one of, the longer ones first; before them stands whose it is: `customer email`."""
_NOTHING: Mapping[str, Json] = {}
_WORDS = re.compile(r"[a-z]+")


def agree_on_person(tool: Tool, record: dict[str, Json], kept: Mapping[str, Json] = _NOTHING) -> dict[str, Json]:
    """The record with the names of each person in it alike; what was given (`kept`) says whose, else what tells most.

    A sender and a recipient are two people, and so are those of `from_email` and `to_email`.

    Only values of the kinds' own making are exchanged, so an expert's values and odd shapes stay as they are.
    """
    whole = {name: value for name, value in kept.items() if label_words(name) in _OWN} | record
    known = {name: kind for name in whole if (kind := kind_of(tool, name, {})) in _KINDS}
    told = {name: kind for name, kind in known.items() if any(_read(whole[name]))}
    for owner in {owner: None for name in told if (owner := _owner_of(name)) is not None}:
        ours = {name: kind for name, kind in told.items() if _owner_of(name) == owner}
        record = _name_alike(record, whole, ours, kept)
    return record


def _owner_of(name: str) -> str | None:
    """Whose name a member holds: empty for the person of the record; None where it names a part somebody plays."""
    label = label_words(name).lower()
    part = next((one for one in _PARTS if label == one or label.endswith(f" {one}")), None)
    return None if part is None else label.removesuffix(part).strip()


def _name_alike(
    record: dict[str, Json], whole: Mapping[str, Json], ours: Mapping[str, str], kept: Mapping[str, Json]
) -> dict[str, Json]:
    """The record with these members, each of a kind, named as one and the same person."""
    if len(ours) < 2:
        return record
    ranked = sorted(ours, key=lambda name: (name not in kept, _KINDS.index(ours[name])))
    first = next((said for name in ranked if (said := _read(whole[name])[0])), "")
    last = next((said for name in ranked if (said := _read(whole[name])[1])), "")
    spoken = {
        name: _rename(str(record[name]), ours[name], first, last) for name in record.keys() & ours.keys() - kept.keys()
    }
    return record | spoken


@lru_cache(maxsize=1)
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """First and last names in small letters."""
    known = kinds()
    firsts = {*map(str.lower, known["first_name"].values), *known["email"].parts[0]}
    lasts = {*map(str.lower, known["last_name"].values), *known["email"].parts[2]}
    return frozenset(firsts), frozenset(lasts)


@lru_cache(maxsize=8192)
def _read_text(text: str) -> tuple[str, str]:
    firsts, lasts = _names()
    local = text.lower().split("@")[0]
    first = max((one for one in firsts if local.startswith(one)), key=len, default="")
    rest = local[len(first) :]
    return first, next((word for word in _WORDS.findall(rest) if word in lasts), "")


def _read(value: Json) -> tuple[str, str]:
    """The first and the last name in a value; empty where it tells none."""
    return _read_text(value) if isinstance(value, str) else ("", "")


def _rename(value: str, kind: str, first: str, last: str) -> str:
    """A value with another person's names in the places of its own."""
    old_first, old_last = _read_text(value)
    changed: Mapping[str, str] = {old: new for old, new in ((old_first, first), (old_last, last)) if old and new}
    if not changed:
        return value
    head, at, host = value.partition("@")
    pattern = "|".join(sorted(map(re.escape, changed), key=len, reverse=True))
    renamed = re.sub(pattern, lambda found: changed[found.group().lower()], head, flags=re.IGNORECASE)
    is_written = kind not in ("username", "email")
    return f"{renamed.title() if is_written else renamed}{at}{host}"
