"""Reads a frozen version portion by portion: its splits, and the shifted copy of its test split."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.states import Portion, Shifted, Split
from db import datasets, shifted
from db.datasets import ItemRecord

NAMES: dict[Portion, str] = {Shifted.TEST: "test (shifted)"}


def name_portion(portion: Portion) -> str:
    """How people call it."""
    return NAMES.get(portion, portion.value)


def walk_portions(
    connection: Connection, version_id: str, wanted: Collection[Portion] = tuple(Split)
) -> Iterator[ItemRecord]:
    """The rows of these portions, streamed: those of the splits in the version's order, then those of the copy."""
    splits = [one for one in wanted if isinstance(one, Split)]
    only = splits[0] if len(splits) == 1 else None
    if splits:
        yield from (one for one in datasets.walk_items(connection, version_id, only) if one.split in splits)
    if Shifted.TEST in wanted:
        if shifted.find_copy(connection, version_id) is None:
            raise StateError(
                "This version has no shifted copy of its test split.",
                hint="Make one on Versions, or by `callwright shift`.",
            )
        yield from shifted.walk_copy(connection, version_id)
