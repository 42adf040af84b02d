"""Providers that speak OpenAI's files and fine-tuning API, one a profile: rows go out, a model's name comes back.

A launch is posted once. Its id travels with it, a note is written before the POST leaves, and a second POST is made
only when the host, asked after everything under way must have arrived, knows no job with that id.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from curation.errors import CurationError, JobError
from curation.finetune.contract import Handle, Launch, Outcome, Status, Terms, TryLaterError
from curation.finetune.hosted.address import Access, read_access
from curation.finetune.hosted.answers import LAUNCH_KEY, RemoteJob
from curation.finetune.hosted.host import ANSWER_S, Host
from curation.finetune.hosted.knobs import check_knobs, expect
from curation.finetune.hosted.listening import describe, describe_outcome, hear, is_named
from curation.finetune.hosted.ordering import make_terms, write_order
from curation.finetune.hosted.profile import FOLDER, Profile, load_profile
from curation.finetune.hosted.records import Known, Records, Sent
from curation.finetune.hosted.story import Story
from curation.finetune.hosted.troubles import HostRefusedError
from curation.finetune.hosted.uploading import REST_S, bring_rows, carries, require_read
from curation.finetune.run_folder import RunFolder
from curation.model.parameter import Parameter
from curation.model.states import JobState
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2

ARRIVAL_S = ANSWER_S + 15.0
"""After so long a POST has arrived or never will, and a host that took it shows it in its list."""
HOPELESS_S = 24 * 3600.0
"""When nothing was heard of a POST for so long, a person must look."""
GONE = 404


class OpenAICompatible:
    """Sends, finds, watches and stops jobs at one host; everything it knows lies there and in the run folder."""

    at_once: int | None = None
    is_hosted = True
    is_remote = True
    rest_s = REST_S

    def __init__(
        self,
        profile: Profile,
        *,
        environment: Mapping[str, str] = os.environ,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        answer_s: float = ANSWER_S,
    ) -> None:
        self.name = profile.name
        self.title = profile.offer
        self.parameters: tuple[Parameter, ...] = tuple(knob.parameter for knob in profile.knobs)
        self.profile = profile
        self._environment = environment
        self._transport = transport
        self._clock = clock
        self._answer_s = answer_s
        self._opened: tuple[Access, Host] | None = None

    # Before anything is sent

    def find_obstacle(self) -> str:
        """Nothing here: the terms list what stands in the way, with everything else that a host says."""
        return ""

    def check(self, parameters: dict[str, Json]) -> dict[str, Json]:
        return check_knobs(self.profile, parameters)

    def count_steps(self, parameters: dict[str, Json], rows: int) -> int:
        """As far as it can be foreseen; the host counts for itself."""
        values = self.check(parameters)
        per_epoch = math.ceil(rows / expect(self.profile, values, "batch_size", 1))
        return max(1, math.ceil(per_epoch * expect(self.profile, values, "n_epochs", 1)))

    def read_terms(self, parameters: dict[str, Json]) -> Terms:
        return make_terms(self.profile, self.check(parameters), self._environment, self._today())

    # Launching

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        """Write the order down and bring the rows to the host; what lies there already is not sent again."""
        host, access = self._open()
        RunFolder(launch.run_dir).write_spec({**spec, "launch_id": launch.launch_id, "host": access.host})
        Records(launch).write(bring_rows(self.profile, host, launch, access.host))

    def find(self, launch: Launch) -> Handle | None:
        """The job of this launch, from our own note or the host's list; None only when there certainly is none."""
        records = Records(launch)
        known, sent = records.read_known(), records.read_sent()
        if known is not None:
            return Handle(remote_id=known.job_id)
        try:
            host, access = self._open(sent.host if sent else "")
            job = self._look_for(host, launch)
        except CurationError as error:
            if sent is None:
                raise
            raise self._still_unknown(sent, error) from None
        if job is not None:
            records.write(Known(launch.launch_id, access.host, job.id))
            return Handle(remote_id=job.id)
        if sent is not None:
            self._wait_out(records, sent)
        return None

    def launch(self, launch: Launch) -> Handle:
        """Look once more, note what is about to be sent, send it once, note what came of it."""
        if self.find(launch) is not None:
            raise JobError(f"The launch {launch.launch_id} runs at {self.profile.title} already.")
        records = Records(launch)
        uploaded = records.read_uploaded()
        if uploaded is None:
            raise TryLaterError("The rows are not at the host yet.")
        host, access = self._open(uploaded.host)
        require_read(self.profile, host, uploaded)
        spec: dict[str, Any] = msgspec.json.decode(RunFolder(launch.run_dir).read_spec())
        order = write_order(self.profile, self.check(spec["parameters"]), launch.launch_id, uploaded)
        records.write(Sent(launch.launch_id, access.host, self._clock()))
        try:
            job = host.create_job(order)
        except HostRefusedError:
            records.forget_sent()
            raise
        records.write(Known(launch.launch_id, access.host, job.id))
        return Handle(remote_id=job.id)

    def _look_for(self, host: Host, launch: Launch) -> RemoteJob | None:
        """The oldest job that carries the launch id anywhere."""
        files: set[str] = set()
        if "file_name" in self.profile.marks:
            files = {file.id for file in host.list_files() if carries(file.name, launch.launch_id)}
        wanted = {LAUNCH_KEY: launch.launch_id} if self.profile.filters_by_metadata else None
        found = [
            job
            for job in host.list_jobs(wanted)
            if launch.launch_id in (job.launch_id, job.suffix) or job.training_file in files
        ]
        return min(found, key=lambda job: job.created_at, default=None)

    def _still_unknown(self, sent: Sent, error: CurationError) -> CurationError:
        """Something was sent, so no refusal may end the job here; after a day a person is asked to look."""
        if self._clock() - sent.at > HOPELESS_S:
            return JobError(
                f"For a day nothing was heard of what was sent to {sent.host}.",
                hint=f"Look there for a job with the mark {sent.launch_id} before you try again.",
            )
        return _later(error)

    def _wait_out(self, records: Records, sent: Sent) -> None:
        """Nobody posts a second time while the first may still be under way."""
        waited = self._clock() - sent.at
        if waited < 0:
            # The clock went back: nobody knows how long it has been, so the wait begins again.
            records.write(msgspec.structs.replace(sent, at=self._clock()))
        if waited < ARRIVAL_S:
            raise TryLaterError(f"Waiting to see whether what was sent has arrived at {sent.host}.")

    # Watching

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        """One look at the job and at what it said since; nothing that goes wrong here ends a job that is paid for."""
        job_id = handle.remote_id or ""
        try:
            host, access = self._open_known(launch)
            job = host.look_at_job(job_id)
            story = Story(launch.run_dir, job_id)
            hear(host, story, job, access.key)
            if not is_named(host, job, self._clock()):
                job = msgspec.structs.replace(job, status="naming the model")
            return describe(self.profile.title, job, story, after_seq, self._clock(), access.key)
        except CurationError as error:
            if _is_gone(error) and RunFolder(launch.run_dir).is_asked_to_stop(launch.launch_id):
                return Status(JobState.LOST, error=f"{self.profile.title} does not know the job {job_id} any more.")
            raise _later(error) from None

    def cancel(self, launch: Launch, handle: Handle) -> None:
        """Ask the host; a job that has ended meanwhile refuses, and says so at the next look."""
        RunFolder(launch.run_dir).ask_to_stop(launch.launch_id)
        try:
            host, _ = self._open_known(launch)
            host.cancel_job(handle.remote_id or "")
        except HostRefusedError:
            return
        except CurationError as error:
            raise _later(error) from None

    def collect(self, launch: Launch, handle: Handle) -> Outcome:
        """The name of the model, the checkpoints there are, and what was billed."""
        try:
            host, access = self._open_known(launch)
            return describe_outcome(host, access.host, handle.remote_id or "")
        except CurationError as error:
            if _is_gone(error):
                return Outcome(None, {"remote_job": handle.remote_id})
            raise _later(error) from None

    # The host

    def _open_known(self, launch: Launch) -> tuple[Host, Access]:
        known = Records(launch).read_known()
        return self._open(known.host if known else "")

    def _open(self, expected: str = "") -> tuple[Host, Access]:
        """The host as the environment names it now; a job never moves to another one, and its key goes nowhere else."""
        access = read_access(self.profile, self._environment)
        if expected and access.host != expected:
            raise JobError(
                f"This job belongs to {expected}, and the address set now is {access.host}.",
                hint=f"Set {self.profile.address_variable} back until it has ended.",
            )
        if self._opened is None or self._opened[0] != access:
            if self._opened is not None:
                self._opened[1].close()
            self._opened = access, Host(self.profile, access, self._transport, self._answer_s)
        return self._opened[1], access

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).date()


def _later(error: CurationError) -> CurationError:
    """The same sentence as something that passes: a job that is paid for does not end by it."""
    return error if error.retryable else TryLaterError(error.message, hint=error.hint)


def _is_gone(error: CurationError) -> bool:
    return isinstance(error, HostRefusedError) and error.status == GONE


PROVIDERS = tuple(
    OpenAICompatible(load_profile(FOLDER / f"{name}.toml"))
    for name in ("nebius", "azure", "openai", "openai_compatible")
)
"""In the order they are offered: those that last first, the one that ends after them."""
