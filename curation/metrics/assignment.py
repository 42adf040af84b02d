"""Which given call answers which expected one: by position in a sequence, else the best one-to-one pairing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from curation.metrics.expected import ExpectedCall
from curation.metrics.given import GivenCall

Score = Callable[[ExpectedCall, GivenCall], float]
Pair = tuple[ExpectedCall | None, GivenCall | None]
MOST_CALLS = 40
"""Calls of one tool in one answer that are paired optimally; more are paired in order."""


def pair_calls(
    expected: Sequence[ExpectedCall], given: Sequence[GivenCall], score: Score, *, in_order: bool
) -> list[Pair]:
    """Pairs of one tool each; a call without a partner stands alone."""
    if in_order:
        return [pair for both in zip_longest(expected, given) for pair in _split_strangers(*both)]
    names = dict.fromkeys([*(call.name for call in expected), *(call.name for call in given)])
    return [
        pair
        for name in names
        for pair in _pair_one_tool(
            [call for call in expected if call.name == name], [call for call in given if call.name == name], score
        )
    ]


def _split_strangers(expected: ExpectedCall | None, given: GivenCall | None) -> list[Pair]:
    if expected is None or given is None or expected.name == given.name:
        return [(expected, given)]
    return [(expected, None), (None, given)]


def _pair_one_tool(expected: list[ExpectedCall], given: list[GivenCall], score: Score) -> list[Pair]:
    if min(len(expected), len(given)) < 1 or len(expected) == len(given) == 1 or len(given) > MOST_CALLS:
        return list(zip_longest(expected, given))
    chosen = _best(expected, given, score)
    pairs: list[Pair] = [(expected[i], given[j]) for i, j in chosen.items()]
    pairs += [(call, None) for i, call in enumerate(expected) if i not in chosen]
    taken = set(chosen.values())
    return pairs + [(None, call) for j, call in enumerate(given) if j not in taken]


def _best(expected: list[ExpectedCall], given: list[GivenCall], score: Score) -> dict[int, int]:
    """The pairing with the highest sum of scores, by the Hungarian method."""
    from munkres import Munkres

    costs = [[-score(one, other) for other in given] for one in expected]
    size = max(len(expected), len(given))
    square = [row + [0.0] * (size - len(given)) for row in costs] + [[0.0] * size for _ in range(size - len(expected))]
    found = Munkres().compute(square)
    return {i: j for i, j in found if i < len(expected) and j < len(given)}
