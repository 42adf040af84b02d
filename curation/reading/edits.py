"""Edits of one place of an example by its inner pointer; every other character stays as it is.

The pointer reaches through arguments held as text as well as through objects.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from curation.errors import UnreadableError, UnwritableError
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.finding import Fix
from curation.model.reading import Reject
from curation.model.source import one_line, quote
from curation.reading.rows import read_row
from curation.reading.spans import Span, find_members
from curation.reading.strict import parse_strict

Change = Callable[[str, str], str]
"""From the source of a list or object and one step in it to the changed source."""


def apply_fix(example: Example, fix: Fix) -> Example:
    """The example with one finding's repair made."""
    if fix.value is not None and fix.rename is None:
        return set_pointer(example, fix.at, fix.value)
    return _edit(example, fix.at, change_of(fix))


def change_of(fix: Fix) -> Change:
    """What a repair does to the container of its place."""
    if fix.rename is not None:
        name = quote(fix.rename)
        return lambda source, step: _rename(source, step, name)
    if fix.value is None:
        return _remove
    value = one_line(fix.value)
    return lambda source, step: _set(source, step, value)


def set_pointer(example: Example, at: str, source: str) -> Example:
    """The example with JSON source put at a pointer; a missing last key is added."""
    for fault in parse_strict(source).faults:
        if fault.is_fatal:
            raise UnreadableError(f"The new value for {at} is not JSON. {fault.sentence}")
    return _edit(example, at, change_of(Fix("", at, source)))


def remove_pointer(example: Example, at: str) -> Example:
    """The example without the member or element at a pointer."""
    return _edit(example, at, _remove)


def edit_source(source: str, at: str, change: Change) -> str:
    """JSON source with a change made to the container of the place `at` points to."""
    steps = _steps(at)
    if not steps:
        raise UnwritableError("The row as a whole cannot be edited at one place.")
    return _descend(source, steps, at, change)


def source_at(source: str, at: str) -> str:
    """The source of the value a pointer reaches."""
    for step in _steps(at):
        member = _find(find_members(source) or (), step)
        if member is None:
            raise UnwritableError(f"There is no {at}.")
        source = source[member.start : member.end]
    return source


def _steps(at: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in at.split("/")[1:]]


def _edit(example: Example, at: str, change: Change) -> Example:
    row = edit_source(encode(example).decode(), at, change)
    reading = read_row(row.encode())
    if isinstance(reading, Reject):
        raise UnwritableError(f"The edit at {at} would leave a row that is not JSON. {reading.reason}")
    return reading.example


def _descend(source: str, steps: list[str], at: str, change: Change) -> str:
    if source.lstrip().startswith('"'):
        inner = msgspec.json.decode(source, type=str)
        if parse_strict(inner).value is msgspec.UNSET:
            raise UnwritableError(f"The text on the way to {at} is not JSON, so nothing inside it can be edited.")
        return quote(_descend(inner, steps, at, change))
    members = find_members(source)
    if members is None:
        raise UnwritableError(f"There is no list or object on the way to {at}.")
    if len(steps) == 1:
        return change(source, steps[0])
    member = _find(members, steps[0])
    if member is None:
        raise UnwritableError(f"There is no {at}: `{steps[0]}` is missing.")
    return _splice(source, member.start, member.end, _descend(source[member.start : member.end], steps[1:], at, change))


def _set(source: str, step: str, value: str) -> str:
    members = find_members(source) or ()
    member = _find(members, step)
    if member is not None:
        return _splice(source, member.start, member.end, value)
    is_object = source.lstrip().startswith("{")
    added = f"{quote(step)}:{value}" if is_object else value
    end = members[-1].end if members else source.index("{" if is_object else "[") + 1
    return _splice(source, end, end, ("," if members else "") + added)


def _remove(source: str, step: str) -> str:
    members = find_members(source) or ()
    member = _find(members, step)
    if member is None:
        raise UnwritableError(f"There is no `{step}` to remove.")
    position = members.index(member)
    if position + 1 < len(members):
        return _splice(source, member.key_start, members[position + 1].key_start, "")
    start = members[position - 1].end if position else member.key_start
    return _splice(source, start, member.end, "")


def _rename(source: str, step: str, name: str) -> str:
    member = _find(find_members(source) or (), step)
    if member is None or isinstance(member.key, int):
        raise UnwritableError(f"There is no key `{step}` to rename.")
    return _splice(source, member.key_start, member.key_end, name)


def _find(members: tuple[Span, ...], step: str) -> Span | None:
    """The member a step means; of doubled keys the last, which is the one readers keep."""
    return next((member for member in reversed(members) if str(member.key) == step), None)


def _splice(source: str, start: int, end: int, text: str) -> str:
    return source[:start] + text + source[end:]
