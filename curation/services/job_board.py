"""Everything long that a project does or did, in one list: runs, evaluations, trials, imports, drafting, checks."""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.errors import NotFoundError
from curation.model.states import JobState, Split
from curation.services import bulk, import_orders
from curation.services.bulk_changes import BulkAct
from curation.services.bulk_views import FAILED as BULK_FAILED
from curation.services.bulk_views import UNDER_WAY as BULK_UNDER_WAY
from curation.services.jobs import JobView, list_jobs
from curation.services.run_watching import digest_facts, percent
from curation.services.workspace import Workspace
from db import arrivals, batches, people
from db import bulk as bulk_rows
from db.batches import BatchRecord

MOST = 100
"""Entries that are shown; the newest."""
Standing = Literal["waiting", "running", "stopping", "done", "failed", "stopped", "lost", "taken back"]
OF_STATE: dict[JobState, Standing] = {
    JobState.INTENT: "waiting",
    JobState.STARTING: "running",
    JobState.RUNNING: "running",
    JobState.CANCELLING: "stopping",
    JobState.SUCCEEDED: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "stopped",
    JobState.LOST: "lost",
}
OPEN: frozenset[Standing] = frozenset({"waiting", "running", "stopping"})
RECHECK, CASE = "recheck", "case"
_OF_BATCH: dict[str, Standing] = {"complete": "done", "undone": "taken back", BULK_FAILED: "failed"}


class Entry(msgspec.Struct, frozen=True):
    """One thing that takes long."""

    id: str
    kind: str
    """`train`, `evaluate`, `case`, `trial`, `import`, `recheck`, or what else a batch is."""
    name: str
    standing: Standing
    share: float
    """From 0 to 1."""
    fact: str
    """How far it is, or what came of it."""
    by: str
    at: str
    eta_s: float | None = None
    is_job: bool = False
    """Whether it can be stopped and tried again as a job."""

    @property
    def is_open(self) -> bool:
        return self.standing in OPEN


def list_entries(ws: Workspace, project_id: str) -> tuple[Entry, ...]:
    """Open ones first, then the newest."""
    with ws.reading() as connection:
        names = people.name_people(connection)
        found = batches.list_newest(connection, project_id, MOST)
    entries = [_of_job(job, names) for job in list_jobs(ws, project_id)]
    entries += [_of_batch(ws, record, names) for record in found]
    entries.sort(key=lambda one: one.at, reverse=True)
    return tuple(sorted(entries, key=lambda one: not one.is_open)[:MOST])


def stamp_board(ws: Workspace, project_id: str) -> str:
    """Another word whenever an entry has begun, ended, or come further."""
    return digest_facts(
        [(one.id, one.standing, round(100 * one.share), one.fact) for one in list_entries(ws, project_id)]
    )


def stamp_imports(ws: Workspace, project_id: str) -> str:
    """Another word whenever a file on its way has been read further, has come in, or has failed."""
    found = import_orders.list_imports(ws, project_id)
    return digest_facts([(one.id, one.is_over, one.n_rows, one.n_rejected, one.error) for one in found])


def stamp_change(ws: Workspace, batch_id: str) -> str:
    """Another word whenever a change of many examples has come further."""
    now = bulk.view(ws, batch_id)
    return digest_facts((now.state, now.n_done, now.n_items))


def _of_job(job: JobView, names: dict[str, str]) -> Entry:
    counted = "answer" if job.kind == "evaluate" else "step"
    fact = f"{counted} {job.step:,} of {job.steps:,}" if job.steps else job.phase
    # Bases that answer validation rows are asked for by another page than models that open the test split.
    is_case = job.kind == "evaluate" and job.spec.get("split") == Split.VALIDATION.value
    return Entry(
        job.id,
        CASE if is_case else job.kind,
        job.name,
        OF_STATE[job.state],
        1.0 if job.state is JobState.SUCCEEDED else percent(job) / 100,
        job.error or fact,
        names.get(job.by, job.by),
        job.created_at,
        job.eta_s,
        is_job=True,
    )


def _of_batch(ws: Workspace, record: BatchRecord, names: dict[str, str]) -> Entry:
    standing = _OF_BATCH.get(record.state, "running")
    entry = Entry(
        record.id,
        record.kind,
        record.name,
        standing,
        1.0 if standing == "done" else 0.0,
        f"{record.n_added:,} examples",
        names.get(record.by, record.by),
        record.at,
    )
    if record.kind == bulk_rows.KIND:
        return _of_bulk(ws, entry)
    return _of_import(ws, entry) if record.kind == arrivals.KIND and entry.is_open else entry


def _of_bulk(ws: Workspace, entry: Entry) -> Entry:
    now = bulk.view(ws, entry.id)
    kind = RECHECK if now.change.act is BulkAct.RECHECK else entry.kind
    told = (
        f"{now.n_done:,} of {now.n_items:,} examples" if now.state in BULK_UNDER_WAY else f"{now.n_changed:,} examples"
    )
    share = now.n_done / now.n_items if now.n_items else entry.share
    return msgspec.structs.replace(entry, kind=kind, share=min(1.0, share), fact=now.failed or told)


def _of_import(ws: Workspace, entry: Entry) -> Entry:
    """How far a file has been read; one that came in straight away has no order of its own."""
    try:
        now = import_orders.view_import(ws, entry.id)
    except NotFoundError:
        return entry
    fact = f"{now.n_rows:,} rows read" if now.n_rows else "waiting for its turn"
    return msgspec.structs.replace(entry, share=now.share, fact=now.error or fact, eta_s=now.eta_s)
