"""A stranger's words in what a tool brings back: as a field of their own, or in one that holds free text already."""

from __future__ import annotations

import json
from collections.abc import Iterator

from curation.execution.things import kind_of
from curation.model.definition import Tool
from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.schemas import compile_schema

_OWN = "note"


def place_note(tool: Tool, text: str, note: str) -> str | None:
    """The result with the note in it; None where its schema leaves no room for one."""
    value = parse_strict(text).value
    compiled = compile_schema(tool.result_schema or "{}")
    if value is UNSET or compiled.errors(value):
        return None
    noted = (one for one in _with_note(value, note, tool.name) if not compiled.errors(one))
    return next((json.dumps(one, ensure_ascii=False) for one in noted), None)


def _with_note(value: Json, note: str, tool: str) -> Iterator[Json]:
    """Every way to put it, the plainest first; ids stay what they are."""
    if isinstance(value, dict):
        if _OWN not in value:
            yield {**value, _OWN: note}
        for key, inner in value.items():
            if not kind_of(key, tool):
                yield from ({**value, key: one} for one in _with_note(inner, note, tool))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from ([*value[:number], one, *value[number + 1 :]] for one in _with_note(inner, note, tool))
    elif isinstance(value, str):
        yield f"{value} {note}".strip()
