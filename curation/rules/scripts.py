"""The scripts that texts are written in, told by their letters."""

from __future__ import annotations

import re
from functools import lru_cache

_SCRIPTS: dict[str, tuple[str, str]] = {
    "han": ("Chinese characters", "\u3400-\u9fff"),
    "kana": ("Japanese letters", "\u3040-\u30ff"),
    "hangul": ("Korean letters", "\uac00-\ud7af"),
    "cyrillic": ("Cyrillic letters", "\u0400-\u052f"),
    "greek": ("Greek letters", "\u0370-\u03ff"),
    "hebrew": ("Hebrew letters", "\u0590-\u05ff"),
    "arabic": ("Arabic letters", "\u0600-\u06ff"),
    "devanagari": ("Devanagari letters", "\u0900-\u097f"),
    "thai": ("Thai letters", "\u0e00-\u0e7f"),
    "latin": ("Latin letters", "A-Za-z\u00c0-\u024f"),
}
_LETTERS = {name: re.compile(f"[{letters}]") for name, (_, letters) in _SCRIPTS.items()}
_LATIN_WORD = re.compile(r"[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*")
_FEWEST = 2


def script_name(script: str) -> str:
    """A script in words."""
    return _SCRIPTS[script][0]


def foreign_script(value: str, known: list[str], request: str) -> str | None:
    """The script of a value when nothing that is known is written in it.

    Latin letters are everywhere, in codes and names of products; there only a capitalised name that nothing holds
    counts, where the request has no Latin letter at all.
    """
    script = _script_of(value)
    if script is None:
        return None
    if script == "latin":
        is_name = _LATIN_WORD.fullmatch(value) is not None and not any(value in text for text in known)
        is_other = bool(request) and not has_latin(request)
        return script if is_name and is_other else None
    if script == "han" and any(_has(text, "kana") for text in known):
        return None
    return None if any(_has(text, script) for text in known) else script


def has_latin(text: str) -> bool:
    """Whether a text has a Latin letter."""
    return _has(text, "latin")


def _script_of(value: str) -> str | None:
    """The one script of a value; None when it has none or several."""
    found = [name for name, letters in _LETTERS.items() if letters.search(value)]
    return found[0] if len(found) == 1 and len(_LETTERS[found[0]].findall(value)) >= _FEWEST else None


@lru_cache(maxsize=512)
def _has(text: str, script: str) -> bool:
    return _LETTERS[script].search(text) is not None
