"""Values of two people or things that changed places between two calls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from curation.gates.doubts.contract import Doubted, learnt_calls, request_of
from curation.model.values import Json
from curation.rules.row import CallView, Row

_MOST_CALLS = 20
"""Of more calls, which value belongs to whom is no question of places any more."""
_CLEARLY = 0.7
"""So much nearer must the other one's value stand."""


def doubt_swaps(row: Row) -> Doubted | None:
    """In the request each value stands beside its own name, and in the calls beside the other's."""
    for one, other in combinations(islice(learnt_calls(row), _MOST_CALLS), 2):
        request = request_of(one, row)
        if one.name == other.name and request == request_of(other, row):
            for key, second in _differing(one, other, request):
                if _is_crossed(one, other, key, second, request):
                    told = (
                        f"{one.arguments[second]} was said of {one.arguments[key]}'s neighbour: "  # type: ignore[index]
                        f"{key} and {second} of the two calls of `{one.name}` have changed places."
                    )
                    return Doubted("swapped_values", told)
    return None


def _differing(one: CallView, other: CallView, request: str) -> Iterator[tuple[str, str]]:
    """Pairs of arguments that both calls give, differently, and whose four values were all said once."""
    mine, theirs = one.arguments or {}, other.arguments or {}
    keys = [
        key
        for key in mine
        if key in theirs
        and mine[key] != theirs[key]
        and _place_of(mine[key], request) >= 0
        and _place_of(theirs[key], request) >= 0
    ]
    yield from combinations(keys, 2)


def _is_crossed(one: CallView, other: CallView, key: str, second: str, request: str) -> bool:
    mine, theirs = one.arguments or {}, other.arguments or {}
    a, b = _place_of(mine[key], request), _place_of(theirs[key], request)
    x, y = _place_of(mine[second], request), _place_of(theirs[second], request)
    straight, crossed = abs(a - x) + abs(b - y), abs(a - y) + abs(b - x)
    if max(a, b) < min(x, y) or max(x, y) < min(a, b):
        # "Anna and Ben get 20 and 30": told apart by their order alone.
        return (a < b) != (x < y)
    return crossed < straight * _CLEARLY


def _place_of(value: Json, request: str) -> int:
    """Where a value stands in a request; -1 where it does not, or more than once."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return -1
    said = str(value).casefold()
    text = request.casefold()
    return text.find(said) if text.count(said) == 1 else -1
