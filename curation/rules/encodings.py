"""Texts that were decoded with the wrong table: where they are sure, and what they were.

UTF-8 read as a table of one byte a character leaves traces that no language writes: `Ã¼` for `ü`, `â€™` for `’`. A
trace alone proves little where an accent stands before a quote (`CAFÉ»`), so those stay out; in other scripts a single
letter proves nothing, several in a row do.
"""

from __future__ import annotations

import re


def _table(name: str) -> dict[str, int]:
    """Character → byte; the control characters stand for their own bytes, as Latin-1 has them."""
    own = {chr(n): n for n in range(0x80, 0xA0)}
    return own | {bytes([n]).decode(name): n for n in range(0x80, 0x100) if bytes([n]).decode(name, "ignore")}


def _followers(table: dict[str, int]) -> str:
    return "[" + re.escape("".join(character for character, byte in table.items() if byte < 0xC0)) + "]"


_WESTERN, _CYRILLIC = _table("cp1252"), _table("cp1251")
_W, _C = _followers(_WESTERN), _followers(_CYRILLIC)


def _traces(two: int, three: int) -> re.Pattern[str]:
    """The pattern of a trace, with the fewest letters in a row that scripts of two and of three bytes need."""
    return re.compile(
        rf"(?P<pair>(?:[ÂÃÄÅ]{_W})+)"
        rf"|(?P<point>(?:â[\u0080\u0082\u0084€‚„]{_W}|ï»¿)+)"
        rf"|(?P<emoji>(?:ð[\u009fŸ]{_W}{_W})+)"
        rf"|(?P<script>(?:[ÎÏÐÑ×ØÙ]{_W}){{{two},}}|(?:[àáãäåæçèé]{_W}{_W}){{{three},}})"
        rf"|(?P<cyrillic>(?:[РС]{_C}){{{two},}})"
    )


_SURE, _ANY = _traces(3, 2), _traces(1, 2)
_LOST = re.compile(r"(?<=[^\W\d_])\ufffd+(?=[^\W\d_])|锟斤拷")
_MARKS = frozenset("“”„‘’‚»«›‹…–—™•\u00a0ºª")


def find_trace(text: str) -> str | None:
    """The first part of a text that was surely decoded wrongly."""
    return next((found.group() for found in _SURE.finditer(text) if _decode(found) is not None), None)


def find_lost(text: str) -> str | None:
    """The first place where characters were lost for good."""
    found = _LOST.search(text)
    return found.group() if found else None


def mend(text: str) -> str | None:
    """The text, which holds a sure trace, with all of that kind decoded again; None when some of it cannot be."""
    kinds = {found.lastgroup for found in _SURE.finditer(text) if _decode(found) is not None}

    def replace(found: re.Match[str]) -> str:
        meant = _decode(found) if found.lastgroup in kinds else None
        return found.group() if meant is None else meant

    right = _ANY.sub(replace, text)
    left = (found for found in _ANY.finditer(right) if found.lastgroup in kinds)
    return None if any(not _is_doubtful(found) for found in left) else right


def _decode(found: re.Match[str]) -> str | None:
    table = _CYRILLIC if found.lastgroup == "cyrillic" else _WESTERN
    if found.lastgroup == "pair" and _is_doubtful(found):
        return None
    try:
        right = bytes(table[character] for character in found.group()).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None
    if found.lastgroup in ("script", "cyrillic") and not all(c.isalpha() or c in "，。！？、：；" for c in right):
        return None
    return right.replace("\ufeff", "")


def _is_doubtful(found: re.Match[str]) -> bool:
    """Whether a capital letter before a mark of punctuation may be meant: the last letter of a quoted word."""
    text, last = found.string, found.group()[-1]
    if last not in _MARKS or len(found.group()) > 2:
        return False
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    return not after.islower() and (before.isupper() or not before.isalnum())
