"""The errors and the sample calls of a tool as rows of a form; a draft keeps them as one JSON text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

import msgspec


class ErrorRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One error as it is typed."""

    id: str
    message: str = ""
    code: str = ""
    kind: str = ""
    wait: str = ""
    """Seconds to wait before a retry."""


class SampleRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sample call as it is typed."""

    id: str
    name: str = ""
    arguments: str = "{}"
    answer: str = ""
    """What it brings back: `result`, `error`, or nothing declared."""
    result: str = ""
    error: str = ""


R = TypeVar("R", ErrorRow, SampleRow)


def read_rows(text: str, kind: type[R]) -> tuple[R, ...]:
    """The rows of a field; drafts from before there were rows hold an error's message a line."""
    try:
        return msgspec.json.decode(text or "[]", type=tuple[kind, ...])  # type: ignore[valid-type]
    except msgspec.DecodeError:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return tuple(kind(str(n), line) for n, line in enumerate(lines, 1))


def write_rows(rows: tuple[R, ...]) -> str:
    """The field's text; none for no row."""
    return msgspec.json.encode(rows).decode() if rows else ""


def change_row(text: str, kind: type[R], row_id: str, edit: Callable[[R], R]) -> str:
    """The field with one row edited; the same text when the row is gone."""
    return write_rows(tuple(edit(row) if row.id == row_id else row for row in read_rows(text, kind)))


def remove_row(text: str, kind: type[R], row_id: str) -> str:
    """The field without a row."""
    return write_rows(tuple(row for row in read_rows(text, kind) if row.id != row_id))


def new_id(text: str, kind: type[R]) -> str:
    """An id that no row has, nor had while the highest one stands."""
    return str(max((int(row.id) for row in read_rows(text, kind) if row.id.isdigit()), default=0) + 1)


def sample_names(rows: Sequence[SampleRow]) -> dict[str, str]:
    """What each sample call is called, by its id; one without a name of its own gets one that no other has."""
    typed = {row.id: row.name.strip() for row in rows}
    taken = set(typed.values())
    names = {}
    for row in rows:
        given = (f"Sample {n}" for n in count(int(row.id) if row.id.isdigit() else 1))
        names[row.id] = typed[row.id] or next(one for one in given if one not in taken)
        taken.add(names[row.id])
    return names
