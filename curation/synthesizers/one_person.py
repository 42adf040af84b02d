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
_NOTHING: Mapping[str, Json] = {}
_WORDS = re.compile(r"[a-z]+")


def agree_on_person(tool: Tool, record: dict[str, Json], kept: Mapping[str, Json] = _NOTHING) -> dict[str, Json]:
    """The record with the names of one person; what was given (`kept`) says whose, else what tells most.

    Only values of the kinds' own making are exchanged, so an expert's values and odd shapes stay as they are.
    """
    whole = {name: value for name, value in kept.items() if label_words(name) in _OWN} | record
    known = {name: kind for name in whole if (kind := kind_of(tool, name, {})) in _KINDS}
    ours = {name: kind for name, kind in known.items() if any(_read(whole[name]))}
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
