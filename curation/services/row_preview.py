"""One example as the line an export would write, in any format, with what that format cannot hold."""

from __future__ import annotations

import msgspec

from curation.formats import FORMATS, get_format
from curation.model.example import Example


class RowLoss(msgspec.Struct, frozen=True):
    """One thing the format leaves out, at its place."""

    at: str
    what: str


class RowPreview(msgspec.Struct, frozen=True):
    """The lines of one example in one format."""

    lines: tuple[str, ...]
    losses: tuple[RowLoss, ...]
    refused: str | None
    is_lossless: bool


def list_formats() -> dict[str, str]:
    """The formats that can be written: name → title."""
    return {one.name: one.title for one in FORMATS if one.write is not None}


def preview_row(example: Example, format_name: str) -> RowPreview:
    """What an export writes for this example, byte for byte."""
    fmt = get_format(format_name)
    if fmt.write is None:
        return RowPreview((), (), f"{fmt.title} can only be read.", fmt.lossless)
    written = fmt.write(example)
    lines = tuple(row.decode(errors="replace") for row in written.rows)
    losses = tuple(RowLoss(one.at, one.what) for one in written.losses)
    return RowPreview(lines, losses, written.refused, fmt.lossless)
