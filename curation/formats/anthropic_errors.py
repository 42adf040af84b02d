"""A result that says it failed: a flag beside its text there, an `error` inside its text here."""

from __future__ import annotations

from curation.model.source import quote
from curation.reading.strict import parse_strict
from curation.rules.outcome import outcome_of

_HEAD = '{"error":'


def with_error(text: str) -> str:
    """The text of a flagged result as one that says itself that it is an error."""
    parsed = parse_strict(text)
    if not isinstance(parsed.value, dict) or not parsed.is_clean:
        return f"{_HEAD}{quote(text)}}}"
    return text if "error" in parsed.value else f"{_HEAD}{text}}}"


def without_error(text: str) -> tuple[str, bool]:
    """The text of a result, and whether it is to be flagged; `with_error` gives the text back."""
    if "error" not in text and "\\u" not in text:
        return text, False
    value = parse_strict(text).value
    if not isinstance(value, dict) or "error" not in value or not outcome_of(text).failed:
        return text, False
    inner = value["error"]
    if isinstance(inner, str) and with_error(inner) == text:
        return inner, True
    return text, with_error(text) == text
