"""Provider `local`: a detached worker on this machine, on its GPU or its CPU."""

from __future__ import annotations

import os
import signal

import msgspec

from curation.errors import JobError
from curation.finetune.contract import Handle, Launch, Outcome, Status, Terms
from curation.finetune.environment import worker_environment
from curation.finetune.installed import require_installed
from curation.finetune.process import reap, signal_group, start_detached, try_lock
from curation.finetune.run_folder import Progress, RunFolder, Started
from curation.finetune.spec import PARAMETERS, AnySpec, count_steps, decode_spec, parse_parameters
from curation.finetune.watching import (
    describe_deafness,
    describe_phase,
    last_words,
    patience_s,
    read_outcome,
    say_where,
    tell,
    waited_s,
)
from curation.model.parameter import Parameter
from curation.model.states import JobState
from curation.model.values import Json
from curation.processes import Identity, identify, is_alive, read_boot_id
from curation.processes.environment import module_command

WORKER = "curation.worker"
AT_ONCE_VARIABLE = "CALLWRIGHT_LOCAL_JOBS"
LAST_GRACE_S = 15.0
"""How long after the polite signal the hard one follows."""


class WorkerBusyError(JobError):
    """An earlier worker still holds the run folder; it will end."""

    hint = "Wait until it has ended."
    retryable = True


class LocalProvider:
    """Starts, finds, watches and ends workers; everything it knows stands in the run folder."""

    name = "local"
    title = "This machine"
    parameters: tuple[Parameter, ...] = PARAMETERS
    is_hosted = False
    is_remote = False
    rest_s = 0.0

    def __init__(self, worker: str = WORKER) -> None:
        self.at_once: int | None = read_at_once()
        self._worker = worker

    def read_terms(self, parameters: dict[str, Json]) -> Terms | None:  # noqa: ARG002 - nothing leaves this machine
        return None

    def find_obstacle(self) -> str:
        return ""

    def check(self, parameters: dict[str, Json]) -> dict[str, Json]:
        parsed = parse_parameters(parameters)
        require_installed(parsed)
        checked: dict[str, Json] = msgspec.to_builtins(parsed)
        return checked

    def count_steps(self, parameters: dict[str, Json], rows: int) -> int:
        return count_steps(parse_parameters(parameters), rows)

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        RunFolder(launch.run_dir).write_spec({**spec, "launch_id": launch.launch_id})

    def find(self, launch: Launch) -> Handle | None:
        """A worker that was started under this id, running or not."""
        started = RunFolder(launch.run_dir).read_started(launch.launch_id)
        return _handle(started.identity) if started else None

    def launch(self, launch: Launch) -> Handle:
        """Start a worker that holds the run folder's lock from its first instant: a second one cannot start."""
        folder = RunFolder(launch.run_dir)
        spec = decode_spec(folder.read_spec(), AnySpec)
        lock = try_lock(folder.lock)
        if lock is None:
            raise WorkerBusyError(f"A worker is still busy in the run folder {folder.path}.")
        # How far an earlier attempt came is no progress of this one.
        folder.state.unlink(missing_ok=True)
        try:
            command = module_command(self._worker, spec.kind, str(folder.path))
            environment = worker_environment(folder.path, spec.kind, *spec.needed)
            pid = start_detached(command, environment, folder.log, lock)
        except OSError as error:
            raise JobError(f"The worker could not be started: {error.strerror}.") from error
        finally:
            os.close(lock)
        identity = identify(pid)
        folder.write_started(Started(launch.launch_id, identity))
        return _handle(identity)

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        folder = RunFolder(launch.run_dir)
        is_running = _is_running(handle)
        # In this order: a worker that ends between the two looks has left its exit file by now.
        ended = folder.read_exit(launch.launch_id)
        progress, events = folder.read_progress(), folder.read_events(after_seq)
        if ended is not None and not is_running:
            return tell(JobState(ended.state), progress, events=events, error=ended.error)
        if is_running:
            return tell(JobState.RUNNING, progress, phase=describe_phase(progress), events=events)
        if folder.is_asked_to_stop(launch.launch_id) and _is_past_patience(folder, progress):
            return tell(JobState.CANCELLED, progress, events=events, error=describe_deafness(progress))
        return tell(JobState.LOST, progress, events=events, error=_describe_loss(handle, progress, folder))

    def cancel(self, launch: Launch, handle: Handle) -> None:
        """Raise the flag; called again later it grows firmer."""
        folder = RunFolder(launch.run_dir)
        folder.ask_to_stop(launch.launch_id)
        progress = folder.read_progress()
        if _is_past_patience(folder, progress):
            signal_group(_identity(handle), signal.SIGKILL)
        elif waited_s(folder) > patience_s(progress):
            signal_group(_identity(handle), signal.SIGTERM)

    def collect(self, launch: Launch, handle: Handle) -> Outcome:  # noqa: ARG002 - the folder says it all
        return read_outcome(RunFolder(launch.run_dir), launch.launch_id)


def read_at_once() -> int:
    """One job has the machine to itself, unless `CALLWRIGHT_LOCAL_JOBS` says that it carries more."""
    told = os.environ.get(AT_ONCE_VARIABLE, "")
    return max(1, int(told)) if told.isascii() and told.isdecimal() and len(told) < 4 else 1


def _is_running(handle: Handle) -> bool:
    """Whether this very worker lives; a dead child is taken away, so that no zombie stays."""
    is_running = is_alive(_identity(handle))
    if not is_running and handle.pid is not None:
        reap(handle.pid)
    return is_running


def _is_past_patience(folder: RunFolder, progress: Progress) -> bool:
    """Whether it was asked to stop so long ago that it gets the hard signal."""
    return waited_s(folder) > patience_s(progress) + LAST_GRACE_S


def _handle(identity: Identity) -> Handle:
    return Handle(pid=identity.pid, pid_start=identity.start_ticks, boot_id=identity.boot_id)


def _identity(handle: Handle) -> Identity:
    return Identity(handle.pid or 0, handle.pid_start or 0, handle.boot_id or "")


def _describe_loss(handle: Handle, progress: Progress, folder: RunFolder) -> str:
    if not any(one.exists() for one in (folder.spec, folder.state, folder.log)):
        return f"The run folder {folder.path} is gone, and its checkpoints with it. Retry it: it begins anew."
    where = say_where(progress)
    if handle.boot_id != read_boot_id():
        return f"The machine was restarted while the job was {where}. Retry it: it goes on from its last checkpoint."
    words = last_words(folder)
    if not progress.steps and words and not folder.state.exists():
        return f"The worker could not start: {words}."
    return (
        f"The worker ended without a word {where}; it was killed, or the machine ran out of memory. "
        "Retry it: it goes on from its last checkpoint."
    )


PROVIDER = LocalProvider()
