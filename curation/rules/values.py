"""What a value in the wrong form surely means."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.rules.hints import fold_name, quote

_LONGEST_COMPARED = 200
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")


def convert(value: Json, expected: Json) -> str | None:
    """The JSON source of the value in the expected type, where nothing has to be guessed; else None."""
    wanted = expected if isinstance(expected, list) else [expected]
    if isinstance(value, str):
        return _convert_text(value.strip(), wanted)
    if "string" in wanted and isinstance(value, int) and not isinstance(value, bool):
        return quote(str(value))
    if "array" in wanted and len(wanted) == 1 and isinstance(value, int | float):
        return f"[{quote(value)}]"
    return None


def _convert_text(text: str, wanted: list[Json]) -> str | None:
    if "integer" in wanted and _INTEGER.fullmatch(text):
        return text
    if "number" in wanted and _NUMBER.fullmatch(text):
        return text
    if "boolean" in wanted and text.lower() in ("true", "false"):
        return text.lower()
    if ("object" in wanted and text[:1] == "{") or ("array" in wanted and text[:1] == "["):
        return text if parse_strict(text).value is not UNSET else None
    return None


def closest_enum(value: Json, options: list[Json]) -> tuple[Json, bool]:
    """The allowed value that was meant, and whether it differs in form only."""
    if not isinstance(value, str):
        text = next((option for option in options if isinstance(option, str) and option == quote(value)), None)
        return text, text is not None
    texts = _texts(tuple(option for option in options if isinstance(option, str)))
    same = texts.by_fold.get(fold_name(value), ())
    if len(same) == 1:
        return same[0], True
    as_number = [option for option in options if not isinstance(option, str) and quote(option) == value.strip()]
    if len(as_number) == 1:
        return as_number[0], True
    found = process.extractOne(value.lower()[:_LONGEST_COMPARED], texts.lowered, scorer=fuzz.ratio, score_cutoff=65)
    return (texts.options[found[2]], False) if found else (None, False)


class _Texts(NamedTuple):
    """The texts of an enum, ready to be compared with many values."""

    options: tuple[str, ...]
    lowered: tuple[str, ...]
    by_fold: dict[str, tuple[str, ...]]


@lru_cache(maxsize=256)
def _texts(options: tuple[str, ...]) -> _Texts:
    by_fold: dict[str, tuple[str, ...]] = {}
    for option in options:
        folded = fold_name(option)
        by_fold[folded] = (*by_fold.get(folded, ())[:1], option)
    return _Texts(options, tuple(option.lower()[:_LONGEST_COMPARED] for option in options), by_fold)
