"""A provider that runs nothing: it counts, obeys, and fails where it is told to."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from curation.errors import JobError
from curation.finetune.contract import Handle, JobEvent, Launch, Outcome, Status
from curation.finetune.local import PROVIDER as LOCAL
from curation.finetune.spec import PARAMETERS
from curation.model.states import JobState
from curation.model.values import Json

Verb = Literal["prepare", "find", "launch", "poll", "cancel", "collect"]
VERBS: tuple[Verb, ...] = ("prepare", "find", "launch", "poll", "cancel", "collect")


class Fault(msgspec.Struct):
    """One failure to come: at which call of a verb, before its effect or after it."""

    verb: Verb
    at_call: int = 1
    after_effect: bool = False
    error: BaseException = msgspec.field(default_factory=lambda: ConnectionError("the line went dead"))


class KillError(BaseException):
    """The keeper's process dies here: nothing may catch this."""


class FakeProvider:
    """Jobs are dictionary entries; each poll makes one step of three."""

    title = "Fake"
    parameters = PARAMETERS
    check = LOCAL.check
    count_steps = LOCAL.count_steps
    read_terms = LOCAL.read_terms
    find_obstacle = LOCAL.find_obstacle
    is_hosted = False
    is_remote = False
    rest_s = 0.0

    def __init__(self, name: str = "local", faults: tuple[Fault, ...] = (), steps: int = 3) -> None:
        self.name = name
        self.at_once = 1 if name == "local" else None
        self.faults = list(faults)
        self.steps = steps
        self.calls: Counter[str] = Counter()
        self.launches: Counter[str] = Counter()
        self.steps_done: dict[str, int] = {}
        self.cancelled: set[str] = set()
        self.told_before: dict[str, Json] = {}
        """Launch → the number of the last event before it."""
        self.outcome_state = JobState.SUCCEEDED
        self.error = ""

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        with self._call("prepare"):
            assert spec["dataset_hash"]
            self.told_before[launch.launch_id] = spec["last_seq"]

    def find(self, launch: Launch) -> Handle | None:
        with self._call("find"):
            return Handle(remote_id=launch.launch_id) if launch.launch_id in self.steps_done else None

    def launch(self, launch: Launch) -> Handle:
        with self._call("launch"):
            self.launches[launch.launch_id] += 1
            self.steps_done[launch.launch_id] = 0
        return Handle(remote_id=launch.launch_id)

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        with self._call("poll"):
            step = min(self.steps, self.steps_done[launch.launch_id] + 1)
            self.steps_done[launch.launch_id] = step
        events = tuple(
            JobEvent(n, f"2026-01-01T00:00:{n:02}Z", "info", f"Step {n}", n, {"loss": 1.0 / n})
            for n in range(1, step + 1)
            if n > after_seq
        )
        state = self._state(launch, step)
        error = self.error if state.is_final else ""
        return Status(state, "" if state.is_final else "training", step, self.steps, 1.0, events, error)

    def cancel(self, launch: Launch, handle: Handle) -> None:
        with self._call("cancel"):
            self.cancelled.add(launch.launch_id)

    def collect(self, launch: Launch, handle: Handle) -> Outcome:
        with self._call("collect"):
            folder = launch.run_dir / "model"
            folder.mkdir(parents=True, exist_ok=True)
        return Outcome(folder if self.outcome_state is JobState.SUCCEEDED else None, {"steps": self.steps})

    def _state(self, launch: Launch, step: int) -> JobState:
        if launch.launch_id in self.cancelled:
            return JobState.CANCELLED
        return self.outcome_state if step >= self.steps else JobState.RUNNING

    def _call(self, verb: Verb) -> _Effect:
        self.calls[verb] += 1
        fault = next((one for one in self.faults if one.verb == verb and one.at_call == self.calls[verb]), None)
        if fault is not None and not fault.after_effect:
            raise fault.error
        return _Effect(fault.error if fault else None)


class _Effect:
    """What follows an effect: nothing, or the failure that hides that it happened."""

    def __init__(self, error: BaseException | None) -> None:
        self._error = error

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        if self._error is not None:
            raise self._error


def refusal(sentence: str = "The key is not valid.") -> JobError:
    return JobError(sentence)
