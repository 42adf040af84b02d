"""Many launches in bad weather: calls fail in every way, keepers and transactions are killed; then it clears up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

from curation.model.states import JobState
from curation.services.jobs import JobView, cancel_job, job_events, job_metrics, list_jobs
from curation.services.models import find_model
from db.unit_of_work import UnitOfWork
from tests.hosted.stage import NAMES, Stage
from tests.hosted.weather import FAULTS, Fault, KillError

BAD_S = 80
"""How long the weather is bad."""
SOON_S = 60
"""How soon after it every job must be known, or ended."""


class Mortal:
    """A transaction in which the process may die: before anything is written, or right after it was."""

    def __init__(self, unit: UnitOfWork, dies: str) -> None:
        self._unit = unit
        self._dies = dies

    def __enter__(self) -> UnitOfWork:
        if self._dies == "before":
            raise KillError
        return self._unit.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unit.__exit__(kind, error, trace)
        if self._dies == "after" and kind is None:
            raise KillError


@dataclass
class Report:
    """What came of a storm."""

    launches: int = 0
    jobs: int = 0
    duplicates: int = 0
    lost: int = 0
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


class Storm:
    """One storm over one stage; the same seed gives the same storm."""

    def __init__(self, stage: Stage, seed: int, *, fault_share: float = 0.3, kill_share: float = 0.03) -> None:
        self._stage = stage
        self._draw = random.Random(seed)
        # The keeper scatters its pauses by this one.
        random.seed(seed)
        self._fault_share, self._kill_share = fault_share, kill_share
        self.report = Report()

    def blow(self, launches: int) -> Report:
        """Launch so many jobs, let it storm, let it clear up, and look what is left."""
        stage = self._stage
        launched = [stage.launch(NAMES[n % len(NAMES)]) for n in range(launches)]
        stopped = {job.id: self._draw.randrange(BAD_S) for job in launched if self._draw.random() < 0.1}
        for weather in stage.weather.values():
            weather.choose = self._choose
        open_unit = stage.ws.unit
        stage.ws.unit = self._mortal(open_unit)  # type: ignore[method-assign]
        self._pass_time(BAD_S, lambda second: self._stop_some(stopped, second, open_unit))
        stage.ws.unit = open_unit  # type: ignore[method-assign]
        for weather in stage.weather.values():
            weather.choose = lambda call: None
        self._clear_up(launched)
        self._judge(launched, stopped)
        return self.report

    def _choose(self, call: str) -> Fault | str | None:
        drawn = self._draw.random()
        if drawn < self._kill_share:
            self.report.kills += 1
            return self._draw.choice(("kill before", "kill after"))
        if drawn > self._kill_share + self._fault_share:
            return None
        fault = self._draw.choice(FAULTS)
        self.report.faults[f"{call}: {fault.name}"] += 1
        return fault

    def _mortal(self, open_unit: Callable[[], UnitOfWork]) -> Callable[[], Mortal]:
        def open_one() -> Mortal:
            drawn = self._draw.random()
            dies = "before" if drawn < 0.01 else "after" if drawn < 0.02 else ""
            self.report.kills += bool(dies)
            return Mortal(open_unit(), dies)

        return open_one

    def _pass_time(self, seconds: int, meanwhile: Callable[[int], None] = lambda second: None) -> None:
        keeper = self._stage.keeper()
        for second in range(seconds):
            try:
                keeper.step()
            except KillError:
                keeper = self._stage.keeper()
            meanwhile(second)
            self._stage.clock.pass_by(1)
            for weather in self._stage.weather.values():
                weather.deliver_late()

    def _stop_some(self, stopped: dict[str, int], second: int, open_unit: Callable[[], UnitOfWork]) -> None:
        """A person's wish to stop is not what is killed here."""
        stage, mortal = self._stage, self._stage.ws.unit
        stage.ws.unit = open_unit  # type: ignore[method-assign]
        for job_id, at in stopped.items():
            if at == second and not self._job(job_id).state.is_final:
                cancel_job(stage.ws, stage.desk.actor, job_id, nonce=stage.desk.nonce())
        stage.ws.unit = mortal  # type: ignore[method-assign]

    def _job(self, job_id: str) -> JobView:
        return next(job for job in list_jobs(self._stage.ws, self._stage.desk.project_id) if job.id == job_id)

    def _clear_up(self, launched: list[JobView]) -> None:
        """Count how long every job takes until it is known, then until it has ended."""
        stage, keeper = self._stage, self._stage.keeper()
        cleared = stage.clock.seconds()
        unknown = self._unknown()
        for _ in range(SOON_S + 60):
            if not keeper.step():
                break
            still = self._unknown()
            if len(still) < len(unknown):
                self.report.slowest_s = max(self.report.slowest_s, stage.clock.seconds() - cleared)
            unknown = still
            if stage.clock.seconds() - cleared >= SOON_S:
                self.report.stuck += sorted(unknown)
            stage.clock.pass_by(1)
        self.report.stuck += [job.id for job in launched if not stage.state(job).is_final]

    def _unknown(self) -> set[str]:
        waiting = (JobState.INTENT, JobState.STARTING)
        return {job.id for job in list_jobs(self._stage.ws, self._stage.desk.project_id) if job.state in waiting}

    def _judge(self, launched: list[JobView], stopped: dict[str, int]) -> None:
        told: Counter[str] = Counter()
        for host in self._stage.hosts.values():
            told.update(host.launches())
        self.report.launches = len(launched)
        for job in launched:
            n = told[f"{job.id}-1"]
            self.report.jobs += n
            self.report.duplicates += max(0, n - 1)
            ended = self._stage.look(job)
            if not n and (job.id not in stopped or ended.state is not JobState.CANCELLED):
                self.report.lost += 1
            elif n:
                self.report.wrong += self._compare(ended)

    def _compare(self, job: JobView) -> list[str]:
        """What stands here against what the host says: state, model, curve, and every event once."""
        stage, host = self._stage, self._stage.hosts[job.provider]
        remote = next(one for one in host.jobs.values() if host.launch_of(one) == f"{job.id}-1")
        wrong = []
        if job.state.value != remote.status_at(stage.clock.seconds()):
            wrong.append(f"{job.id} is {job.state} here: {job.error}")
        events = host.tell_events(remote)
        curve = [(one["data"]["step"], one["data"]["train_loss"]) for one in events if one["type"] == "metrics"]
        if job_metrics(stage.ws, job.id).get("loss", []) != curve:
            wrong.append(f"{job.id} has another curve")
        heard = Counter(event.text for event in job_events(stage.ws, job.id))
        if heard != Counter([*(one["message"] for one in events), f"The host calls the job {remote.id}."]):
            wrong.append(f"{job.id} has other events")
        if job.state is JobState.SUCCEEDED:
            model = find_model(stage.ws, job.project_id, job.model_id or "")
            if model.remote_name != host.tell(remote)["fine_tuned_model"]:
                wrong.append(f"{job.id} has another model")
        return wrong
