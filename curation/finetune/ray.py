"""Provider `ray`: the same worker with the same spec as a Ray job, on a cluster that sees the same run folders.

A cluster takes a job's name once, and the name is made from the launch id, so a launch that is handed in twice is one
job. How far it is stands in the run folder, as with a job of this machine; the cluster says whether it still runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from curation.errors import CurationError, JobError
from curation.finetune.arriving import ON_ITS_WAY_S, still_unknown, wait_out
from curation.finetune.contract import Handle, Launch, Outcome, Status, Terms
from curation.finetune.hosted.records import Known, Records, Sent
from curation.finetune.knobs import count_steps
from curation.finetune.ray_jobs.address import ANSWER_S, Access, read_access
from curation.finetune.ray_jobs.door import make_door
from curation.finetune.ray_jobs.knobs import PARAMETERS, join, split
from curation.finetune.ray_jobs.orders import name_job, read_order, write_body, write_down
from curation.finetune.ray_jobs.sights import Sights
from curation.finetune.run_folder import RunFolder
from curation.finetune.watching import patience_s, read_outcome, waited_s
from curation.hosts.troubles import NOT_LET_IN, HostRefusedError, later
from curation.model.parameter import Parameter
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2

    from curation.finetune.ray_jobs.cluster import Cluster

WORKER = "curation.worker"
REST_S = 1.0
ARRIVAL_S = ANSWER_S + ON_ITS_WAY_S
"""After so long a job that was handed in is there or never will be."""


class RayProvider:
    """Hands in, finds, watches and stops jobs; everything it knows stands in the run folder and at the cluster."""

    name = "ray"
    title = "A Ray cluster"
    parameters: tuple[Parameter, ...] = PARAMETERS
    at_once: int | None = None
    is_hosted = False
    is_remote = True
    rest_s = REST_S

    def __init__(
        self,
        worker: str = WORKER,
        *,
        environment: Mapping[str, str] = os.environ,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._worker = worker
        self._environment = environment
        self._door = make_door(environment, transport)
        self._clock = clock
        self._ends = Sights()

    # Before anything is sent

    def read_terms(self, parameters: dict[str, Json]) -> Terms | None:  # noqa: ARG002 - rows stay on our machines
        return None

    def find_obstacle(self) -> str:
        try:
            read_access(self._environment)
        except JobError as error:
            return str(error)
        return ""

    def check(self, parameters: dict[str, Json]) -> dict[str, Json]:
        """What the training needs installed is looked for where it runs."""
        return join(*split(parameters))

    def count_steps(self, parameters: dict[str, Json], rows: int) -> int:
        return count_steps(split(parameters)[1], rows)

    # Launching

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        """Write down the spec that every worker reads, and beside it what is asked of the cluster."""
        cluster, access = self._door.open()
        if not access.is_here and cluster.is_open_to_anybody():
            raise JobError(
                f"The Ray cluster at {access.host} asks nobody for a token, so whoever reaches it runs code there.",
                hint="Start it with RAY_AUTH_MODE=token, or reach it through a tunnel that ends on this machine.",
            )
        write_down(launch, spec, access.host)

    def find(self, launch: Launch) -> Handle | None:
        """The job of this launch, from our own note, from the cluster, or from what its worker left."""
        records, name = Records(launch), name_job(launch.launch_id)
        known, sent = records.read_known(), records.read_sent()
        if known is not None:
            return Handle(remote_id=known.job_id)
        try:
            cluster, access = self._door.open(sent.host if sent else "")
            job = cluster.look_at(name)
        except CurationError as error:
            raise (error if sent is None else still_unknown(sent, error, self._clock)) from None
        if job is None and RunFolder(launch.run_dir).read_started(launch.launch_id) is None:
            if sent is not None:
                wait_out(records, sent, self._clock, ARRIVAL_S)
            return None
        # A cluster that has forgotten a job whose worker began does not get it a second time.
        records.write(Known(launch.launch_id, access.host, name))
        return Handle(remote_id=name)

    def launch(self, launch: Launch) -> Handle:
        """Look once more, note what is about to be sent, send it, note what came of it."""
        if self.find(launch) is not None:
            raise JobError(f"The launch {launch.launch_id} is at the Ray cluster already.")
        order = read_order(launch)
        cluster, access = self._door.open(order.host)
        records, name = Records(launch), name_job(launch.launch_id)
        # How far an earlier attempt came is no progress of this one.
        RunFolder(launch.run_dir).state.unlink(missing_ok=True)
        records.write(Sent(launch.launch_id, access.host, self._clock()))
        try:
            cluster.submit(write_body(order, launch, access.python, self._worker))
        except CurationError as error:
            # A name that is taken, a lost answer: it may be there all the same.
            if not _is_there(cluster, name, error):
                if isinstance(error, HostRefusedError):
                    records.forget_sent()
                raise
        records.write(Known(launch.launch_id, access.host, name))
        return Handle(remote_id=name)

    # Watching

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        """Ask the cluster, then read the folder; while it cannot be asked, only the worker's own end counts."""
        from curation.finetune.ray_jobs.telling import describe, describe_end, has_ended, look_into

        name = handle.remote_id or name_job(launch.launch_id)
        try:
            cluster, access = self._open_known(launch)
            job = cluster.look_at(name)
        except CurationError as error:
            seen = look_into(launch, after_seq)
            if seen.ended is not None:
                return describe_end(seen.ended, seen)
            raise later(error) from None
        seen = look_into(launch, after_seq)
        over_s = self._ends.count_s(name, self._clock(), is_over=job is not None and has_ended(job))
        status = describe(job, seen, over_s, access.host)
        if status.state.is_final:
            self._ends.forget(name)
            if not seen.has_begun:
                self._keep_log(cluster, launch, name)
        return status

    def cancel(self, launch: Launch, handle: Handle) -> None:
        """Raise the flag, which a worker heeds before anything else; one that does not listen the cluster ends."""
        folder = RunFolder(launch.run_dir)
        folder.ask_to_stop(launch.launch_id)
        if waited_s(folder) <= patience_s(folder.read_progress()):
            return
        name = handle.remote_id or name_job(launch.launch_id)
        try:
            cluster, _ = self._open_known(launch)
            if _has_room(cluster, name):
                cluster.stop(name)
        except CurationError as error:
            raise later(error) from None

    def collect(self, launch: Launch, handle: Handle) -> Outcome:  # noqa: ARG002 - the folder says it all
        return read_outcome(RunFolder(launch.run_dir), launch.launch_id)

    def _keep_log(self, cluster: Cluster, launch: Launch, name: str) -> None:
        """What kept a worker from beginning is said in the cluster's log alone."""
        folder = RunFolder(launch.run_dir)
        if folder.log.exists() and folder.log.stat().st_size:
            return
        with suppress(CurationError, OSError):
            folder.log.write_text(cluster.read_log(name), encoding="utf-8")

    def _open_known(self, launch: Launch) -> tuple[Cluster, Access]:
        known = Records(launch).read_known()
        return self._door.open(known.host if known else "")


def _is_there(cluster: Cluster, name: str, trouble: CurationError) -> bool:
    """Whether a job came of it after all; whoever was not let in has surely handed in none."""
    if isinstance(trouble, HostRefusedError) and trouble.status in NOT_LET_IN:
        return False
    try:
        return cluster.look_at(name) is not None
    except CurationError as error:
        raise later(error) from None


def _has_room(cluster: Cluster, name: str) -> bool:
    """A job that waits for room cannot be stopped: Ray only writes down that it should be, once for every asking."""
    from curation.finetune.ray_jobs.telling import PENDING, has_ended

    job = cluster.look_at(name)
    return job is not None and job.status != PENDING and not has_ended(job)


PROVIDER = RayProvider()
