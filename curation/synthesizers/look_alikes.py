"""Which tools of an order are easily taken for each other, and by what a request still tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, permutations

from curation.model.definition import Definition, Tool
from curation.rules.confusable import find_confusable
from curation.rules.tool_meaning import loosen, mean
from curation.rules.units import name_words
from curation.synthesizers.sharing import share
from curation.synthesizers.wordings import required_of

_FEWEST_SHARED = 0.5


def list_pairs(tools: Sequence[Tool]) -> list[tuple[Tool, Tool]]:
    """Pairs to be told apart: those that a model may confuse, then those that ask for the same or are named alike."""
    named = {tool.name: tool for tool in tools}
    confusable = [(named[a], named[b]) for a, b in sorted(_confusable(tuple(tool.definition for tool in tools)))]
    near = [pair for pair in combinations(tools, 2) if _is_near(*pair) and pair not in confusable]
    return [*confusable, *near]


@lru_cache(maxsize=64)
def _confusable(definitions: tuple[Definition, ...]) -> frozenset[tuple[str, str]]:
    order = {one.view.name: number for number, one in enumerate(definitions)}
    pairs = ((pair.a, pair.b) for pair in find_confusable(definitions))
    return frozenset((a, b) if order[a] < order[b] else (b, a) for a, b in pairs)


def _is_near(one: Tool, other: Tool) -> bool:
    """Whether two tools need the same values, or speak of the same thing."""
    mine, theirs = required_of(one), required_of(other)
    if mine and theirs:
        shared = [name for name in mine if name in theirs and share(one, other, name)]
        return len(shared) >= _FEWEST_SHARED * max(len(mine), len(theirs))
    words, others = set(name_words(one.name)), set(name_words(other.name))
    return len(words & others) >= _FEWEST_SHARED * max(len(words), len(others))


def stand_ins(tool: Tool, among: Sequence[Tool]) -> list[Tool]:
    """Tools that may do the same, so that nobody can say that it cannot be done without this one."""
    pairs = _confusable(tuple(one.definition for one in _once((*among, tool))))
    names = {a if b == tool.name else b for a, b in pairs if tool.name in (a, b)}
    return [one for one in among if one.name in names]


def _once(tools: Sequence[Tool]) -> list[Tool]:
    return list({tool.name: tool for tool in tools}.values())


def mean_the_same(one: str, other: str) -> bool:
    """Whether two verb phrases ask for the same thing."""
    mine, theirs = _meaning(one), _meaning(other)
    return mine <= theirs or theirs <= mine


def _meaning(action: str) -> frozenset[str]:
    return frozenset(map(loosen, mean(name_words(action))))


def distinct_pairs(tools: Sequence[Tool], actions: dict[str, str]) -> list[tuple[Tool, Tool]]:
    """Near pairs, both ways round, whose acts are not the same: one cannot stand in for the other."""
    near = [pair for pair in list_pairs(tools) if pair[1] not in stand_ins(pair[0], tools)]
    both = (way for pair in near for way in permutations(pair, 2))
    return [(a, b) for a, b in both if not mean_the_same(actions[a.name], actions[b.name])]
