"""The keeper: turns intent rows into running jobs, copies their progress, and ends them, each thing once.

It is a loop, not a process: whichever process holds `keeper.lock` calls `step`. Everything it must remember stands in
the database before it acts on the world, so that another keeper can take over after any line.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from curation.errors import CurationError
from curation.finetune import PROVIDERS
from curation.finetune.contract import Handle, Launch, Outcome, Provider, Status
from curation.finetune.process import try_lock
from curation.model.states import JobState
from curation.services.bringing_in import bringing_in
from curation.services.fenced_jobs import FencedJobs, FencedOutError
from curation.services.health import measuring
from curation.services.job_kinds import get_job_kind
from curation.services.jobs import run_folder
from curation.services.near_indexing import following
from curation.services.resting import Rests
from curation.services.verbs import VerbError, verb
from curation.services.workspace import Workspace, utc_now
from db import jobs
from db.jobs import JobRecord

MOST_TROUBLES = 5
"""How often in a row one job may surprise the keeper before it is given up."""
LIGHT_BESIDE = 2
"""Light jobs that run at once beyond a provider's limit: a short order does not wait for the end of a long one."""
POLL_S = 0.5
REMOTE_POLL_S = 1.0
JOIN_S = 30.0
LOCK_FILE = "keeper.lock"
ACTIVE = frozenset({JobState.STARTING, JobState.RUNNING, JobState.CANCELLING})
WATCHED = frozenset({JobState.RUNNING, JobState.CANCELLING})

log = logging.getLogger(__name__)


class Keeper:
    """Does one round of work at each `step`."""

    def __init__(
        self,
        ws: Workspace,
        clock: Callable[[], datetime] = utc_now,
        providers: Mapping[str, Provider] | None = None,
        *,
        remote: bool | None = None,
    ) -> None:
        self._ws = ws
        self._clock = clock
        self._providers = providers if providers is not None else {one.name: one for one in PROVIDERS}
        self._remote = remote
        """Only the jobs of remote providers, only the others, or all: a slow host must keep nobody else waiting."""
        self._mine = FencedJobs(ws)
        self._troubles: dict[str, int] = {}
        self._rests = Rests()

    def step(self, now: datetime | None = None) -> int:
        """Bring every open job one stage further; returns how many are open."""
        moment = now or self._clock()
        with self._ws.reading() as connection:
            open_jobs = [one for one in jobs.list_open_jobs(connection) if self._is_mine(one)]
        open_ids = {record.id for record in open_jobs}
        self._mine.forget_others(open_ids)
        self._rests.forget_others(open_ids)
        for record in open_jobs:
            if not self._rests.is_due(record, moment):
                continue
            try:
                self._tend(record, moment)
            except FencedOutError:
                self._mine.forget(record.id)
            except Exception:
                # The database is busy or full, which says nothing about the job; the next round may succeed.
                log.exception("job %s could not be kept in this round", record.id)
        return len(open_jobs)

    def _is_mine(self, record: JobRecord) -> bool:
        provider = self._providers.get(record.provider)
        return self._remote is None or self._remote == (provider is not None and provider.is_remote)

    def _tend(self, record: JobRecord, moment: datetime) -> None:
        at, provider = _text(moment), self._providers.get(record.provider)
        try:
            self._advance(self._mine.claim(record.id), at)
            self._troubles.pop(record.id, None)
            if record.state in WATCHED:
                self._rests.rest(record, moment, provider.rest_s if provider else 0.0)
        except VerbError as error:
            self._rests.back_off(record, moment, provider.rest_s if provider else 0.0, error.after_s)
            self._meet_trouble(record, at, error)

    def _advance(self, record: JobRecord, at: str) -> None:
        if record.state is JobState.INTENT:
            self._admit(record, at)
        elif record.state is JobState.STARTING:
            self._start(record, at)
        else:
            self._watch(record, at)

    def _admit(self, record: JobRecord, at: str) -> None:
        """Give the job its launch id when there is room for it."""
        limit, is_light = self._provider(record).at_once, get_job_kind(record.kind).is_light
        if limit is not None and is_light:
            limit += LIGHT_BESIDE
        with self._ws.reading() as connection:
            active = [one for one in jobs.list_open_jobs(connection) if one.state in ACTIVE]
        busy = [one for one in active if one.provider == record.provider]
        if limit is not None and sum(get_job_kind(one.kind).is_light == is_light for one in busy) >= limit:
            if record.phase != "waiting for its turn":
                self._mine.write(record, at, {"phase": "waiting for its turn"})
            return
        launch_id = f"{record.id}-{record.attempt}"
        self._mine.write(record, at, {"state": JobState.STARTING.value, "launch_id": launch_id, "phase": "preparing"})

    def _start(self, record: JobRecord, at: str) -> None:
        """Look for the job first; only what was never started is started."""
        provider, launch = self._provider(record), self._launch(record)
        handle = self._find(record)
        if handle is None and record.cancel_requested:
            self._give_up(record, at, JobState.CANCELLED)
            return
        if handle is None:
            last_seq = self._read_last_seq(record)
            with verb():
                spec = get_job_kind(record.kind).prepare(self._ws, record, launch.run_dir)
                provider.prepare(launch, {**spec, "last_seq": last_seq})
            self._mine.write(record, at, {"phase": "starting"})
            with verb():
                handle = provider.launch(launch)
        self._mine.write(
            record, at, {"state": JobState.RUNNING.value, "started_at": record.started_at or at, **_told(handle)}
        )

    def _watch(self, record: JobRecord, at: str) -> None:
        provider, launch, handle = self._provider(record), self._launch(record), _handle(record)
        after = self._read_last_seq(record)
        with verb():
            if record.cancel_requested:
                provider.cancel(launch, handle)
            status = provider.poll(launch, handle, after)
            outcome = provider.collect(launch, handle) if status.state.is_final else None
        if outcome is not None:
            self._end(record, at, status, outcome)
            return
        state = JobState.CANCELLING if record.cancel_requested else status.state
        values = {"state": state.value, "phase": status.phase, "error": None}
        if status.events or not _is_same(record, status, values):
            self._mine.copy(record, at, status, values)

    def _end(self, record: JobRecord, at: str, status: Status, outcome: Outcome) -> None:
        """Record the outcome and the last state in one transaction."""
        with verb():
            write = get_job_kind(record.kind).finish(self._ws, record, status.state, outcome)

        def write_outcome(connection: Connection) -> str | None:
            with verb():
                return write(connection)

        values = {"state": status.state.value, "phase": "", "finished_at": at, "error": status.error or None}
        self._mine.copy(record, at, status, values, write_outcome)

    def _give_up(self, record: JobRecord, at: str, state: JobState, sentence: str = "") -> None:
        """End a job that has no outcome."""
        self._end(record, at, Status(state, step=record.step, steps=record.steps, error=sentence), Outcome(None))

    def _meet_trouble(self, record: JobRecord, at: str, trouble: VerbError) -> None:
        """A refusal ends the job, as do too many surprises in a row; anything else stands there and is tried again."""
        if not trouble.is_expected:
            log.error("the keeper met trouble with job %s", record.id, exc_info=trouble.cause)
            self._troubles[record.id] = self._troubles.get(record.id, 0) + 1
        if trouble.is_refusal or self._troubles.get(record.id, 0) >= MOST_TROUBLES:
            self._fail(record, at, trouble.sentence)
        elif record.error != trouble.sentence:
            self._mine.write(record, at, {"error": trouble.sentence})

    def _fail(self, record: JobRecord, at: str, sentence: str) -> None:
        try:
            self._give_up(record, at, JobState.FAILED, sentence)
        except VerbError:
            # What the outcome means cannot even be worked out; the job itself must not stay open for ever.
            log.exception("job %s could not be given up properly", record.id)
            ended = {"state": JobState.FAILED.value, "phase": "", "finished_at": at, "error": sentence}
            self._mine.write(record, at, ended)

    def _read_last_seq(self, record: JobRecord) -> int:
        with self._ws.reading() as connection:
            return jobs.last_seq(connection, record.id)

    def _find(self, record: JobRecord) -> Handle | None:
        provider = self._provider(record)
        with verb():
            return provider.find(self._launch(record))

    def _provider(self, record: JobRecord) -> Provider:
        with verb():
            if record.provider not in self._providers:
                raise CurationError(f"There is no provider `{record.provider}` here.", hint="Choose another provider.")
            return self._providers[record.provider]

    def _launch(self, record: JobRecord) -> Launch:
        return Launch(record.launch_id or f"{record.id}-{record.attempt}", run_folder(self._ws, record))


