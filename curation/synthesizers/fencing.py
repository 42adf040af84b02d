"""Strangers' text as data: fenced parts with a label, whose fence nothing inside them can close.

What users, tools and models wrote stands between two lines that hold a mark of the order. Content that holds the mark
loses it, control tokens of chat templates are made harmless, and characters nobody sees are taken out.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from curation.targets import TARGETS

_MARK_LETTERS = 12
_TOKENS = sorted(
    {token for target in TARGETS.values() if target.control_tokens for token in target.control_tokens.value},
    key=len,
    reverse=True,
)
_CONTROL = re.compile(
    "|".join(
        [
            *map(re.escape, _TOKENS),
            r"<\||\|>|<｜|｜>",
            r"</?(?:start|end)_of_turn>|</?tool_(?:call|response)>|</?s>|<</?SYS>>|\[/?INST\]",
        ]
    )
)
_PLAIN = re.compile(r"[\n\t -~]*")
_LONGEST_CONTENT = 60_000
CUT = "\n[… the rest is left out]"


def make_mark(seed: int) -> str:
    """The mark of an order: the same again for the same order, so that its questions are known again."""
    return hashlib.sha256(f"callwright fence {seed}".encode()).hexdigest()[:_MARK_LETTERS]


def fence(label: str, content: str, mark: str) -> str:
    """One part of data."""
    return f"[[{label} {mark}]]\n{escape(content, mark)}\n[[end of {label} {mark}]]"


def fence_all(parts: Mapping[str, str], mark: str) -> str:
    """Every part, in order."""
    return "\n\n".join(fence(label, content, mark) for label, content in parts.items())


def open_fences(text: str, mark: str) -> dict[str, str]:
    """The parts of a fenced text, by label: what the reader of a prompt sees as data."""
    found = re.finditer(
        rf"^\[\[(?P<label>\w+) {mark}\]\]\n(?P<content>.*?)\n\[\[end of (?P=label) {mark}\]\]$", text, re.M | re.S
    )
    return {part["label"]: part["content"] for part in found}


def escape(content: str, mark: str) -> str:
    """Content that can neither close its fence nor pass for a turn of a chat template."""
    kept = content[:_LONGEST_CONTENT]
    shown = kept if _PLAIN.fullmatch(kept) else "".join(map(_show, kept))
    cut = CUT if len(content) > _LONGEST_CONTENT else ""
    return _CONTROL.sub(_break_token, _without(mark, shown)) + cut


def _show(letter: str) -> str:
    """A character as people see it: nothing for one that nobody sees."""
    if letter in "\n\t":
        return letter
    kind = unicodedata.category(letter)
    if kind == "Zl" or kind == "Zp" or letter in "\r\x0b\x0c\x85":
        return "\n"
    return "" if kind in ("Cc", "Cf") and letter not in "\u200c\u200d" else "\ufffd" if kind == "Cs" else letter


def _without(mark: str, text: str) -> str:
    """The text without the mark, however it is spelt: in capitals, in wide letters, with signs in between."""
    plain = text.lower() if text.isascii() else "".join(map(_plain, text))
    return _cut_out([found.span() for found in _spelt(mark).finditer(plain)], text)


@lru_cache(maxsize=16)
def _spelt(mark: str) -> re.Pattern[str]:
    return re.compile(r"[\W_]{0,3}".join(mark))


def _plain(letter: str) -> str:
    """One letter for one letter, so that places stay the same."""
    folded = unicodedata.normalize("NFKC", letter).casefold()
    return folded if len(folded) == 1 else letter


def _cut_out(spans: list[tuple[int, int]], text: str) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}[…]{text[end:]}"
    return text


def _break_token(found: re.Match[str]) -> str:
    """A control token that reads the same to a person and is none to a tokenizer."""
    token = found.group()
    return f"{token[0]}·{token[1:]}" if len(token) > 1 else token
