"""What differs between two examples, at its place, in the words that stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.values import Json


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
    else:
        yield Change(at, _text(old), _text(new), "changed")


def _compare_member(old: dict[str, Json], new: dict[str, Json], key: str, at: str) -> Iterator[Change]:
    if key not in old:
        yield Change(at, None, _text(new[key]), "added")
    elif key not in new:
        yield Change(at, _text(old[key]), None, "removed")
    else:
        yield from _compare(old[key], new[key], at)


def _compare_lists(old: list[Json], new: list[Json], at: str) -> Iterator[Change]:
    """Element by element after the common beginning and before the common end."""
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - start
    end = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    for i in range(max(len(left), len(right))):
        place = f"{at}/{start + i}"
        if i >= len(left):
            yield Change(place, None, _text(right[i]), "added")
        elif i >= len(right):
            yield Change(place, _text(left[i]), None, "removed")
        else:
            yield from _compare(left[i], right[i], place)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
