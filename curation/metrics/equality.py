"""When two values are the same: as JSON, and as people mean them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime

from curation.model.values import Json
from curation.rules.opaque import is_opaque

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?")
_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y%m%d")


def is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def same_json(a: Json, b: Json) -> bool:
    """Equality of JSON values: 5 is 5.0, true is not 1, key order is free, texts letter by letter."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(value, b[key]) for key, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    if is_number(a) and is_number(b):
        return bool(a == b)
    return type(a) is type(b) and bool(a == b)


def same_meaning(gold: Json, given: Json, name: str = "") -> bool:
    """Equality that forgives case, Unicode form, outer space and the way a date-time is written.

    Args:
        gold: the expected value.
        given: the answered value.
        name: the argument's name; it may say that the value is an opaque id, which is never forgiven.
    """
    if isinstance(gold, dict) and isinstance(given, dict):
        return gold.keys() == given.keys() and all(same_meaning(v, given[k], k) for k, v in gold.items())
    if isinstance(gold, list) and isinstance(given, list):
        return len(gold) == len(given) and all(same_meaning(a, b, name) for a, b in zip(gold, given, strict=True))
    if isinstance(gold, str) and isinstance(given, str) and not is_opaque(name, gold):
        return fold(gold) == fold(given) or _same_instant(gold, given)
    return same_json(gold, given)


def fold(text: str) -> str:
    """NFKC, case folded, without outer space."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def _same_instant(a: str, b: str) -> bool:
    first = read_date_time(a)
    return first is not None and first == read_date_time(b)


def read_date_time(text: str) -> datetime | None:
    """A date-time in RFC 3339 or nearly so; one with an offset in UTC, one without stays without."""
    text = text.strip()
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_date(text: str) -> date | None:
    """The calendar date of a text: ISO, a few written forms that cannot be misread, or a date-time's own date."""
    text = text.strip()
    if _DATE_TIME.fullmatch(text):
        return read_date(text[:10])
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            continue
    return None
