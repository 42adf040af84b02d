"""What differs between two examples, at its place, in the words that stand there.

Turns are found again where they moved; arguments are compared key by key, in the exact text they are stored in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.values import Json
from curation.services.aligning import align
from curation.services.merge_values import read_members


class Change(msgspec.Struct, frozen=True):
    """One place that differs; a text that is missing on one side is None there."""

    place: str
    before: str | None
    after: str | None
    kind: Literal["added", "removed", "changed"]


def compare_examples(before: Example, after: Example) -> tuple[Change, ...]:
    """Place by place, in the order of the newer text."""
    old, new = (msgspec.json.decode(encode(one), type=dict[str, msgspec.Raw]) for one in (before, after))
    return tuple(_compare(_open(old), _open(new), ""))


def _open(members: dict[str, msgspec.Raw]) -> dict[str, Json]:
    return {name: msgspec.json.decode(raw) for name, raw in members.items()}


def _compare(old: Json, new: Json, at: str) -> Iterator[Change]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*new, *old]):
            yield from _compare_member(old, new, key, f"{at}/{_escape(key)}")
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(old, new, at)
    elif at.endswith("/arguments") and isinstance(old, str) and isinstance(new, str):
        yield from _compare_texts(old, new, at)
    else:
        yield Change(at, _text(old), _text(new), "changed")


def _compare_member(old: dict[str, Json], new: dict[str, Json], key: str, at: str) -> Iterator[Change]:
    if key not in old:
        yield Change(at, None, _text(new[key]), "added")
    elif key not in new:
        yield Change(at, _text(old[key]), None, "removed")
    else:
        yield from _compare(old[key], new[key], at)


def _compare_texts(old: str, new: str, at: str) -> Iterator[Change]:
    """Objects in text form by their members; anything else, and a text that is only spaced anew, as a whole."""
    before, after = read_members(old), read_members(new)
    if before is None or after is None or before == after:
        yield Change(at, old, new, "changed")
        return
    for key in dict.fromkeys([*after, *before]):
        place, left, right = f"{at}/{_escape(key)}", before.get(key), after.get(key)
        if left is None or right is None:
            yield Change(place, left, right, "added" if left is None else "removed")
        elif left != right:
            is_nested = read_members(left) is not None and read_members(right) is not None
            yield from _compare_texts(left, right, place) if is_nested else [Change(place, left, right, "changed")]


def _compare_lists(old: list[Json], new: list[Json], at: str) -> Iterator[Change]:
    """Element by element along those that are the same ones, in the order of the newer list."""
    pairs = {after: before for before, after in align(old, new, _is_same).items()}
    gone = [i for i in range(len(old)) if i not in pairs.values()]
    for i, element in enumerate(new):
        if i in pairs:
            while gone and gone[0] < pairs[i]:
                place = gone.pop(0)
                yield Change(f"{at}/{place}", _text(old[place]), None, "removed")
            yield from _compare(old[pairs[i]], element, f"{at}/{i}")
        else:
            yield Change(f"{at}/{i}", None, _text(element), "added")
    yield from (Change(f"{at}/{place}", _text(old[place]), None, "removed") for place in gone)


def _is_same(old: Json, new: Json) -> bool:
    """Whether a changed element is the same one: a turn of the same role, a call of the same id, a tool of one name."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return type(old) is type(new)
    return all(old.get(key) == new.get(key) for key in ("role", "tool_call_id", "id"))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
