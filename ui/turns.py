"""Names for turns that stay while turns are added, moved and removed, so that a widget keeps its text.

A stored conversation has no turn ids: its turns are content. A tab gives each turn an id when it first sees it and
carries the ids over every edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from curation.model.example import Example, Message
from ui.state import Slot


class TurnIds(msgspec.Struct, frozen=True):
    """The ids of one example's turns at one revision."""

    rev: int = 0
    ids: tuple[str, ...] = ()
    made: int = 0
    """How many ids this tab has given out."""


_IDS: Slot[TurnIds] = Slot("write.turns", TurnIds())


def name_turns(example_id: str, rev: int, example: Example) -> tuple[str, ...]:
    """The ids of the turns of a stored revision; new ones when this tab sees a revision it did not make."""
    slot = _IDS.of(example_id)
    known = slot.get()
    if known.rev == rev and len(known.ids) == len(example.messages):
        return known.ids
    count = len(example.messages)
    fresh = TurnIds(rev, tuple(f"t{known.made + i}" for i in range(count)), known.made + count)
    slot.set(fresh)
    return fresh.ids


def carry_turns(example_id: str, before: Example, rev: int, after: Example) -> None:
    """Remember the ids after an edit that led from one revision to the next."""
    slot = _IDS.of(example_id)
    known = slot.get()
    ids, made = align(before.messages, known.ids, after.messages, known.made)
    slot.set(TurnIds(rev, ids, made))


def align(
    before: Sequence[Message], ids: Sequence[str], after: Sequence[Message], made: int
) -> tuple[tuple[str, ...], int]:
    """Ids for the turns after an edit: an unchanged or rewritten turn keeps its own, a new one gets a new one."""
    given: list[str] = [""] * len(after)
    left = dict(enumerate(ids))
    for i, message in enumerate(after):
        match = next((j for j in left if before[j] == message), None)
        if match is not None:
            given[i] = left.pop(match)
    for i, j in _rewritten(before, after):
        if not given[i] and j in left:
            given[i] = left.pop(j)
    for i, name in enumerate(given):
        if not name:
            given[i], made = f"t{made}", made + 1
    return tuple(given), made


def _rewritten(before: Sequence[Message], after: Sequence[Message]) -> list[tuple[int, int]]:
    """Pairs (after, before) of turns that stand at the same spot between turns that did not change."""
    known = list(before)
    old = [known.index(message) for message in before]
    new = [known.index(message) if message in known else -1 - i for i, message in enumerate(after)]
    pairs: list[tuple[int, int]] = []
    for tag, low, high, at, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace":
            pairs += list(zip(range(at, to), range(low, high), strict=False))
    return pairs
