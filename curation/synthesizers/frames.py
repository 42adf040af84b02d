"""Wording frames: one sentence with slots, and a second way to say it while a slot stays open.

`{city}` is filled with a value, `{City}` with the same value capitalised. `[in {city}|somewhere]` says its first half
when every slot in it is filled and its second half otherwise: so one frame gives a request and its near-miss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_CHOICE = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_SLOT = re.compile(r"\{([^{}\[\]|]+)\}")
_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?] ))[a-z]")
_MARKUP = str.maketrans(dict.fromkeys("[]{}|", " "))


@lru_cache(maxsize=8192)
def slots_of(frame: str) -> tuple[str, ...]:
    """The slots of a frame in order, lower-cased at their first letter, each once."""
    return tuple(dict.fromkeys(slot_name(name) for name in _SLOT.findall(frame)))


def slot_name(name: str) -> str:
    """The key under which a parameter's phrase is looked up; `{City}` and `{city}` are one slot."""
    return name[:1].lower() + name[1:]


def say(frame: str, phrases: Mapping[str, str]) -> str:
    """The frame's sentence with these phrases; slots without a phrase take the second half of their choice."""
    chosen = _CHOICE.sub(lambda found: _choose(found.group(1), found.group(2), phrases), frame)
    filled = _SLOT.sub(lambda found: _fill(found.group(1), phrases), chosen)
    return _SENTENCE_START.sub(lambda found: found.group().upper(), _tidy(filled))


def _choose(filled: str, left_open: str, phrases: Mapping[str, str]) -> str:
    return filled if all(slot in phrases for slot in slots_of(filled)) else left_open


def _fill(name: str, phrases: Mapping[str, str]) -> str:
    phrase = phrases.get(slot_name(name), "")
    return phrase[:1].upper() + phrase[1:] if name[0].isupper() else phrase


def _tidy(text: str) -> str:
    return re.sub(r"\s+([,.!?;:])", r"\1", " ".join(text.split()))


def plain_words(text: str) -> str:
    """Text of a stranger, safe to stand in a frame: without the frame's own marks."""
    return " ".join(text.translate(_MARKUP).split())
