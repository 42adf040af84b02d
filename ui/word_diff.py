"""Two texts with the words that differ marked, safe to draw."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from ui.text import plain

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MAX_WORDS = 600
"""Longer texts are marked as a whole: comparing them word by word would take too long."""


def mark_words(before: str | None, after: str | None) -> tuple[str, str]:
    """Markdown of both sides: what went in red, what came in green; a side that is absent says so."""
    if before is None or after is None:
        return _whole(before, "red"), _whole(after, "green")
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        return _whole(before, "red"), _whole(after, "green")
    left, right = [], []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left.append(_marked("".join(old[a:b]), "" if tag == "equal" else "red"))
        right.append(_marked("".join(new[c:d]), "" if tag == "equal" else "green"))
    return "".join(left) or ":gray[empty]", "".join(right) or ":gray[empty]"


def _marked(text: str, colour: str) -> str:
    """One run of words; blanks at its ends stay outside the mark."""
    if not text:
        return ""
    inner = plain(text)
    if not inner:
        return " "
    before, after = " " * text[0].isspace(), " " * text[-1].isspace()
    return f"{before}:{colour}-background[{inner}]{after}" if colour else f"{before}{inner}{after}"


def _whole(text: str | None, colour: str) -> str:
    if text is None:
        return ":gray[absent]"
    return f":{colour}-background[{plain(text, 400) or 'empty'}]"
