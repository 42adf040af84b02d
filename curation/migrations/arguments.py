"""Steps done to the arguments of one call; every character that no step is about stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.migrations.conversions import is_same, retype, unwrap, wrap
from curation.migrations.steps import ITEM, Step
from curation.model.finding import Fix
from curation.reading.edits import change_of
from curation.reading.spans import Span, find_members
from curation.reading.strict import parse_strict

Edit = Callable[[str], str]
_ORDER = {"drop": 0, "retype": 1, "map": 2, "wrap": 3, "unwrap": 3, "default": 4, "rename": 5}
_LAST = 6


def in_order(steps: Sequence[Step]) -> list[Step]:
    """The deepest first, names late: paths are those of the definition before.

    A default under a new name comes after the renames, which may have brought a value there.
    """
    renamed = {step.path: step.to for step in steps if step.kind == "rename"}

    def rank(step: Step) -> tuple[int, int]:
        is_new = step.kind == "default" and step.path not in renamed
        return -len(step.path), _LAST if is_new else _ORDER[step.kind]

    def name_by(step: Step) -> Step:
        to = renamed.get((*step.path[:-1], step.by)) if step.by and rank(step)[1] == _LAST else None
        return msgspec.structs.replace(step, by=to) if to else step

    return sorted((name_by(step) for step in steps if step.kind in _ORDER), key=rank)


def move_arguments(text: str, steps: Sequence[Step]) -> str:
    """The arguments' text after these steps (in order); text that is not one clean JSON object stays as it is."""
    if not steps:
        return text
    parsed = parse_strict(text)
    if parsed.faults or not isinstance(parsed.value, dict):
        return text
    for step in steps:
        text = _inside(text, step.path[:-1], _edit_of(step))
    return text


def _inside(source: str, path: Sequence[str], edit: Edit) -> str:
    """Every value a path leads to, edited; from the end, so that places before it hold."""
    if not path:
        return edit(source)
    members = find_members(source) or ()
    reached = members if path[0] == ITEM else [one for one in members if one.key == path[0]]
    if path[0] == ITEM and source.lstrip()[:1] != "[":
        return source
    for one in reversed(reached):
        source = source[: one.start] + _inside(source[one.start : one.end], path[1:], edit) + source[one.end :]
    return source


def _edit_of(step: Step) -> Edit:
    """What a step does to the object (or list) that holds its place."""
    key = step.path[-1]
    if step.kind == "default":
        return lambda source: _add(source, key, step)
    if step.kind == "rename":
        return lambda source: _rename(source, key, step.to)
    if step.kind == "drop":
        return lambda source: change_of(Fix("", ""))(source, key) if _member(source, key) else source
    return lambda source: _convert(source, key, step)


def _add(source: str, key: str, step: Step) -> str:
    value = _choose(source, step)
    if not value or source.lstrip()[:1] != "{" or _member(source, key) or parse_strict(value).faults:
        return source
    return change_of(Fix("", "", value))(source, key)


def _choose(source: str, step: Step) -> str:
    """The default for this object: by the value beside it, else the one for all."""
    member = _member(source, step.by) if step.by else None
    if member is not None:
        beside = source[member.start : member.end]
        return next((after for before, after in step.values if is_same(before, beside)), "") or step.value
    return step.value


def _rename(source: str, key: str, to: str) -> str:
    if not to or _member(source, key) is None or _member(source, to) is not None:
        return source
    return change_of(Fix("", "", rename=to))(source, key)


def _convert(source: str, key: str, step: Step) -> str:
    edit = _CONVERSIONS[step.kind]
    return _inside(source, (key,), lambda value: edit(value, step) or value)


def _map(value: str, step: Step) -> str | None:
    return next((after for before, after in step.values if after and is_same(before, value)), None)


_CONVERSIONS: dict[str, Callable[[str, Step], str | None]] = {
    "retype": lambda value, step: retype(value, step.to),
    "map": _map,
    "wrap": lambda value, _: wrap(value),
    "unwrap": lambda value, _: unwrap(value),
}


def _member(source: str, key: str) -> Span | None:
    if source.lstrip()[:1] != "{":
        return None
    return next((one for one in find_members(source) or () if one.key == key), None)
