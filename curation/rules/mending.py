"""Texts that are almost JSON, and the JSON they surely mean."""

from __future__ import annotations

import ast
import json
import re

from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict

_LONGEST_MENDED = 20_000
_FENCE = re.compile(r"```[\w-]*\s*(\{.*\})\s*```", re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def strip_fence(text: str) -> str | None:
    """The one JSON object inside a fence or between other words; None when there is none."""
    if len(text) > _LONGEST_MENDED or "{" not in text:
        return None
    fenced = _FENCE.search(text)
    if fenced:
        return _object_text(fenced.group(1))
    start, end = text.find("{"), text.rfind("}")
    around = text[:start].strip() + text[end + 1 :].strip()
    return _object_text(text[start : end + 1]) if around and end > start else None


def mend_literal(text: str) -> str | None:
    """The JSON of a Python literal, or of JSON with comments or commas too many; None when unsure."""
    if len(text) > _LONGEST_MENDED:
        return None
    without = _TRAILING_COMMA.sub(
        lambda found: found.group(1) or "", _COMMENT.sub(lambda found: found.group(1) or "", text)
    )
    return _object_text(without) or _python_object(text)


def has_comments(text: str) -> bool:
    """Whether a comment stands in a text outside its strings: a form of its own, in which settings are written."""
    return any(not found.group(1) for found in _COMMENT.finditer(text))


def unwrap_text(text: str) -> str | None:
    """The object's text inside a text that was encoded once too often, however often."""
    for _ in range(5):
        value = parse_strict(text).value
        if isinstance(value, dict):
            return text
        if not isinstance(value, str):
            return None
        text = value
    return None


def _object_text(text: str) -> str | None:
    parsed = parse_strict(text)
    return text.strip() if isinstance(parsed.value, dict) and not parsed.faults else None


def _python_object(text: str) -> str | None:
    try:
        value: Json = ast.literal_eval(text.strip())
        mended = json.dumps(value, ensure_ascii=False, allow_nan=False) if isinstance(value, dict) else ""
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return mended if mended and parse_strict(mended).value is not UNSET else None
