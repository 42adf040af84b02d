"""Which candidates fill the most of what a project lacks: they come first in the queue."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence

from curation.model.traits import Trait

WEIGHTS = {"cell": 3.0, "reason": 3.0, "recovery": 3.0, "tag": 2.0, "value": 1.0, "given": 0.5, "omitted": 0.5}
"""What is lacking most painfully: a whole cell of the map before the value of one parameter."""


def rank(shown: Sequence[frozenset[Trait]], counts: Mapping[Trait, int]) -> list[int]:
    """Positions of the candidates, the one that fills most first; each counts from then on.

    What a candidate is worth only falls while others are chosen, so the best by its last worth, worked out anew, is the
    best of all as soon as it stays ahead of the next.
    """
    have = Counter(counts)
    heap = [(-_worth(traits, have), at) for at, traits in enumerate(shown)]
    heapq.heapify(heap)
    order: list[int] = []
    while heap:
        _, at = heapq.heappop(heap)
        worth = _worth(shown[at], have)
        if heap and worth < -heap[0][0]:
            heapq.heappush(heap, (-worth, at))
            continue
        order.append(at)
        have.update(shown[at])
    return order


def _worth(traits: frozenset[Trait], have: Mapping[Trait, int]) -> float:
    return sum(WEIGHTS[one.kind] / (1 + have.get(one, 0)) for one in traits if one.kind in WEIGHTS)
