"""Which tools of an order are easily taken for each other, and by what a request still tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations, permutations

from curation.model.definition import Definition, Tool
from curation.rules.confusable import MOST_COMPARED, find_confusable
from curation.rules.tool_meaning import loosen, mean
from curation.rules.units import name_words
from curation.synthesizers.actions import action_of, method_action, method_of, name_action
from curation.synthesizers.choices import choices_of
from curation.synthesizers.listing import lists_of
from curation.synthesizers.sharing import share
from curation.synthesizers.wordings import parameters_of, required_of

_FEWEST_SHARED = 0.5
_SAYS_NOTHING = frozenset({"data", "info", "information"})
"""Words of an act that make it no other: the weather, and the weather data."""
_MOST_NEIGHBOURS = 4
"""Pairs that a tool needs at the most beside those it is confused with."""


def list_pairs(tools: Sequence[Tool]) -> list[tuple[Tool, Tool]]:
    """Pairs to be told apart: those that a model may confuse, then those that ask for the same or are named alike.

    Nobody can tell two tools apart that do the very same.
    """
    named = {tool.name: tool for tool in tools}
    confusable = [(named[a], named[b]) for a, b in sorted(_confusable(tuple(tool.definition for tool in tools)))]
    known = {frozenset((one.name, other.name)) for one, other in confusable}
    near = [(one, other) for one, other in _nearest(tools) if frozenset((one.name, other.name)) not in known]
    same = same_doers(tools)
    return [(one, other) for one, other in (*confusable, *near) if other.name not in same.get(one.name, ())]


def _nearest(tools: Sequence[Tool]) -> list[tuple[Tool, Tool]]:
    """Pairs that need the same values or are named alike, as far as each tool has no nearer ones."""
    compared = tools[:MOST_COMPARED]
    words = {tool.name: frozenset(name_words(tool.name)) for tool in compared}
    scored = ((_nearness(one, other, words), one, other) for one, other in combinations(compared, 2))
    ranked = sorted((found for found in scored if found[0] > 0), key=lambda found: -found[0])
    taken: Counter[str] = Counter()
    pairs: list[tuple[Tool, Tool]] = []
    for _, one, other in ranked:
        if min(taken[one.name], taken[other.name]) < _MOST_NEIGHBOURS:
            taken.update((one.name, other.name))
            pairs.append((one, other))
    return pairs


@lru_cache(maxsize=64)
def _confusable(definitions: tuple[Definition, ...]) -> frozenset[tuple[str, str]]:
    order = {one.view.name: number for number, one in enumerate(definitions)}
    pairs = ((pair.a, pair.b) for pair in find_confusable(definitions))
    return frozenset((a, b) if order[a] < order[b] else (b, a) for a, b in pairs)


def _nearness(one: Tool, other: Tool, words: Mapping[str, frozenset[str]]) -> float:
    """How much two tools share of what they need and of their names; 0 where that is too little."""
    mine, theirs = required_of(one), required_of(other)
    shared = [name for name in mine if name in theirs and share(one, other, name)]
    given = len(shared) / max(len(mine), len(theirs)) if mine and theirs else 0.0
    said, others = words[one.name], words[other.name]
    named = len(said & others) / max(len(said), len(others)) if said and others else 0.0
    is_near = given >= _FEWEST_SHARED if mine and theirs else named >= _FEWEST_SHARED
    return given + named if is_near else 0.0


def stand_ins(tool: Tool, among: Sequence[Tool]) -> list[Tool]:
    """Tools that may do the same, so that nobody can say that it cannot be done without this one."""
    known = tuple(one.definition for one in _once((*among, tool)))
    names = {a if b == tool.name else b for a, b in _confusable(known) if tool.name in (a, b)}
    names |= _same_doers(known).get(tool.name, frozenset())
    names |= {one.name for one in lists_of(tool, among)}
    return [one for one in among if one.name in names]


def same_doers(tools: Sequence[Tool]) -> Mapping[str, frozenset[str]]:
    """Tool → those that do the very same: offered beside it, either of them would be right.

    `sub_issue_write` told to "add" does what `add_sub_issue` does; `get_weather_data` what `get_weather` does.
    """
    return _same_doers(tuple(tool.definition for tool in _once(tools)))


def without_twins(tool: Tool, tools: Sequence[Tool]) -> list[Tool]:
    """The tools without those that do the very same as this one: nobody wants both."""
    twins = same_doers(tools).get(tool.name, frozenset())
    return [one for one in tools if one.name not in twins]


@lru_cache(maxsize=64)
def _same_doers(definitions: tuple[Definition, ...]) -> dict[str, frozenset[str]]:
    doers: dict[frozenset[str], list[tuple[Tool, bool]]] = {}
    for tool in map(Tool, definitions):
        for act, is_one_of_many in _acts_of(tool):
            doers.setdefault(act, []).append((tool, is_one_of_many))
    found: dict[str, set[str]] = {}
    for (one, is_first_one_of_many), (other, is_one_of_many) in chain(
        *(permutations(same, 2) for same in doers.values())
    ):
        is_told_the_same = set(required_of(one)) == set(required_of(other))
        if one.name != other.name and (is_first_one_of_many != is_one_of_many or is_told_the_same):
            found.setdefault(one.name, set()).add(other.name)
    return {name: frozenset(others) for name, others in found.items()}


def _acts_of(tool: Tool) -> set[tuple[frozenset[str], bool]]:
    """What a tool does, as its words mean it; with each, whether it is one act of a tool of many."""
    method = method_of(tool)
    if not method:
        return {(act, False) for said in (action_of(tool), name_action(tool.name)) if (act := _bare_meaning(said))}
    acts = (method_action(tool, str(one)) for one in choices_of(parameters_of(tool).get(method)))
    return {(_bare_meaning(act), True) for act in acts if act}


def _bare_meaning(action: str) -> frozenset[str]:
    return _meaning(action) - _SAYS_NOTHING


def _once(tools: Sequence[Tool]) -> list[Tool]:
    return list({tool.name: tool for tool in tools}.values())


def mean_the_same(one: str, other: str) -> bool:
    """Whether two verb phrases ask for the same thing."""
    mine, theirs = _meaning(one), _meaning(other)
    return mine <= theirs or theirs <= mine


def mean_equal(one: str, other: str) -> bool:
    """Whether two verb phrases say neither more nor less than each other."""
    return _meaning(one) == _meaning(other)


@lru_cache(maxsize=4096)
def _meaning(action: str) -> frozenset[str]:
    return frozenset(map(loosen, mean(name_words(action))))


def distinct_pairs(tools: Sequence[Tool], actions: Mapping[str, str]) -> list[tuple[Tool, Tool]]:
    """Near pairs, both ways round, whose acts are not the same: one cannot stand in for the other."""
    confusable = _confusable(tuple(tool.definition for tool in tools))
    near = [pair for pair in list_pairs(tools) if (pair[0].name, pair[1].name) not in confusable]
    both = (way for pair in near for way in permutations(pair, 2))
    return [(a, b) for a, b in both if not mean_the_same(actions[a.name], actions[b.name])]
