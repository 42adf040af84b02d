"""The worker of a run in several processes: starts them, passes on a wish to stop, and ends all when one falls out."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from curation.finetune.journal import Journal
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.team import Team
from curation.processes.environment import module_command

MODULE = "curation.finetune.rank"
POLL_S = 0.1
GRACE_S = 5.0
"""How long a process may take to put its own end into words after another one fell out."""
LOOPBACK = {"GLOO_SOCKET_IFNAME": "lo", "NCCL_SOCKET_IFNAME": "lo"}
"""They are on one machine, so nothing of what they say to each other is for the network."""


class Seat(msgspec.Struct, frozen=True):
    """What one of the processes is told: where they meet, which one it is, and who started it."""

    place: Path
    team: Team
    starter: int

    @property
    def meeting(self) -> Path:
        """The file through which they find each other."""
        return self.place / "meeting"

    @property
    def exit(self) -> Path:
        return self.place / f"exit-{self.team.rank}.json"

    @property
    def environment(self) -> dict[str, str]:
        """Under the names by which `accelerate` and torch know a process's place."""
        rank, size = str(self.team.rank), str(self.team.size)
        places = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
        there = os.environ.get("OMP_NUM_THREADS", "")
        threads = {"OMP_NUM_THREADS": str(self.team.share_threads(int(there) if there.isdecimal() else 1))}
        return {**os.environ, **LOOPBACK, **threads, **places}

    def arguments(self, folder: RunFolder) -> list[str]:
        return [str(folder.path), str(self.place), str(self.team.rank), str(self.team.size), str(self.starter)]


def train_together(folder: RunFolder, launch_id: str, journal: Journal, size: int) -> Exit:
    """Run the training in so many processes; what the first says of the end counts, or who fell out before."""
    place = Path(tempfile.mkdtemp(prefix="callwright-team-"))
    seats = [Seat(place, Team(rank, size), os.getpid()) for rank in range(size)]
    try:
        with _started(folder, seats) as processes:
            _wait(processes, journal)
            ends = [process.poll() for process in processes]
        journal.catch_up()
        return judge(launch_id, seats, ends)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _started(folder: RunFolder, seats: list[Seat]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """All of them for the time of a block; nobody is left behind."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for seat in seats:
            command = module_command(MODULE, *seat.arguments(folder))
            with polite_signal_held_back():
                processes.append(subprocess.Popen(command, env=seat.environment, stdin=subprocess.DEVNULL))
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def polite_signal_held_back() -> Iterator[None]:
    """A process that is started meanwhile gets it when it can hear it, instead of dying of it while it starts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait(processes: list[subprocess.Popen[bytes]], journal: Journal) -> None:
    """Until all have ended well, or one has not and the others had time to say why."""
    is_told, until = False, None
    while any(process.poll() is None for process in processes):
        if until is not None and time.monotonic() > until:
            return
        if until is None and any(process.returncode for process in processes):
            until = time.monotonic() + GRACE_S
        if journal.is_interrupted and not is_told:
            is_told = True
            processes[0].terminate()
        time.sleep(POLL_S)


def judge(launch_id: str, seats: list[Seat], ends: list[int | None]) -> Exit:
    """The cause of an end: who was killed, or else the first word of a failure; those after it only miss somebody."""
    told = sorted((seat for seat in seats if seat.exit.exists()), key=lambda seat: seat.exit.stat().st_mtime_ns)
    exits = {seat.team.rank: msgspec.json.decode(seat.exit.read_bytes(), type=Exit) for seat in told}
    failed = [one for one in exits.values() if one.state == "failed"]
    # One whose line to the others broke may end by a signal too, though not by this one.
    if -signal.SIGKILL in ends:
        return _fall_out(launch_id, ends.index(-signal.SIGKILL), len(seats))
    if failed:
        return failed[0]
    if len(exits) < len(seats):
        missing = next(seat.team.rank for seat in seats if seat.team.rank not in exits)
        return _fall_out(launch_id, missing, len(seats))
    return exits[0]


def _fall_out(launch_id: str, rank: int, size: int) -> Exit:
    return Exit(
        launch_id,
        "failed",
        f"Process {rank + 1} of {size} ended without a word; it was killed, or the machine ran out of memory. "
        "Retry the job: it goes on from its last checkpoint.",
    )
