"""Texts that were meant to be one JSON object or list, and are not: one slip is all that is missing."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.rules.mending import has_comments, mend_literal

_LONGEST_TYPED = 4_000
"""Longer results are cut off by the tool itself more often than mistyped."""
_BEGINS = re.compile(r'\s*(?:\{\s*(?:\}|"(?:[^"\\]|\\.)*"\s*:)|\[\s*(?:\]|\{\s*"))')
"""An object with a quoted key or nothing in it, or a list of such; a bracketed word such as `[INFO]` begins no JSON."""
_ENDS_CUT = re.compile(r"(?:\.\.\.|…|truncated\W*)\s*$", re.IGNORECASE)
_STRAY = re.compile(r"[\s}\],\"]*")
_BROKEN = ("J03", "J04")
_decode = json.JSONDecoder().raw_decode


class Almost(NamedTuple):
    """What keeps a text from being JSON, and the JSON it surely means."""

    why: str
    meant: str | None = None


def almost_json(text: str) -> Almost | None:
    """What is wrong with a text that is nearly one JSON value; None for JSON and for everything else."""
    if len(text) > _LONGEST_TYPED or not _BEGINS.match(text):
        return None
    parsed = parse_strict(text)
    if parsed.value is not UNSET or parsed.faults[0].code not in _BROKEN:
        return None
    begun = text.lstrip()
    try:
        first, end = _decode(begun)
    except json.JSONDecodeError:
        is_other = has_comments(text) or _ENDS_CUT.search(text)
        return None if is_other else Almost(f"is almost JSON. {parsed.faults[0].sentence}", mend_literal(text))
    return _behind(first, begun[:end], begun[end:])


def _behind(first: Json, source: str, rest: str) -> Almost | None:
    """What stands behind a whole value: a second one in the same line, or marks too many.

    Words behind a value may be what the tool says, and values in lines of their own are a form of their own.
    """
    if _STRAY.fullmatch(rest):
        return Almost(f"is almost JSON: `{rest.strip()[:20]}` stands behind its end.", source)
    space = rest[: len(rest) - len(rest.lstrip())]
    if "\n" in space or not _BEGINS.match(rest) or not (isinstance(first, dict) or first == []):
        return None
    is_one = not first and not parse_strict(rest).faults
    return Almost("holds two JSON values in a row; a tool returns one.", rest.strip() if is_one else None)
