"""Which values can only be copied: ids, addresses, links, long numbers and amounts of money.

Names, places and dates may be derived, and gold data is full of them; whether those stand in the conversation is
judged by `derived.py`, as information only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from curation.model.values import Json
from curation.rules.value_places import is_named_exactly

Kind = Literal["id", "e-mail address", "link", "phone number", "number", "amount"]

_ID = re.compile(r"#?(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z#_-])[A-Za-z0-9_-]{5,64}")
_SHORT_ID = re.compile(r"(?=[A-Za-z-]*\d)[A-Za-z0-9-]{4,16}")
_SHORT_NAME = re.compile(r"identifier|passw|serial|tracking|(?:^|_)(?:pin|account|key)$", re.IGNORECASE)
_DIGITS = re.compile(r"\d{6,20}")
_EMAIL = re.compile(r"[^\s@]++@[^\s@][^\s@.]*+\.[^\s@]++")
_LINK = re.compile(r"https?://\S+")
_PHONE = re.compile(r"\+?\d[\d ()-]{7,}\d")
_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[T ].*)?|\d{1,2}(?::\d{2}){0,2}\s*[AaPp]?[Mm]?"
    r"|\d+(?:st|nd|rd|th|[a-zA-Z]{1,7})|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{4,6}Z?)?"
    r"|(?:19|20)\d\d[-_ ]?(?:[QHW]\d{1,2}|(?:19|20)?\d\d)|(?:[QHW]\d{1,2}|FY)[-_ ]?(?:19|20)?\d\d"
    r"|P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?|(?:\d+[dhms]){2,4}|\d{1,2}(?:[ap]m)?-\d{1,2}(?:[ap]m)?"
)
_STANDARD = re.compile(
    r"(?:sha|md|base|utf|iso|h\.?26|x26|mp|ipv|aes|rsa|cp|latin|win(?:dows)?|python|java|node|http|oauth|gpt|covid)"
    r"[-_ ]?\d[\w-]*",
    re.IGNORECASE,
)
_TIME_NAME = re.compile(
    r"time|date|epoch|since|until|start|end|deadline|expir|_at$|day|seconds|millis|duration", re.IGNORECASE
)
_MONEY_NAME = re.compile(
    r"(?:^|_)(?:amount|price|cost|fee|budget|payment|refund|balance|deposit|salary|fare|discount_amount|betrag|preis)(?:$|_(?:usd|eur|gbp|cents|limit))"
    r"|[a-z](?:Amount|Price|Cost|Fee|Budget|Balance)$"
)
_MONEY_TEXT = re.compile(r"[$€£¥]\s?\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s?(?:[$€£¥]|USD|EUR|GBP|CHF|CNY|元)")
MAY_BE_COPIED = re.compile(r"[\d@:]")
"""No form of a text that can only be copied does without one of these."""
_FEWEST_DIGITS = 3
_LEAST_LONG = 99_999
"""Smaller numbers are counts and sizes, which may be reckoned."""
_LEAST_AMOUNT = 10


def kind_of(key: str, value: Json) -> Kind | None:
    """What a value is that nobody can derive; None: it may be."""
    if type(value) is str:
        return _kind_of_text(key, value) if 2 <= len(value) <= 200 else None
    if type(value) is int or type(value) is float:
        if is_money(key):
            return "amount" if abs(value) >= _LEAST_AMOUNT else None
        return "number" if type(value) is int and abs(value) > _LEAST_LONG and not _is_time(key) else None
    return None


def is_short_id(key: str, text: str) -> bool:
    """Whether a value too short to be told by its form is an id by the name of its argument."""
    if len(text) < 4 or _SHORT_ID.fullmatch(text) is None or _TIME.fullmatch(text) is not None:
        return False
    return _is_id_name(key)


@lru_cache(maxsize=4096)
def _is_id_name(key: str) -> bool:
    return is_named_exactly(key) or _SHORT_NAME.search(key) is not None


def _kind_of_text(key: str, text: str) -> Kind | None:
    if _MONEY_TEXT.fullmatch(text):
        return "amount"
    kind = shape_of(text)
    if kind == "id" and not is_named_exactly(key):
        return "id" if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and not _STANDARD.fullmatch(text) else None
    return None if kind == "number" and _is_time(key) else kind


def shape_of(text: str) -> Kind | None:
    """What a text is by its form alone."""
    if len(text) < 5 or _TIME.fullmatch(text):
        return None
    if _ID.fullmatch(text):
        return "id"
    if _DIGITS.fullmatch(text):
        return "number"
    if "@" in text:
        return "e-mail address" if _EMAIL.fullmatch(text) else None
    if "://" in text:
        return "link" if _LINK.fullmatch(text) else None
    return "phone number" if _PHONE.fullmatch(text) else None


@lru_cache(maxsize=4096)
def is_money(key: str) -> bool:
    """Whether an argument of this name holds an amount of money."""
    return _MONEY_NAME.search(key) is not None


@lru_cache(maxsize=4096)
def _is_time(key: str) -> bool:
    return _TIME_NAME.search(key) is not None
