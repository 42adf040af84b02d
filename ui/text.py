"""The one way other people's words reach the screen.

Streamlit reads markdown in every label, caption and heading, so a title such as `![x](http://…)` would make the browser
call out. Words that a person, a file or a model wrote go through `plain` (labels), `say` (our sentence around their
words), `named` (a finding's or an error's sentence with names in it), `words` (running text), `source` (arguments,
results, logs) or `exact` (what is copied from the screen) and through nothing else.
"""

from __future__ import annotations

import re
import string

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_PUNCTUATION = {ord(mark): f"\\{mark}" for mark in string.punctuation}
_JOINER = "\u2060"
# Backslashes do not stop these, as the renderer looks for them after the escapes are gone: arrows and signs drawn for
# `->` and `>=`, and links made of bare addresses. An invisible joiner inside does.
_LIGATURE = re.compile(r"(?<=[-<>=])(?=[->=])|(?<=://)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
# Labels of fields are read aloud with their backslashes, so words without any mark-up stay as they are.
_WORD = r"[^\W_]+(?:[_-][^\W_]+)*"
_HARMLESS = re.compile(rf"{_WORD}(?:,? \(?{_WORD}\)?)*", re.UNICODE)
# What nobody sees and no script needs: controls, soft hyphens, fillers, zero-width and direction marks, tags outside
# the flag of a land, and chosen variants of anything but an ideograph. `frontend/src/unseen.js` holds the same list.
_UNSEEN = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\u3164\ufeff\uffa0\U000e0000-\U000e007f]"
    "|(?<![\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)
# Half a code or half a flag, as a cut leaves it.
_BROKEN = re.compile("(?:\u27e8[U+0-9A-F]{0,8}|\U0001f3f4[\U000e0020-\U000e007e]*)$")
MAX_NAMED = 4
MAX_LINES = 12
MAX_CHARACTERS = 2048


def plain(text: object, limit: int | None = None) -> str:
    """Words as a label shows them: on one line, cut to `limit` characters, with every mark-up character inert."""
    flat = _BLANKS.sub(" ", show_unseen(str(text))).strip()
    if limit is not None:
        flat = _cut(flat, limit)
    if _HARMLESS.fullmatch(flat):
        return flat
    return _LIGATURE.sub(_JOINER, flat).translate(_PUNCTUATION)


def shorten(text: str, limit: int) -> str:
    """Words for a list of choices, which reads no markdown: what nobody sees by its code, cut to `limit` characters."""
    return _cut(show_unseen(text), limit)


def _cut(shown: str, limit: int) -> str:
    """A code in the place of what nobody sees stays whole, or goes."""
    if len(shown) <= limit:
        return shown
    return _BROKEN.sub("", shown[: limit - 1]).rstrip() + "…"


def say(sentence: str, /, **values: object) -> str:
    """Our own sentence (a literal, markdown allowed) with other people's values made inert in its `{places}`."""
    return sentence.format_map({name: plain(value) for name, value in values.items()})


def named(sentence: str) -> str:
    """A sentence of a finding or an error: the names it holds in backticks stand out bold, all of it is inert."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return plain(sentence)
    return "".join(f"**{plain(part)}**" if at % 2 and part.strip() else _inert(part) for at, part in enumerate(parts))


def _inert(part: str) -> str:
    """Like `plain`, with the blanks at both ends kept."""
    before, after = " " * (part[:1].isspace()), " " * (len(part) > 1 and part[-1:].isspace())
    return before + plain(part) + after


def show_unseen(text: str) -> str:
    """The text with the code in the place of what nobody sees: a direction mark turns the words around it."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_code_of, text)


def _code_of(found: re.Match[str]) -> str:
    return found["flag"] or f"\u27e8U+{ord(found.group()):04X}\u27e9"


def tell_unseen(text: str) -> str:
    """What a text holds of them, in words; "" where it holds none."""
    codes = dict.fromkeys(f"U+{ord(one.group()):04X}" for one in _UNSEEN.finditer(text) if not one["flag"])
    more = " and others" if len(codes) > MAX_NAMED else ""
    return f"holds {', '.join(list(codes)[:MAX_NAMED])}{more}, which nobody sees" if codes else ""


def words(text: str, *, where: DeltaGenerator | None = None) -> None:
    """Running text as it is stored."""
    (where or st).text(show_unseen(text) or " ", width="stretch")


def source(text: str, *, where: DeltaGenerator | None = None) -> None:
    """Arguments, results and logs as stored; no colours, which fail contrast."""
    (where or st).code(show_unseen(text), language=None, wrap_lines=True)


def exact(text: str) -> None:
    """A text that people copy, every character as it is; what nobody sees is told first, as it may turn the rest."""
    told = tell_unseen(text)
    if told:
        st.caption(f"The text below {told}.")  # safe: codes and our words
    st.code(text, language=None, wrap_lines=True)


def clip(text: str) -> tuple[str, str]:
    """What is drawn of a long text at once, and the sentence about the rest ("" when nothing is left out)."""
    lines = text.split("\n")
    if len(lines) <= MAX_LINES and len(text) <= MAX_CHARACTERS:
        return text, ""
    head = "\n".join(lines[:MAX_LINES])[:MAX_CHARACTERS]
    size = f"{len(text.encode(errors='replace')) / 1000:.1f} kB"
    if len(lines) > MAX_LINES:
        return head, f"{size}; the first {MAX_LINES} lines are drawn"
    return head, f"{size}; the first {MAX_CHARACTERS:,} characters are drawn"


def title(text: str) -> None:
    """A page's heading made of other people's words, as wide as it needs."""
    st.title(plain(text, 34) or "Untitled", anchor=False, width="content")


def count(n: int, singular: str, plural: str | None = None) -> str:
    """`3 examples`, `1 example`."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"
