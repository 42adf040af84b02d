"""Numbers in texts, and which of them follow from others by simple arithmetic."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations

from curation.rules.numerals import in_our_digits, read_counts

_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f'’]\d{3}(?!\d))++(?:[.,]\d+)?"
"""Thousands parted by a blank or an apostrophe, as in `245 870,50` and `245'870.50`."""
_BEFORE, _BEHIND = r"(?<![\w.,:/-])\$?", r"(?![\w:/-]|[.,]\d)"
_APART = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = re.compile(f"{_BEFORE}({_GROUPED}|{_APART}){_BEHIND}")
_NUMBER_APART = re.compile(f"{_BEFORE}({_APART}){_BEHIND}")
_BETWEEN = re.compile(r"[ \u00a0\u202f'’]")
_ANY_GROUPED = re.compile(rf"(?<![\d.,]){_GROUPED}")
_ANY_NUMBER = re.compile(_APART)
_NUMBER_WORD = re.compile(
    r"\b(?:one|two|three|five|ten|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|billion|dozen|half|double|twice"
    r"|grand|hundert|tausend|million(?:en)?|dutzend|cent|mille)\b|[百千万亿两十]|\d ?[kKmM]\b",
    re.IGNORECASE,
)
PAIRS_MOST = 40
"""Of more numbers, everything follows."""
_SMALL = 31
"""Counts, list positions and days are everywhere and mean nothing."""


@lru_cache(maxsize=2048)
def numbers_in(text: str) -> frozenset[str]:
    """The numbers of a text in plain form, in whatever script, without those that say nothing.

    Numbers with blanks between them count in both ways: as one, and each for itself.
    """
    ours = in_our_digits(text)
    # `50万` is 500000, and where the argument counts in tens of thousands it is 50.
    forms = dict.fromkeys((ours, read_counts(ours)))
    found = (_plain(number) for form in forms for number in _find_all(form))
    return frozenset(number for number in found if number)


def _find_all(text: str) -> list[str]:
    return _ANY_NUMBER.findall(text) + _ANY_GROUPED.findall(text)


def has_number_word(text: str) -> bool:
    """Whether a text says a number in words."""
    return _NUMBER_WORD.search(text) is not None


@lru_cache(maxsize=2048)
def spoken_numbers(text: str) -> frozenset[str]:
    """The numbers of an answer that stand on their own: no part of a date, a time, a name or a list."""
    return _telling(_NUMBER.findall(text))


@lru_cache(maxsize=2048)
def numbers_apart(text: str) -> frozenset[str]:
    """The same where a blank parts two numbers: `10 200` is a ten and two hundred."""
    return _telling(_NUMBER_APART.findall(text))


def _telling(found: list[str]) -> frozenset[str]:
    plain = map(_plain, found)
    return frozenset(number for number in plain if number and float(number) > _SMALL)


def _plain(number: str) -> str:
    text = _joined(number)
    if len(text) > 15:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text.lstrip("0") or "0"


def _joined(number: str) -> str:
    """Without signs between thousands; beside a blank or an apostrophe a comma is a decimal point."""
    if number.isdecimal() or not _BETWEEN.search(number):
        return number.replace(",", "")
    return _BETWEEN.sub("", number).replace(",", ".")


def is_derivable(number: str, context: frozenset[str]) -> bool:
    """Whether a number may come from those at hand by rounding, a unit, a share, or one operation on two of them."""
    value = float(number)
    known = [float(other) for other in context]
    if any(_is_converted(value, other) for other in known):
        return True
    if len(known) > PAIRS_MOST:
        return True  # too many ways to tell
    total = sum(known)
    return _is_near(value, total) or any(_is_combined(value, a, b) for a, b in combinations(known, 2))


def _is_converted(value: float, other: float) -> bool:
    factors = (*range(1, 13), 24, 60, 100, 1000, 3600, 1e6, 0.5, 0.01, 0.001, 1 / 60)
    return any(_is_near(value, other * factor) for factor in factors) or _is_near(value, other * 9 / 5 + 32)


def _is_combined(value: float, a: float, b: float) -> bool:
    if any(_is_near(value, result) for result in (a + b, abs(a - b), a * b, a * b / 100, a + a * b / 100)):
        return True
    return bool(b and (_is_near(value, a / b) or _is_near(value, a / b * 100))) or bool(a and _is_near(value, b / a))


def _is_near(value: float, other: float) -> bool:
    return abs(value - other) <= max(0.5 if other % 1 else 0.0, abs(other) * 0.005)
