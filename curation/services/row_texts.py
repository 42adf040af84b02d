"""The text fields of a tool's errors and sample calls: each has a draft of its own until it is handed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from curation.errors import CurationError
from curation.services.drafting import Draft
from curation.services.form_rows import ErrorRow, SampleRow, change_row, read_rows

_TEXTS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "errors": (ErrorRow, ("code", "message", "wait")),
    "samples": (SampleRow, ("name", "arguments", "result")),
}
"""Field of the tool → what its rows are, and which of their parts are typed."""


def row_field(field: str, row_id: str, part: str) -> str:
    """The draft of one text of a row."""
    return f"{field}/{row_id}/{part}"


def is_row_text(field: str) -> bool:
    """Whether a draft is about one text of a row."""
    return field.partition("/")[0] in _TEXTS and "/" in field


def list_row_texts(fields: dict[str, str]) -> dict[str, str]:
    """Every text of every row, by its draft."""
    return dict(_walk(fields))


def typed_texts(fields: dict[str, str], drafts: dict[str, Draft]) -> dict[str, Draft]:
    """The drafts that say something else than their row."""
    texts = list_row_texts(fields)
    return {name: draft for name, draft in drafts.items() if name in texts and draft.text != texts[name]}


def with_row_text(text: str, field: str, typed: str) -> str:
    """The rows of a field of the tool with one text in them changed."""
    name, row_id, part = field.split("/")
    kind, parts = _TEXTS[name]
    if part not in parts:
        raise CurationError(f"No row of the {name} has a text `{part}`.")
    return change_row(text, kind, row_id, lambda row: msgspec.structs.replace(row, **{part: typed}))


def _walk(fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, (kind, parts) in _TEXTS.items():
        for row in read_rows(fields[name], kind):
            for part in parts:
                yield row_field(name, row.id, part), getattr(row, part)
