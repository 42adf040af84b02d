"""One POST a launch, whatever is cut off where: a note before it leaves, and a look at the host before a second one.

The launch id travels with the job, so the host can be asked for it. Nothing is sent again before everything that was
under way must have arrived, and then only when the host knows no job with that id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from curation.errors import CurationError, JobError, TryLaterError
from curation.finetune.arriving import ON_ITS_WAY_S, still_unknown, wait_out
from curation.finetune.contract import Handle, Launch
from curation.finetune.hosted.entrance import HostEntrance
from curation.finetune.hosted.host import ANSWER_S, Host
from curation.finetune.hosted.knobs import check_knobs
from curation.finetune.hosted.ordering import write_order
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.records import Known, Records, Sent
from curation.finetune.hosted.remote import LAUNCH_KEY, RemoteJob
from curation.finetune.hosted.uploading import carries, require_read
from curation.finetune.run_folder import RunFolder
from curation.hosts.troubles import HostRefusedError

ARRIVAL_S = ANSWER_S + ON_ITS_WAY_S
"""After so long a POST has arrived or never will, and a host that took it shows it in its list."""


class Launcher:
    """Finds and starts jobs at one host; all it knows lies there and in the run folder."""

    def __init__(self, profile: Profile, entrance: HostEntrance, clock: Callable[[], float]) -> None:
        self._profile = profile
        self._entrance = entrance
        self._clock = clock

    def find(self, launch: Launch) -> Handle | None:
        """The job of this launch, from our own note or the host's list."""
        records = Records(launch)
        known, sent = records.read_known(), records.read_sent()
        if known is not None:
            return Handle(remote_id=known.job_id)
        try:
            host, access = self._entrance.open(sent.host if sent else "")
            job = self._look_for(host, launch)
        except CurationError as error:
            if sent is None:
                raise
            raise still_unknown(sent, error, self._clock) from None
        if job is not None:
            records.write(Known(launch.launch_id, access.host, job.id))
            return Handle(remote_id=job.id)
        if sent is not None:
            wait_out(records, sent, self._clock, ARRIVAL_S)
        return None

    def launch(self, launch: Launch) -> Handle:
        """Look once more, note what is about to be sent, send it once, note what came of it."""
        if self.find(launch) is not None:
            raise JobError(f"The launch {launch.launch_id} runs at {self._profile.title} already.")
        records = Records(launch)
        uploaded = records.read_uploaded()
        if uploaded is None:
            raise TryLaterError("The rows are not at the host yet.")
        host, access = self._entrance.open(uploaded.host)
        require_read(self._profile, host, uploaded)
        spec: dict[str, Any] = msgspec.json.decode(RunFolder(launch.run_dir).read_spec())
        order = write_order(self._profile, check_knobs(self._profile, spec["parameters"]), launch.launch_id, uploaded)
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
        if "file_name" in self._profile.marks:
            files = {file.id for file in host.list_files() if carries(file.name, launch.launch_id)}
        wanted = {LAUNCH_KEY: launch.launch_id} if self._profile.filters_by_metadata else None
        found = [
            job
            for job in host.list_jobs(wanted)
            if launch.launch_id in (job.launch_id, job.suffix) or job.training_file in files
        ]
        return min(found, key=lambda job: job.created_at, default=None)
