"""Which element of a list became which in another version of it: unchanged ones first, then rewritten ones between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

Item = TypeVar("Item")


def align(before: Sequence[Item], after: Sequence[Item], is_same: Callable[[Item, Item], bool]) -> dict[int, int]:
    """Place before → place after, in rising order on both sides; what was added or removed has no partner.

    Args:
        is_same: whether an element that changed is still the same one, such as a turn of the same role.
    """
    old, new = _numbers(before, after)
    pairs: dict[int, int] = {}
    for tag, low, high, at, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs |= dict(zip(range(low, high), range(at, to), strict=True))
        elif tag == "replace":
            pairs |= _rewritten(before, after, range(low, high), range(at, to), is_same)
    return pairs


def _rewritten(
    before: Sequence[Item], after: Sequence[Item], olds: range, news: range, is_same: Callable[[Item, Item], bool]
) -> dict[int, int]:
    """Partners among changed elements, each the next that is still the same one."""
    pairs: dict[int, int] = {}
    begin = news.start
    for i in olds:
        j = next((j for j in range(begin, news.stop) if is_same(before[i], after[j])), None)
        if j is not None:
            pairs[i], begin = j, j + 1
    return pairs


def _numbers(before: Sequence[Item], after: Sequence[Item]) -> tuple[list[int], list[int]]:
    """Equal elements as equal numbers: elements need not be hashable."""
    known: list[Item] = []

    def number(item: Item) -> int:
        if item not in known:
            known.append(item)
        return known.index(item)

    return [number(one) for one in before], [number(one) for one in after]
