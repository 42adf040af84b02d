"""A frozen version's rows as files a worker reads: the same version gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from curation.files import PRIVATE_MODE, write_whole
from curation.finetune.knobs import LearnFrom
from curation.formats import get_format, router_pairs, trl_preference, trl_prompt
from curation.formats.contract import Written
from curation.model.example import Example
from curation.model.states import Split
from curation.rendering import FORMAT_OF_STYLE, ChatRow, RowStyle, read_chat_row, read_pair
from curation.rules.categories import categories
from curation.services.freezing import read_items
from curation.services.workspace import Workspace


class ExportedRow(msgspec.Struct, frozen=True):
    """One row with the example it came from; `refused` says why an example has none."""

    example_id: str
    raw: bytes
    refused: str | None = None
    categories: tuple[str, ...] = ()
    """Of the example."""


def walk_rows(
    ws: Workspace, dataset_id: str, split: Split, style: RowStyle, learn_from: LearnFrom = "conversations"
) -> Iterator[ExportedRow]:
    """The rows of one split in the style a template needs; an example may give several, or none."""
    write = pick_writer(style, learn_from)
    for item in read_items(ws, dataset_id, split):
        written = write(item.example)
        if written.refused is not None:
            yield ExportedRow(item.example_id, b"", written.refused)
        kinds = categories(item.example) if written.rows else ()
        for raw in written.rows:
            yield ExportedRow(item.example_id, raw, categories=kinds)


def pick_writer(style: RowStyle, learn_from: LearnFrom) -> Callable[[Example], Written]:
    """What turns an example into rows to learn from; a router's row is one decision in any case."""
    if learn_from == "pairs":
        return router_pairs.write if style == "router" else trl_preference.write
    if learn_from == "decisions" and style == "conversation":
        return trl_prompt.write
    write = get_format(FORMAT_OF_STYLE[style]).write
    assert write is not None  # noqa: S101 - both formats write
    return write


def write_rows(path: Path, rows: Iterator[ExportedRow]) -> int:
    """Write the rows there are, whole or not at all; returns how many."""
    written = 0
    with write_whole(path, PRIVATE_MODE) as stream:
        for row in rows:
            if row.refused is None:
                stream.write(row.raw + b"\n")
                written += 1
    return written


def chat_rows(rows: list[ExportedRow], style: RowStyle) -> list[ChatRow]:
    """The rows as a template reads them; of a pair the answer to prefer."""
    return [read_chat_row(row.raw, style) for row in rows if row.refused is None]


def rejected_rows(rows: list[ExportedRow], style: RowStyle) -> list[ChatRow]:
    """Of pairs the answer to avoid; none for other rows."""
    return [read_pair(row.raw, style)[1] for row in rows if row.refused is None]