def count_open_jobs(ws: Workspace) -> int:
    """How many jobs have not ended, waiting ones included."""
    with ws.reading() as connection:
        return len(jobs.list_open_jobs(connection))


def run_keeper(
    ws: Workspace,
    stop: threading.Event,
    *,
    poll_s: float = POLL_S,
    providers: Mapping[str, Provider] | None = None,
) -> None:
    """Keep jobs, bring in files and compare what came, as long as no other process does; for a thread."""
    while not stop.is_set():
        lock = try_lock(ws.home / LOCK_FILE)
        if lock is not None:
            try:
                with following(ws), bringing_in(ws), measuring(ws), _keeping_remote(ws, providers):
                    _keep(Keeper(ws, providers=providers, remote=False), stop, poll_s)
            finally:
                os.close(lock)
        stop.wait(poll_s)


@contextmanager
def _keeping_remote(ws: Workspace, providers: Mapping[str, Provider] | None) -> Iterator[None]:
    """Keep remote jobs in a thread of their own: a host may take half a minute over an answer."""
    stop = threading.Event()
    keeper = Keeper(ws, providers=providers, remote=True)
    thread = threading.Thread(target=_keep, args=(keeper, stop, REMOTE_POLL_S), name="remote keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(JOIN_S)


@contextmanager
def kept(ws: Workspace, *, poll_s: float = POLL_S) -> Iterator[None]:
    """Keep jobs in a thread while a block runs; when another process keeps them already, it waits behind that one."""
    stop = threading.Event()
    thread = threading.Thread(target=run_keeper, args=(ws, stop), kwargs={"poll_s": poll_s}, name="keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(JOIN_S)


def _keep(keeper: Keeper, stop: threading.Event, poll_s: float) -> None:
    while not stop.is_set():
        try:
            keeper.step()
        except Exception:
            # The loop outlives a locked or full database; the next round may succeed.
            log.exception("the keeper could not do its round")
        stop.wait(poll_s)


def _text(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(handle: Handle) -> dict[str, Any]:
    return {
        "remote_id": handle.remote_id,
        "pid": handle.pid,
        "pid_start": handle.pid_start,
        "boot_id": handle.boot_id,
        "phase": "starting",
        "error": None,
    }


def _handle(record: JobRecord) -> Handle:
    start = None if record.pid_start is None else int(record.pid_start)
    return Handle(record.remote_id, record.pid, start, record.boot_id)


def _is_same(record: JobRecord, status: Status, values: dict[str, Any]) -> bool:
    """Whether a poll saw nothing new, so that nothing needs to be written."""
    seen = (record.step, record.steps, record.eta_s, record.state.value, record.phase, record.error)
    return seen == (status.step, status.steps, status.eta_s, values["state"], values["phase"], None)
