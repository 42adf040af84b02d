"""What is kept of a bulk act, and how far one has come, as a screen shows it."""

from __future__ import annotations

import msgspec

from curation.model.filters import ExampleFilter
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.filtering import read_address, write_address
from db import bulk
from db.bulk import BulkRecord

PLANNED, APPLYING, COMPLETE, RETURNING, UNDONE = "staged", "applying", "complete", "returning", "undone"
FAILED = "failed"
"""It met something nobody had thought of: it does not go on by itself, and what it has done can be taken back."""
UNDER_WAY = (PLANNED, APPLYING, RETURNING)


class Selection(msgspec.Struct, frozen=True):
    """Which examples: those of a filter, or of these only the chosen ones."""

    filter: ExampleFilter = ExampleFilter()
    ids: tuple[str, ...] = ()
    up_to: int | None = None
    """The newest example that was there when they were counted; younger ones are left alone."""
    most: int | None = None
    """How many there were then; an act that meets more changes nothing."""
    untouched_since: str = ""
    """Leaves alone what somebody has worked on after this moment."""


class BulkView(msgspec.Struct, frozen=True):
    """How far a bulk act has come, and what came of it."""

    id: str
    change: BulkChange
    state: str
    n_items: int
    n_done: int
    n_changed: int
    left: dict[str, int]
    """Why examples were left as they are → how many."""
    by: str
    at: str
    failed: str = ""
    """Why it stopped, where it did."""

    @property
    def is_over(self) -> bool:
        return self.state in (COMPLETE, UNDONE, FAILED)

    @property
    def can_be_undone(self) -> bool:
        return self.state in (COMPLETE, FAILED) and self.n_changed > 0 and self.change.act is not BulkAct.RECHECK


class Spec(msgspec.Struct, frozen=True):
    """A bulk act as it is kept."""

    act: str
    value: str
    filter: dict[str, str]
    ids: tuple[str, ...] = ()
    up_to: int | None = None
    most: int | None = None
    back_by: str = ""
    """Who asked for it to be taken back."""
    failed: str = ""
    untouched_since: str = ""


def spec_for(selection: Selection, change: BulkChange) -> Spec:
    """What is kept of an act that begins."""
    return Spec(
        act=change.act,
        value=change.value,
        filter=write_address(selection.filter),
        ids=selection.ids,
        up_to=selection.up_to,
        most=selection.most,
        untouched_since=selection.untouched_since,
    )


def spec_of(record: BulkRecord) -> Spec:
    """What the act was begun with, and what was noted since."""
    return msgspec.json.decode(record.spec, type=Spec)


def encode(spec: Spec) -> str:
    """As it is stored."""
    return msgspec.json.encode(spec).decode()


def read_spec(record: BulkRecord) -> tuple[BulkChange, Selection]:
    """What it does, and to which examples."""
    spec = spec_of(record)
    wanted = read_address(spec.filter).filter
    selection = Selection(wanted, spec.ids, spec.up_to, spec.most, untouched_since=spec.untouched_since)
    return BulkChange(BulkAct(spec.act), spec.value), selection


def view_of(record: BulkRecord, words: dict[str, int]) -> BulkView:
    """How far it is; `words` says what came of how many examples."""
    changed = words.get("changed", 0)
    n_todo = words.get(bulk.TODO, 0)
    left = {word: n for word, n in words.items() if word not in ("changed", bulk.TODO, "taken back")}
    done = words.get("taken back", 0) if record.state == RETURNING else record.n_items - n_todo
    return BulkView(
        id=record.id,
        change=read_spec(record)[0],
        state=record.state,
        n_items=record.n_items,
        n_done=done,
        n_changed=changed if record.state != UNDONE else words.get("taken back", 0),
        left=left,
        by=record.by,
        at=record.at,
        failed=spec_of(record).failed,
    )
