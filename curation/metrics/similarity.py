"""Two calls as texts: equal, or nearly so."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rapidfuzz import fuzz

from curation.metrics.assignment import pair_calls
from curation.metrics.equality import same_json
from curation.metrics.expected import ExpectedCall
from curation.metrics.given import GivenCall
from curation.model.values import Json

CLOSE = 0.8
"""Similarity above which two argument texts count as close."""


def are_equal(expected: Sequence[ExpectedCall], given: Sequence[GivenCall], *, in_order: bool) -> bool:
    """Whether names and arguments agree as JSON values, in this order or in any."""
    if len(expected) != len(given):
        return False
    if in_order:
        return all(_is_same(one, other) for one, other in zip(expected, given, strict=True))
    free = list(given)
    for one in expected:
        found = next((other for other in free if _is_same(one, other)), None)
        if found is None:
            return False
        free.remove(found)
    return True


def are_close(expected: Sequence[ExpectedCall], given: Sequence[GivenCall], *, in_order: bool) -> bool:
    """Whether each call has a partner of its name with arguments whose texts are similar enough."""
    pairs = pair_calls(expected, given, similarity, in_order=in_order)
    return all(one is not None and other is not None and similarity(one, other) > CLOSE for one, other in pairs)


def similarity(expected: ExpectedCall, given: GivenCall) -> float:
    """How alike two argument texts are, from 0 to 1."""
    return fuzz.ratio(canonical(expected.arguments), canonical(given.arguments)) / 100


def canonical(arguments: dict[str, Json]) -> str:
    """Compact JSON with sorted keys."""
    return json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _is_same(expected: ExpectedCall, given: GivenCall) -> bool:
    return expected.name == given.name and same_json(expected.arguments, given.arguments)
