"""Row by row what an export loses, changes and refuses, as lines of JSON: the long form of a preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from curation.formats import Loss
from curation.formats.options import PLAIN, Options
from curation.formats.own_keys import REJECTED
from curation.formats.pairs import find_pairs
from curation.model.states import Portion, Split
from curation.services.exporting import ALL_SPLITS, open_writer, walk_splits, writable_format
from curation.services.judging import read_body
from curation.services.workspace import Workspace

_PAIR_MARKS = (b'"recovery"', REJECTED.encode())
"""A body without either holds no pair, so it need not be read."""


class RowReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """One example that is not written just as it is."""

    example: str
    split: str
    row: int
    """Its place in the version, counted from 1."""
    lost: tuple[Loss, ...] = ()
    changed: tuple[Loss, ...] = ()
    refused: str | None = None


def report_rows(
    ws: Workspace,
    dataset_id: str,
    format_name: str,
    options: Options = PLAIN,
    *,
    splits: Sequence[Portion | str] = ALL_SPLITS,
) -> Iterator[RowReport]:
    """Every example that loses anything, is changed, or is refused; streamed."""
    write = open_writer(writable_format(format_name), options)
    for row, item in enumerate(walk_splits(ws, dataset_id, splits), start=1):
        written, changes = write(item)
        if written.refused is not None:
            yield RowReport(item.example_id, item.split.value, row, refused=written.refused)
        elif written.losses or changes:
            yield RowReport(item.example_id, item.split.value, row, written.losses, changes)


def count_pairs(ws: Workspace, dataset_id: str) -> dict[str, int]:
    """Split → pairs of a preferred and a rejected answer that the version holds, stated or made of a recovery."""
    counts = {split.value: 0 for split in Split}
    for item in walk_splits(ws, dataset_id, ALL_SPLITS):
        if any(mark in item.body for mark in _PAIR_MARKS):
            counts[item.split.value] += len(find_pairs(read_body(item.body).example).pairs)
    return counts
