"""Numbers as other scripts write them, in the digits 0 to 9: `٤٢` is 42, `３０` is 30, `三百五十` is 350."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_SEPARATORS = str.maketrans({"\u066b": ".", "\u066c": ","})
"""Arabic has signs of its own for the point and for thousands."""
_SAME = str.maketrans("零壹贰貳两兩叁參肆伍陆陸柒捌玖拾佰仟萬億", "〇一二二二二三三四五六六七八九十百千万亿")
"""Signs of Chinese and Japanese that mean the same number."""
_ONES = {sign: number for number, sign in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_SIGNS = "".join([*_ONES, *_UNITS])
_ONE = "[一二三四五六七八九]"
_BELOW_MYRIAD = rf"(?:{_ONE}千)?(?:〇?{_ONE}百)?(?:〇?{_ONE}?十)?(?:〇?{_ONE})?"
_COUNT = re.compile(rf"(?:({_BELOW_MYRIAD})亿)?〇?(?:({_BELOW_MYRIAD})万)?〇?({_BELOW_MYRIAD})")
_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_MULTIPLIED = re.compile(rf"({_DIGITS})([百千万亿]+)")
_MIXED = re.compile(rf"(?:({_DIGITS})亿)?(?:({_DIGITS})万)?(?:({_DIGITS})千)?(?:({_DIGITS})百)?({_DIGITS})?")
"""Digits before each unit, as in `2万5千` and `1亿5000万`."""
_MIXED_UNITS = (100_000_000, 10_000, 1_000, 100, 1)
_PAIR = frozenset("两兩")
"""Two of a kind; no digit of a row."""
_ROW_OF_DIGITS = 3
"""From so many on, digits side by side are a number: two are `五一`, the first of May, or `三四`, three or four."""
_ALL_SIGNS = f"[{_SIGNS}零壹贰貳两兩叁參肆伍陆陸柒捌玖拾佰仟萬億]"
_RUN = rf"(?:{_DIGITS})?{_ALL_SIGNS}+(?:{_DIGITS}{_ALL_SIGNS}+)*(?:(?<=[千万萬亿億]){_DIGITS})?"
_NUMBER = re.compile(rf"({_RUN})|{_DIGITS}")
"""A run of signs, or plain digits as one piece: begun anew at each of them, 4,000 would cost eight million steps."""


def in_our_digits(text: str) -> str:
    """The text with every decimal digit of another script as one of ours; its letters stay."""
    if text.isascii():
        return text
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text.translate(_SEPARATORS))


def read_counts(text: str) -> str:
    """The text with the numbers that are written in signs of Chinese and Japanese in digits; words stay words."""
    return text if text.isascii() else _NUMBER.sub(_read_found, text)


def _read_found(found: re.Match[str]) -> str:
    return (read_run(found[1]) if found[1] else "") or found.group()


def find_runs(text: str) -> Iterator[str]:
    """The runs of signs in a text, each with the digits beside it; read_run tells which of them are numbers."""
    if not text.isascii():
        yield from (found[1] for found in _NUMBER.finditer(text) if found[1])


def read_run(run: str) -> str:
    """The number of a run of signs, in digits; empty where it is none, as in `千万`, which says "by all means"."""
    signs = run.translate(_SAME).replace(",", "")
    if found := _MULTIPLIED.fullmatch(signs):
        return _in_digits(_multiply(*found.groups()))
    if signs[0].isdecimal() and (found := _MIXED.fullmatch(signs)):
        parts = zip(found.groups(), _MIXED_UNITS, strict=True)
        return _in_digits(sum((Decimal(part) * unit for part, unit in parts if part), Decimal(0)))
    if all(sign in _ONES for sign in signs):
        is_row = len(signs) >= _ROW_OF_DIGITS and _PAIR.isdisjoint(run)
        return "".join(str(_ONES[sign]) for sign in signs) if is_row or len(signs) == 1 else ""
    found = _COUNT.fullmatch(signs)
    if found is None or "" in found.groups()[:2]:
        return ""
    high, middle, low = (_read_section(part or "") for part in found.groups())
    return str(high * _UNITS["亿"] + middle * _UNITS["万"] + (_round_off(signs) or low))


def _multiply(number: str, units: str) -> Decimal:
    value = Decimal(number)
    for unit in units:
        value *= _UNITS[unit]
    return value


def _in_digits(number: Decimal) -> str:
    """Without an exponent, however large, and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_section(signs: str) -> int:
    total = last = 0
    for sign in signs:
        if sign in _UNITS:
            total, last = total + (last or 1) * _UNITS[sign], 0
        else:
            last = _ONES[sign]
    return total + last


def _round_off(signs: str) -> int:
    """What a last digit means right behind a unit: `三百五` is 350, `一万二` is 12000. 0: it is not said so."""
    if len(signs) < 2 or signs[-1] not in _ONES or _UNITS.get(signs[-2], 0) < 100:
        return 0
    section = signs[max(signs.rfind("万"), signs.rfind("亿")) + 1 : -1]
    return _read_section(section) + _ONES[signs[-1]] * _UNITS[signs[-2]] // 10
