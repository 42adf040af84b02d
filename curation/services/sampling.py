"""Judges an imported batch by a sample: some rows drawn at random, judged one by one, then all accepted or none.

The rows that are drawn go into Review like any other work. A row is right when it is accepted as it came; one that was
sent back, turned down or put right by hand is wrong. How sure the share is, says its interval.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from random import Random
from typing import Literal

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, NotFoundError, StateError
from curation.metrics.intervals import wilson
from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import bulk
from curation.services.acts import Act, perform
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_views import Selection
from curation.services.heads import move, need_example
from curation.services.rechecking import recheck_stale, require_fresh
from curation.services.workspace import Workspace
from db import batches, people, samples
from db.acts import Deed
from db.samples import DrawnRecord, SampleRecord

MOST = 500
"""Rows of a sample: more is a review of its own."""
Verdict = Literal["right", "wrong", "waiting"]
WRONG = frozenset({ExampleState.CHANGES_REQUESTED, ExampleState.REJECTED, ExampleState.ARCHIVED})


class DrawnView(msgspec.Struct, frozen=True):
    """One row of a sample and how it was judged."""

    example_id: str
    number: int | None
    title: str
    verdict: Verdict


class SampleView(msgspec.Struct, frozen=True):
    """A sample: how many of how many, what was said so far, and what it decided."""

    id: str
    batch_id: str
    state: str
    n: int
    n_batch: int
    """Rows without errors that the batch held when it was drawn; the sample speaks of these."""
    seed: int
    by: str
    at: str
    n_right: int
    n_wrong: int
    low: float | None
    high: float | None
    """The 95 % interval of the share that is right, of those judged so far."""
    drawn: tuple[DrawnView, ...] = ()
    closed_by: str = ""
    closed_at: str = ""
    reason: str = ""
    bulk_id: str = ""
    """The act that accepts the others."""
    n_touched: int = 0
    """Rows somebody has worked on since an open sample was drawn; accepting leaves them as they are."""

    @property
    def n_waiting(self) -> int:
        return self.n - self.n_right - self.n_wrong


def best_low(n: int) -> float:
    """The least share that is right when all of `n` are: what a sample of that size can show at best."""
    return wilson(n, n)[0]


def count_judgeable(ws: Workspace, batch_id: str) -> int:
    """How many rows of a batch a sample would speak of."""
    with ws.reading() as connection:
        return len(samples.list_judgeable(connection, batch_id))


def draw_sample(
    ws: Workspace, actor: Actor, batch_id: str, n: int, *, seed: int | None = None, nonce: str
) -> SampleView:
    """Draw `n` rows of a batch and hand them to review; drawn by a seed that is written down."""
    if not 1 <= n <= MOST:
        raise CurationError(f"A sample has 1 to {MOST} rows.", hint="Choose another number.")
    with ws.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
    if batch is None:
        raise NotFoundError("This batch is not here.")
    recheck_stale(ws, batch.project_id)

    def work(act: Act) -> str:
        require_fresh(act.connection, batch.project_id)
        _require_none_open(act.connection, batch_id)
        everything = samples.list_judgeable(act.connection, batch_id)
        if not everything:
            raise StateError("No row of this batch waits without errors.", hint="Put errors right first.")
        drawn_by = secrets.randbits(32) if seed is None else seed
        numbers = sorted(Random(drawn_by).sample(everything, min(n, len(everything))))
        heads = [need_example(act.connection, one) for one in samples.ids_of(act.connection, numbers)]
        for head in heads:
            if head.state in (ExampleState.DRAFT, ExampleState.CANDIDATE):
                move(act, head, head.head_rev, "submit")
        record = SampleRecord(
            id=act.ws.new_id(),
            project_id=batch.project_id,
            batch_id=batch_id,
            n=len(heads),
            seed=drawn_by,
            n_batch=len(everything),
            state=samples.OPEN,
            by=act.actor.person_id,
            at=act.at,
        )
        samples.add_sample(act.connection, record, [(one.id, one.head_rev, one.head_hash) for one in heads])
        after = f"sample of {record.n} of {record.n_batch}, seed {record.seed}"
        act.note(Deed(f"sample of {batch_id}", after=after, project_id=batch.project_id))
        return record.id

    return get_sample(ws, perform(ws, actor, "draw sample", nonce, str, work))


def get_sample(ws: Workspace, sample_id: str) -> SampleView:
    """A sample with its rows as they stand now."""
    with ws.reading() as connection:
        record = _need(connection, sample_id)
        return _show(connection, record, people.name_people(connection))


def find_sample(ws: Workspace, batch_id: str) -> SampleView | None:
    """The newest sample of a batch."""
    with ws.reading() as connection:
        record = samples.newest_sample(connection, batch_id)
        return _show(connection, record, people.name_people(connection)) if record else None


def accept_by_sample(ws: Workspace, actor: Actor, sample_id: str, *, nonce: str) -> SampleView:
    """Accept what the sample spoke of, once all its rows are judged; `bulk.run` with its `bulk_id` does the rows.

    Rows that somebody has worked on since the sample was drawn stay: it did not speak of them as they are now.
    """

    def work(act: Act) -> str:
        record = _need(act.connection, sample_id)
        judged = _judge(samples.list_drawn(act.connection, record.id))
        _require_decidable(record, judged)
        chosen = Selection(ExampleFilter(batch=record.batch_id, states=samples.WAITING), untouched_since=record.at)
        bulk_id = bulk.plan(act, record.project_id, chosen, BulkChange(BulkAct.ACCEPT))
        return _close(act, record, judged, samples.ACCEPTED, "", bulk_id)

    return get_sample(ws, perform(ws, actor, "accept by sample", nonce, str, work))


def send_back(ws: Workspace, actor: Actor, sample_id: str, reason: str, *, nonce: str) -> SampleView:
    """Accept none of it: the rows stay as they are, and the batch says why. Nobody has to judge to the end for that."""
    why = " ".join(reason.split())
    if not why:
        raise CurationError("Sending a batch back needs a reason.", hint="Say what is to be put right.")

    def work(act: Act) -> str:
        record = _need(act.connection, sample_id)
        if record.state != samples.OPEN:
            raise StateError(f"This sample is closed: the batch was {record.state}.")
        judged = _judge(samples.list_drawn(act.connection, record.id))
        return _close(act, record, judged, samples.SENT_BACK, why, None)

    return get_sample(ws, perform(ws, actor, "send batch back", nonce, str, work))


def _require_none_open(connection: Connection, batch_id: str) -> None:
    newest = samples.newest_sample(connection, batch_id)
    if newest is not None and newest.state == samples.OPEN:
        raise StateError("A sample of this batch is being judged.", hint="Accept the batch by it, or send it back.")


def _require_decidable(record: SampleRecord, judged: Sequence[Verdict]) -> None:
    if record.state != samples.OPEN:
        raise StateError(f"This sample is closed: the batch was {record.state}.")
    waiting = sum(one == "waiting" for one in judged)
    if waiting:
        raise StateError(f"{waiting} of {record.n} drawn rows wait to be judged.", hint="Judge them in Review first.")


def _close(
    act: Act, record: SampleRecord, judged: Sequence[Verdict], state: str, reason: str, bulk_id: str | None
) -> str:
    n_right, n_judged = sum(one == "right" for one in judged), sum(one != "waiting" for one in judged)
    low, high = wilson(n_right, n_judged) if n_judged else (None, None)
    closed = msgspec.structs.replace(
        record,
        state=state,
        closed_by=act.actor.person_id,
        closed_at=act.at,
        n_right=n_right,
        n_judged=n_judged,
        low=low,
        high=high,
        reason=reason,
        bulk_id=bulk_id,
    )
    samples.close_sample(act.connection, closed)
    interval = "" if low is None or high is None else f", {low:.3f} to {high:.3f}"
    said = f"{state}: {n_right} of {n_judged} right{interval}{f' ({reason})' if reason else ''}"
    act.note(Deed(f"sample of {record.batch_id}", record.state, said, record.project_id))
    return record.id


def _need(connection: Connection, sample_id: str) -> SampleRecord:
    record = samples.find_sample(connection, sample_id)
    if record is None:
        raise NotFoundError("This sample is not here.")
    return record


def _judge(drawn: Sequence[DrawnRecord]) -> list[Verdict]:
    return [_verdict(one) for one in drawn]


def _verdict(one: DrawnRecord) -> Verdict:
    """What became of a drawn row: another text than it came with means that somebody put it right."""
    if one.state is None or one.state in WRONG or one.head_hash != one.body_hash:
        return "wrong"
    return "right" if one.state == ExampleState.ACCEPTED else "waiting"


def _show(connection: Connection, record: SampleRecord, names: dict[str, str]) -> SampleView:
    drawn = samples.list_drawn(connection, record.id)
    rows = tuple(DrawnView(one.example_id, one.number, one.title or "", _verdict(one)) for one in drawn)
    n_right, n_wrong = (sum(one.verdict == word for one in rows) for word in ("right", "wrong"))
    low, high = wilson(n_right, n_right + n_wrong) if n_right + n_wrong else (None, None)
    if record.state != samples.OPEN:
        # What it decided by stands, whatever becomes of the rows later.
        n_right, n_wrong = record.n_right, record.n_judged - record.n_right
        low, high = record.low, record.high
    return SampleView(
        id=record.id,
        batch_id=record.batch_id,
        state=record.state,
        n=record.n,
        n_batch=record.n_batch,
        seed=record.seed,
        by=names.get(record.by, record.by),
        at=record.at,
        n_right=n_right,
        n_wrong=n_wrong,
        low=low,
        high=high,
        drawn=rows,
        closed_by=names.get(record.closed_by or "", record.closed_by or ""),
        closed_at=record.closed_at or "",
        reason=record.reason,
        bulk_id=record.bulk_id or "",
        n_touched=samples.count_touched(connection, record.batch_id, record.at) if record.state == samples.OPEN else 0,
    )
