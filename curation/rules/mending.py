"""Texts that are almost JSON, and the JSON they surely mean."""

from __future__ import annotations

import re

from curation.model.outline import on_one_line
from curation.reading.python_literals import literal_to_json
from curation.reading.strict import parse_strict

_LONGEST_MENDED = 20_000
_FENCE_BEGINS = re.compile(r"```[\w-]*+\s*+(?=\{)")
_FENCE_ENDS = re.compile(r"\}\s*+```")
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
"""A string, also one that nobody closes: what follows its quote is then read once and not again from each quote."""
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_COMMENT = re.compile(rf"({_STRING}|/\*(?:(?!\*/).)*+\Z)|//[^\n]*|/\*.*?\*/", re.DOTALL)


def strip_fence(text: str) -> str | None:
    """The one JSON object inside a fence or between other words; None when there is none."""
    if len(text) > _LONGEST_MENDED or "{" not in text:
        return None
    fenced = _inside_fence(text)
    if fenced is not None:
        return _object_text(fenced)
    start, end = text.find("{"), text.rfind("}")
    around = text[:start].strip() + text[end + 1 :].strip()
    return _object_text(text[start : end + 1]) if around and end > start else None


def _inside_fence(text: str) -> str | None:
    """What stands between the first fence that opens on a brace and the last that follows one."""
    begins = _FENCE_BEGINS.search(text)
    ends = [found.start() for found in _FENCE_ENDS.finditer(text, begins.end())] if begins else []
    return text[begins.end() : ends[-1] + 1] if begins and ends else None


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
    """The JSON of a Python dictionary with every number as it is written; None where something in it is no sound JSON.

    Two equal keys are a fault that a person decides: Python would keep the last without a word.
    """
    source = literal_to_json(text)
    return on_one_line(source) if source is not None and _object_text(source) is not None else None
