"""What an edit of an example's group may do to its split: nothing, as that would be a move nobody has written down."""

from __future__ import annotations

from curation.errors import BlockedError
from curation.services.acts import Act
from db import datasets
from db.examples import ExampleRecord


class KeptSplitError(BlockedError):
    """An edit of a group would take an example from one split into another."""

    hint = "Keep its group. A lead moves groups to another split under Versions, with a reason."


def keep_split(act: Act, head: ExampleRecord, group: str) -> None:
    """Let an example join another group where that leaves it in its split; a group without a split takes its one.

    Else a row that a frozen version tests with would turn up in what the next one trains on, and nobody were told.
    """
    if group == head.group_key:
        return
    before = datasets.find_split(act.connection, head.project_id, head.group_key)
    after = datasets.find_split(act.connection, head.project_id, group)
    if before is None or after is before:
        return
    if after is not None:
        raise KeptSplitError(
            f"Example {head.number} is in {before} with its group, and the group `{group}` is in {after}: an edit "
            "moves no example from one split to another."
        )
    datasets.add_splits(act.connection, head.project_id, {group: before}, act.at)
