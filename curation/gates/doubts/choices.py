"""Values of a fixed list where the person's words are those of another value."""

from __future__ import annotations

import re
from functools import lru_cache

from curation.gates.doubts.contract import Doubted, asked_before, learnt_calls
from curation.model.values import Json
from curation.rules.row import Row
from curation.rules.units import name_words
from curation.rules.value_places import key_of, schema_at

_SHORTEST = 3
_TELLING = 5
"""Shorter words, such as `late` or `open`, are said of many things."""
_STEM = 4
_NEGATED = r"(?:\bnot|n['’]t|\bno|\bnever|\bwithout|\bnicht|\bkeine?n?|\bpas|\bsin)\s+(?:\w+\s+){0,2}"


def doubt_choices(row: Row) -> Doubted | None:
    """Another value of the list was said word for word, and the one that is called with was not."""
    for call in learnt_calls(row):
        asked = " \n ".join(asked_before(call, row))
        for pointer, value in call.leaves if asked else ():
            schema = schema_at(call, pointer)
            doubted = (
                _doubt_one(key_of(pointer), value, schema, asked) if isinstance(schema.get("enum"), list) else None
            )
            if doubted is not None:
                return doubted
    return None


def _doubt_one(key: str, value: Json, schema: dict[str, Json], asked: str) -> Doubted | None:
    if not isinstance(value, str) or _says(value, asked):
        return None
    description = str(schema.get("description") or "")
    listed = (other for other in schema["enum"] if isinstance(other, str) and len(other) >= _TELLING)
    others = [other for other in listed if other != value and _says(other, asked)]
    if len(others) == 1 and not _means(value, description, asked):
        return Doubted(
            "other_choice", f"{key} is {value!r}, and the person says {others[0]!r}; call with what is said."
        )
    return None


@lru_cache(maxsize=4096)
def _says(value: str, asked: str) -> bool:
    """Whether a text holds every word of a value, in any ending, and does not deny it."""
    if value.casefold() in asked.casefold():
        return not re.search(_NEGATED + re.escape(value), asked, re.IGNORECASE)
    words = [word for word in name_words(value) if len(word) >= _SHORTEST]
    if not words:
        return False
    stems = [re.escape(word[: max(_STEM, len(word) - 2)]) for word in words]
    held = all(re.search(rf"\b{stem}", asked, re.IGNORECASE) for stem in stems)
    return held and not re.search(_NEGATED + stems[0], asked, re.IGNORECASE)


def _means(value: str, description: str, asked: str) -> bool:
    """Whether the description explains the value with a word that the person uses: `late: took too long`."""
    found = re.search(rf"\b{re.escape(value)}\b['\"`]?\s*(?::|=|-|–|is|means)\s*([^;,.]+)", description, re.IGNORECASE)
    words = re.findall(r"[^\W\d_]{3,}", found.group(1)) if found else []
    return any(re.search(rf"\b{re.escape(word[: max(_STEM, len(word) - 2)])}", asked, re.IGNORECASE) for word in words)
