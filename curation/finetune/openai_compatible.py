"""Providers that speak OpenAI's files and fine-tuning API, one a profile: rows go out, a model's name comes back."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec

from curation.errors import CurationError
from curation.finetune.contract import Handle, Launch, Outcome, Status, Terms
from curation.finetune.hosted.entrance import make_entrance, open_for
from curation.finetune.hosted.host import ANSWER_S
from curation.finetune.hosted.knobs import check_knobs, expect
from curation.finetune.hosted.launching import Launcher
from curation.finetune.hosted.listening import describe, describe_outcome, hear, is_named
from curation.finetune.hosted.ordering import make_terms
from curation.finetune.hosted.profile import FOLDER, Profile, load_profile
from curation.finetune.hosted.records import Records
from curation.finetune.hosted.story import Story
from curation.finetune.hosted.uploading import REST_S, bring_rows
from curation.finetune.run_folder import RunFolder
from curation.hosts.troubles import HostRefusedError, later
from curation.model.parameter import Parameter
from curation.model.states import JobState
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2

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
        self._clock = clock
        self._entrance = make_entrance(profile, environment, transport, answer_s)
        self._launcher = Launcher(profile, self._entrance, clock)

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
        host, access = self._entrance.open()
        RunFolder(launch.run_dir).write_spec({**spec, "launch_id": launch.launch_id, "host": access.host})
        Records(launch).write(bring_rows(self.profile, host, launch, access.host))

    def find(self, launch: Launch) -> Handle | None:
        """The job of this launch; None only when there certainly is none."""
        return self._launcher.find(launch)

    def launch(self, launch: Launch) -> Handle:
        """Send it once, and never while another one may be under way."""
        return self._launcher.launch(launch)

    # Watching

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        """One look at the job and at what it said since; nothing that goes wrong here ends a job that is paid for."""
        job_id = handle.remote_id or ""
        try:
            host, access = open_for(self._entrance, launch)
            job = host.look_at_job(job_id)
            story = Story(launch.run_dir, job_id)
            hear(host, story, job, access.key)
            if not is_named(host, job, self._clock()):
                job = msgspec.structs.replace(job, status="naming the model")
            return describe(self.profile.title, job, story, after_seq, self._clock(), access.key)
        except CurationError as error:
            if _is_gone(error) and RunFolder(launch.run_dir).is_asked_to_stop(launch.launch_id):
                return Status(JobState.LOST, error=f"{self.profile.title} does not know the job {job_id} any more.")
            raise later(error) from None

    def cancel(self, launch: Launch, handle: Handle) -> None:
        """Ask the host; a job that has ended meanwhile refuses, and says so at the next look."""
        RunFolder(launch.run_dir).ask_to_stop(launch.launch_id)
        try:
            host, _ = open_for(self._entrance, launch)
            host.cancel_job(handle.remote_id or "")
        except HostRefusedError:
            return
        except CurationError as error:
            raise later(error) from None

    def collect(self, launch: Launch, handle: Handle) -> Outcome:
        """The name of the model, the checkpoints there are, and what was billed."""
        try:
            host, access = open_for(self._entrance, launch)
            return describe_outcome(host, access.host, handle.remote_id or "")
        except CurationError as error:
            if _is_gone(error):
                return Outcome(None, {"remote_job": handle.remote_id})
            raise later(error) from None

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).date()


def _is_gone(error: CurationError) -> bool:
    return isinstance(error, HostRefusedError) and error.status == GONE


PROVIDERS = tuple(
    OpenAICompatible(load_profile(FOLDER / f"{name}.toml"))
    for name in ("nebius", "azure", "openai", "openai_compatible")
)
"""In the order they are offered: those that last first, the one that ends after them."""
