"""What the words of a tool's name and description mean: different words for one act or thing count as one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from curation.rules.tool_words import read_tool_words
from curation.rules.units import name_words

_LITTLE = (
    "a an and any as at be been by can each for from given has have if in into is it its of on one or own that the"
)
_LITTLE += " their them then these this to use used using was were when where which will with you your about all only"
_FEW_WORDS = frozenset(_LITTLE.split())
"""Words that carry nothing."""
_SHORTEST = 4
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ss", "ss"), ("us", "us"))


class Meanings(msgspec.Struct, frozen=True):
    """The table of words: word → act or thing; act → the one word for those easily taken for it, and its kind."""

    acts: dict[str, str]
    things: dict[str, str]
    near: dict[str, str]
    kinds: dict[str, str]
    nouns: frozenset[str]
    """Words for acts that stand for a thing where another act stands behind them: `book_search`."""


@lru_cache(maxsize=1)
def meanings() -> Meanings:
    """The words that are shipped."""
    tables = read_tool_words()
    acts, things, near, kinds = ({word: name for name, words in tables[key].items() for word in words} for key in _KEYS)
    # The acts of one loose meaning are of one kind.
    kinds |= {near[act]: kind for act, kind in kinds.items() if act in near}
    return Meanings(acts, things, near, kinds, frozenset(tables["also"]["nouns"]))


_KEYS = ("acts", "things", "near", "kinds")


def mean(words: Iterable[str]) -> frozenset[str]:
    """What words say, without those that say nothing."""
    return frozenset(_meaning(word) for word in words if word not in _FEW_WORDS)


@lru_cache(maxsize=8192)
def _meaning(word: str) -> str:
    table = meanings()
    plain = plain_form(word)
    for form in (word, plain):
        found = table.acts.get(form) or table.things.get(form)
        if found:
            return found
    return plain


def plain_form(word: str) -> str:
    """A word without the ending of a plural or of a verb: `queries`, `searches`, `orders`."""
    if len(word) < _SHORTEST or not word.endswith("s"):
        return word
    for ending, kept in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + kept
    return word[:-1]


def act_of(name: str) -> str | None:
    """What a tool does, where its name begins or ends with a word for it; acts that are hard to tell apart are one."""
    words = name_words(name)
    table = meanings()
    ends = (*words[:1], *words[-1:])
    if words and words[0] in table.nouns:
        ends = ends[::-1]
    acts = (table.acts.get(word) or table.acts.get(plain_form(word)) for word in ends)
    return next((loosen(act) for act in acts if act), None)


def are_opposite(act: str, other: str) -> bool:
    """Whether one act reads, makes or takes away and the other does not, so that no request means both."""
    kinds = meanings().kinds
    return kinds.get(act) != kinds.get(other)


def loosen(word: str) -> str:
    """The one word for acts that a request seldom tells apart."""
    return meanings().near.get(word, word)
