"""Dates in values, and the ways people speak of them in English, German, French, Spanish and Chinese."""

from __future__ import annotations

import re
from functools import lru_cache

_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?")
_MONTHS = (
    "jan|january|januar|janvier|enero",
    "feb|february|februar|février|febrero",
    "mar|march|märz|mars|marzo",
    "apr|april|avril|abril",
    "may|mai|mayo",
    "jun|june|juni|juin|junio",
    "jul|july|juli|juillet|julio",
    "aug|august|août|agosto",
    "sept?|september|septembre|septiembre",
    "oct|october|okt|oktober|octobre|octubre",
    "nov|november|novembre|noviembre",
    "dec|december|dez|dezember|décembre|diciembre",
)
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b", re.IGNORECASE)
_FULL_DATE = re.compile(
    r"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])\b"
    r"|\b(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d\b|(?:19|20)\d\d年\d{1,2}月"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_RELATIVE = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday"
    rf"|(?:next|this|last|coming) (?:week(?:end)?|month|year|{_WEEKDAY})|(?:on|by|until|for) {_WEEKDAY}"
    r"|in (?:a|\w+) (?:days?|weeks?|months?)|\w+ (?:days?|weeks?|months?) ago"
    r"|heute|morgen|übermorgen|gestern|(?:nächste|kommende|letzte|diese)[nrs]? (?:woche|monat|jahr|\w+tag|mittwoch)"
    r"|am (?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|wochenende)|vor \w+ (?:tagen|wochen)"
    r"|aujourd['’]hui|demain|hier soir|(?:lun|mar|mercre|jeu|vendre|same)di prochain|la semaine prochaine"
    r"|hoy|mañana|ayer|(?:próxim[oa]|pasad[oa]) \w+)\b"
    r"|今天|明天|后天|昨天|前天|(?:下|上|这)(?:周|个?月|星期|礼拜)[一二三四五六日天末]?|本周|本月|明日|昨日",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def date_in(text: str) -> tuple[set[int], set[int]] | None:
    """The numbers that may be the day and the month of a value that is a date; None when it is none."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    if found.group(1):
        return {int(found.group(3))}, {int(found.group(2))}
    either = {int(found.group(4)), int(found.group(5))}
    return either, either


def is_spoken_date(text: str, texts: list[str]) -> bool:
    """Whether the day and the month of a date were said, in whatever form."""
    date = date_in(text)
    if date is None:
        return False
    days, months = date
    numbers, named = set[int](), set[int]()
    for other in texts:
        more_numbers, more_named = _mentioned(other)
        numbers |= more_numbers
        named |= more_named
    if 1 in days and months & named:
        return True
    return bool(days & numbers) and bool(months & (named | numbers))


@lru_cache(maxsize=256)
def _mentioned(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Small numbers and named months of a text."""
    numbers = frozenset(int(number) for number in _NUMBER.findall(text))
    said = {word.lower() for word in _MONTH.findall(text)}
    named = {n for n, names in enumerate(_MONTHS, 1) for word in said if re.fullmatch(names, word)}
    return numbers, frozenset(named)


@lru_cache(maxsize=256)
def has_full_date(text: str) -> bool:
    """Whether a text holds a date with its year, from which others can be reckoned."""
    return _FULL_DATE.search(text) is not None or (_YEAR.search(text) is not None and _MONTH.search(text) is not None)


@lru_cache(maxsize=256)
def relative_word(text: str) -> str | None:
    """The first word that means another day on every other day."""
    found = _RELATIVE.search(text)
    return found.group() if found else None
