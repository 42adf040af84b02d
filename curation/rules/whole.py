"""Whether a text holds a value whole: an id that is only a part of a longer one is another id."""

from __future__ import annotations

import re
from collections.abc import Callable

Fits = Callable[[str, int, int], bool]
"""Whether what stands at these places of a text is a value of its own."""

_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_ESCAPE_BEFORE = re.compile(r"(?:\\[nrtbf]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})\Z")
"""Texts are read as they stand, so JSON inside one has its line ends escaped; the last letter of such an escape is no
part of a value."""
_LONGEST_ESCAPE = 6
_LONGEST_PREFIX = 12
_MOST_READ = 100_000_000
_COST_OF_A_LOOK = 1_000
"""What it takes to look at the sides of a place, in characters that are searched."""
_IN_ADDRESS = frozenset("._%+-")
_HASH = re.compile(r"[0-9a-f]{32,128}", re.IGNORECASE)
_LEAST_SHORT_HASH = 7
_LONGEST_WORD = 200
_WORD_END = re.compile(r"[A-Za-z0-9]*\Z")
_WORD_START = re.compile(r"[A-Za-z0-9]*")
_LINK_END = re.compile(r"[^\s\"'<>()\[\]{}\\]*\Z")
_LINK_START = re.compile(r"[^\s\"'<>()\[\]{}\\]*")
_ADDRESS_END = re.compile(r"[\w.%+-]*\Z")
_ADDRESS_START = re.compile(r"[\w.@-]*")


class Room:
    """How many characters may still be read in search of a row's values, so that no row takes long."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = _MOST_READ

    @property
    def is_left(self) -> bool:
        return self._left > 0

    def take(self, characters: int) -> None:
        self._left -= characters


def is_anywhere(_text: str, _start: int, _end: int) -> bool:
    """Whatever stands beside it."""
    return True


def is_id(text: str, start: int, end: int) -> bool:
    """No letter or digit beside it. The short form of a hash is a part of it by custom."""
    if begins(text, start) and ends(text, end):
        return True
    return _is_short_hash(text, start, end)


def is_number(text: str, start: int, end: int) -> bool:
    """No digit beside it; letters in front of it are the prefix of an id that it is the number of."""
    return ends(text, end) and (begins(text, start) or _is_after_prefix(text, start))


def is_figure(text: str, start: int, end: int) -> bool:
    """No digit beside it: a unit may."""
    return not (text[start - 1 : start].isdecimal() or text[end : end + 1].isdecimal())


def is_address(text: str, start: int, end: int) -> bool:
    """An e-mail address with nothing in front of its name and no further domain behind it."""
    if not begins(text, start) or not ends(text, end):
        return False
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    is_longer_name = len(before) == 2 and before[1] in _IN_ADDRESS and before[0] in _ALNUM
    is_longer_domain = len(behind) == 2 and behind[0] in ".-" and (behind[1].islower() or behind[1].isdecimal())
    return not is_longer_name and not is_longer_domain


def is_bare(text: str, start: int, end: int) -> bool:
    """A number that stands alone: it may be said without the prefix of the id that it belongs to."""
    before, behind = text[max(0, start - 1) : start], text[end : end + 1]
    return not (before in _ALNUM or before in ("_", "-")) and not (behind.isalnum() or behind in ("_", "-"))


def find_whole(text: str, value: str, start: int, stop: int, fits: Fits, room: Room) -> int:
    """Where a value stands whole between two places of a text; -1 when it does not, or no room is left to look."""
    while room.is_left:
        at = text.find(value, start, stop)
        room.take((at if at >= 0 else stop) - start + _COST_OF_A_LOOK)
        if at < 0 or fits(text, at, at + len(value)):
            return at
        start = at + 1
    return -1


def begins(text: str, start: int) -> bool:
    """Whether no letter or digit stands in front of this place that goes on behind it."""
    if start == 0 or text[start] not in _ALNUM or text[start - 1] not in _ALNUM:
        return True
    return _ESCAPE_BEFORE.search(text[max(0, start - _LONGEST_ESCAPE) : start]) is not None


def ends(text: str, end: int) -> bool:
    """Whether no letter or digit stands behind this place that goes on from before it."""
    if end == len(text) or text[end] not in _ALNUM or text[end - 1] not in _ALNUM:
        return True
    # A plural or a genitive: "both A320s".
    return text[end] == "s" and text[end - 1].isdecimal() and text[end + 1 : end + 2] not in _ALNUM


def _is_after_prefix(text: str, start: int) -> bool:
    word = _WORD_END.search(text[max(0, start - _LONGEST_PREFIX) : start])
    return word is not None and _LETTERS.issuperset(word[0])


def _is_short_hash(text: str, start: int, end: int) -> bool:
    if end - start < _LEAST_SHORT_HASH or not begins(text, start):
        return False
    whole = _WORD_START.match(text, start, start + _LONGEST_WORD)
    return whole is not None and _HASH.fullmatch(whole[0]) is not None


def longer_value(text: str, start: int, end: int, kind: str) -> str:
    """The value that a part of it stands in at these places."""
    front, back = {
        "link": (_LINK_END, _LINK_START),
        "e-mail address": (_ADDRESS_END, _ADDRESS_START),
    }.get(kind, (_WORD_END, _WORD_START))
    before = front.search(text[max(0, start - _LONGEST_WORD) : start])
    behind = back.match(text[end : end + _LONGEST_WORD])
    return (before[0] if before else "") + text[start:end] + (behind[0] if behind else "").rstrip(".-")
