"""New names for tools and arguments: other words in the same spelling, never two things of one name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from random import Random

from curation.shifting.words import ARGUMENT_ENDINGS, OTHER_WORDS, TOOL_ENDINGS

LONGEST = 64
"""The most characters that services take in a name."""
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^A-Za-z0-9]+")


def rename_all(names: Iterable[str], taken: Iterable[str], seed: str, endings: Sequence[str]) -> dict[str, str]:
    """Old name → new name; what cannot get one keeps its own and is not named."""
    used = set(taken)
    renamed: dict[str, str] = {}
    for name in sorted(set(names)):
        chooser = Random(f"{seed} {name}")
        new = next((one for one in _proposals(name, chooser, endings) if one not in used and len(one) <= LONGEST), None)
        if new is not None:
            renamed[name] = new
            used.add(new)
    return renamed


def rename_tools(names: Iterable[str], taken: Iterable[str], seed: str) -> dict[str, str]:
    return rename_all(names, taken, f"{seed} tool", TOOL_ENDINGS)


def rename_arguments(names: Iterable[str], taken: Iterable[str], seed: str) -> dict[str, str]:
    return rename_all(names, taken, f"{seed} argument", ARGUMENT_ENDINGS)


def _proposals(name: str, chooser: Random, endings: Sequence[str]) -> Iterable[str]:
    """Other words first, then the same ones with a word behind them."""
    parts = _PART.findall(name)
    words = [part for part in parts if part[:1].isalnum()]
    if not words:
        return
    for _ in range(4):
        changed = [_other(part, chooser) for part in parts]
        if changed != parts:
            yield "".join(_spell(one, parts, at) for at, one in enumerate(changed))
    for ending in chooser.sample(endings, len(endings)):
        yield name + _joined(ending, parts)


def _other(part: str, chooser: Random) -> str:
    found = OTHER_WORDS.get(part.lower())
    return chooser.choice(found) if found else part


def _spell(word: str, parts: Sequence[str], at: int) -> str:
    """A word that may be several (`look_up`), written as the name is."""
    if word == parts[at]:
        return word
    was, pieces = parts[at], word.split("_")
    if was.isupper() and len(was) > 1:
        pieces = [one.upper() for one in pieces]
    elif was[:1].isupper():
        pieces = [one.capitalize() for one in pieces]
    elif _is_camel(parts):
        pieces = [pieces[0], *(one.capitalize() for one in pieces[1:])]
    return _separator(parts).join(pieces)


def _joined(ending: str, parts: Sequence[str]) -> str:
    if _is_camel(parts):
        return ending.capitalize()
    return (_separator(parts) or "_") + (ending.upper() if "".join(parts).isupper() else ending)


def _is_camel(parts: Sequence[str]) -> bool:
    return any(part[:1].isupper() and not part.isupper() for part in parts)


def _separator(parts: Sequence[str]) -> str:
    """What stands between the words of a name."""
    found = next((part for part in parts if not part[:1].isalnum() and len(part) == 1), None)
    if found in ("_", "-"):
        return found
    return "" if _is_camel(parts) else "_"
