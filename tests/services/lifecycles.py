"""Many jobs under random kills: two servers that die and come back, workers that are killed, stopped, or left alone.

A seed draws every fate, so a failing run can be repeated. What must hold is read from the run folders, which the keeper
cannot have made up: how a worker ended, and what it said before.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import psutil

from curation.finetune.local import AT_ONCE_VARIABLE
from curation.finetune.run_folder import RunFolder
from curation.model.states import JobState
from curation.processes import Identity, is_alive
from curation.services.acts import Act, perform
from curation.services.jobs import (
    JobView,
    cancel_job,
    get_job,
    intend_job,
    job_events,
    job_metrics,
    list_jobs,
    retry_job,
)
from tests.shop_rows import Desk
from tests.worker.light_worker import STARTS

Fate = Literal["finish", "kill", "stop", "fail", "stop early"]
FATES: tuple[Fate, ...] = ("finish", "finish", "kill", "kill", "kill", "stop", "fail", "stop early")
AT_ONCE = 4
SETTLED_S = 5.0
TICK_S = 0.02
APP_KILLS_A_SECOND = 0.4
BOTH = 0.2
"""The share of kills that takes both servers."""
BECOME_SUBREAPER = 36


class Settled(NamedTuple):
    """One attempt of a job, ended."""

    job: JobView
    fate: Fate
    expected: JobState
    took_s: float
    """From the later of the worker's end and a server's return to the final state."""


class Running(msgspec.Struct):
    """One attempt under way, and what is to happen to it."""

    job_id: str
    fate: Fate
    at_step: int
    launch_id: str
    identity: Identity | None = None
    ended_at: float | None = None
    is_done: bool = False
    """Its fate has been brought about."""


class Servers:
    """Two servers on one home; each may die at any moment, and comes back."""

    def __init__(self, home: Path, draw: random.Random) -> None:
        self._home, self._draw = home, draw
        self._apps: dict[int, tuple[subprocess.Popen[bytes], Path]] = {}
        self._n = 0
        self.n_killed = 0
        self.served_since = time.monotonic()

    def tend(self, *, may_kill: bool) -> None:
        """Bring back who is missing; now and then kill one, or both."""
        self._apps = {pid: app for pid, app in self._apps.items() if app[0].poll() is None}
        while len(self._apps) < 2:
            self._start()
        ready = [app for app, sign in self._apps.values() if sign.exists()]
        if not ready:
            self.served_since = time.monotonic()
        elif may_kill and self._draw.random() < APP_KILLS_A_SECOND * TICK_S:
            for app in ready if self._draw.random() < BOTH else [self._draw.choice(ready)]:
                self._kill(app)

    def zombies(self) -> list[int]:
        """Dead workers that a living server did not take away."""
        found = []
        for pid in self._apps:
            with contextlib.suppress(psutil.Error):
                children = psutil.Process(pid).children()
                found += [child.pid for child in children if child.status() == psutil.STATUS_ZOMBIE]
        return found

    def close(self) -> None:
        for app, _ in self._apps.values():
            self._kill(app)

    def _start(self) -> None:
        self._n += 1
        sign = self._home.with_name(f"ready-{self._n}")
        command = [sys.executable, "-m", "tests.services.keeping_app", str(self._home), str(sign)]
        environment = {**os.environ, AT_ONCE_VARIABLE: str(AT_ONCE)}
        with self._home.with_name("app.log").open("ab") as log:
            app = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self._apps[app.pid] = (app, sign)

    def _kill(self, app: subprocess.Popen[bytes]) -> None:
        app.kill()
        app.wait()
        self.n_killed += 1


class Town:
    """Jobs, servers and the fates that meet them."""

    def __init__(self, desk: Desk, pattern: JobView, seed: int) -> None:
        self.desk, self.ws = desk, desk.ws
        self.pattern = pattern
        self._draw = random.Random(seed)
        self.servers = Servers(desk.ws.home, self._draw)
        self.running: list[Running] = []
        self.settled: list[Settled] = []
        self._launched = 0
        ctypes.CDLL(None).prctl(BECOME_SUBREAPER, 1, 0, 0, 0)

    def live(self, n: int, timeout_s: float) -> None:
        """Until so many attempts have ended."""
        until = time.monotonic() + timeout_s
        try:
            while len(self.settled) < n:
                assert time.monotonic() < until, (self.running, len(self.settled))
                left = n - len(self.settled) - len(self.running)
                if left > 0 and len(self.running) < AT_ONCE + 1:
                    self._launch()
                self.servers.tend(may_kill=True)
                for one in list(self.running):
                    self._follow(one)
                _reap(self.running)
                time.sleep(TICK_S)
            assert not self.servers.zombies()
        finally:
            self.servers.close()

    def _launch(self) -> None:
        """A new job, or another attempt at one that was lost or stopped."""
        fate = self._draw.choice(FATES)
        again = [one.job for one in self.settled if one.expected in (JobState.LOST, JobState.CANCELLED)]
        open_ids = {one.job_id for one in self.running}
        job = next((one for one in again if one.attempt == 1 and one.id not in open_ids), None)
        if job is not None and get_job(self.ws, job.id).attempt == 1 and self._draw.random() < 0.5:
            retry_job(self.ws, self.desk.actor, job.id, nonce=self.desk.nonce())
            fate = self._draw.choice(("finish", "kill", "stop"))
        else:
            job = self._intend(fate)
        now = get_job(self.ws, job.id)
        at_step = self._draw.randint(0, 12)
        self.running.append(Running(now.id, fate, at_step, f"{now.id}-{now.attempt}"))

    def _intend(self, fate: Fate) -> JobView:
        self._launched += 1
        knobs = {
            **self.pattern.spec["parameters"],
            "max_steps": self._draw.randint(8, 30),
            "epochs": self._draw.choice((1.0, 3.0, 8.0)),
            "learning_rate": 0.9 if fate == "fail" else 0.001,
        }
        spec = {**self.pattern.spec, "parameters": knobs}
        nonce, desk = self.desk.nonce(), self.desk

        def work(act: Act) -> str:
            name = f"run {self._launched}"
            return intend_job(
                act, project_id=desk.project_id, kind="train", name=name, provider="local", spec=spec, nonce=nonce
            )

        return get_job(self.ws, perform(self.ws, desk.actor, "launch training", nonce, str, work))

    def _follow(self, one: Running) -> None:
        """Bring its fate about when its moment has come, and note its end."""
        job = get_job(self.ws, one.job_id)
        folder = RunFolder(job.run_dir)
        started = folder.read_started(one.launch_id)
        one.identity = started.identity if started else one.identity
        if one.ended_at is None and one.identity is not None and not is_alive(one.identity):
            one.ended_at = time.monotonic()
        if job.state.is_final:
            self._settle(one, job, folder)
        elif not one.is_done:
            self._meet(one, job, folder)

    def _meet(self, one: Running, job: JobView, folder: RunFolder) -> None:
        is_due = folder.read_started(one.launch_id) is not None and folder.read_progress().step >= one.at_step
        if one.fate == "kill" and is_due and one.identity is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one.identity.pid, signal.SIGKILL)
            one.is_done = True
        elif one.fate == "stop early" or (one.fate == "stop" and is_due):
            cancel_job(self.ws, self.desk.actor, job.id, nonce=self.desk.nonce())
            one.is_done = True

    def _settle(self, one: Running, job: JobView, folder: RunFolder) -> None:
        ended = folder.read_exit(one.launch_id)
        never_started = folder.read_started(one.launch_id) is None
        expected = JobState.CANCELLED if never_started else JobState(ended.state) if ended else JobState.LOST
        took = time.monotonic() - max(one.ended_at or 0.0, self.servers.served_since) if one.ended_at else 0.0
        self.settled.append(Settled(job, one.fate, expected, took))
        self.running.remove(one)


def check_books(town: Town) -> None:
    """Every line a worker wrote is there once, no launch was started twice, and nobody is left."""
    for job in list_jobs(town.ws, town.desk.project_id):
        folder = RunFolder(job.run_dir)
        if job.id == town.pattern.id or not folder.path.exists():
            continue
        written = [event.seq for event in folder.read_events(0)]
        assert [event.seq for event in job_events(town.ws, job.id)] == written == list(range(1, len(written) + 1))
        told = [event.step for event in folder.read_events(0) if "loss" in event.metrics]
        steps = [step for step, _ in job_metrics(town.ws, job.id).get("loss", ())]
        assert steps == sorted(set(told)) == list(range(1, len(steps) + 1)), (job, told)
        starts = folder.path / STARTS
        launches = starts.read_text().split() if starts.exists() else []
        assert len(set(launches)) == len(launches), f"started twice: {launches}"
    assert left_over(town.ws.home) == []


def left_over(home: Path) -> list[int]:
    """Processes that still work below a home."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        is_ours = any(str(home) in word for word in process.info["cmdline"] or ())
        if is_ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.info["pid"])
    return found


def _reap(running: list[Running]) -> None:
    """Take away workers whose server was killed: here the test is what the machine's first process is elsewhere."""
    for one in running:
        if one.identity is not None:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(one.identity.pid, os.WNOHANG)
