"""A workspace with a frozen version, hosts that train nothing, and one clock for all of them."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import httpx2

from curation.finetune.contract import Provider
from curation.finetune.hosted.profile import FOLDER, Profile, load_profile
from curation.finetune.openai_compatible import OpenAICompatible
from curation.model.states import JobState
from curation.model.values import Json
from curation.services import people
from curation.services.freezing import freeze
from curation.services.hosted_training import launch_hosted
from curation.services.jobs import JobView, cancel_job, get_job
from curation.services.keeping import Keeper
from curation.services.workspace import Workspace, open_workspace
from db import jobs
from tests.hosted.fake_host import KEY, FakeHost
from tests.hosted.pair_rows import correct_call, state_pair
from tests.hosted.weather import Weather
from tests.shop_rows import Desk, make_example, open_desk

MEMORY = "/dev/shm"
START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
NAMES = ("nebius", "azure", "openai", "openai_compatible")
MODEL = "small-model-1"
ENVIRONMENT = {
    "NEBIUS_API_KEY": KEY,
    "AZURE_OPENAI_API_KEY": KEY,
    "AZURE_OPENAI_ENDPOINT": "https://shop.openai.example",
    "OPENAI_API_KEY": KEY,
    "CALLWRIGHT_TUNING_URL": "https://tuning.example/v1",
    "CALLWRIGHT_TUNING_KEY": KEY,
}


def read_profile(name: str = "openai_compatible") -> Profile:
    return load_profile(FOLDER / f"{name}.toml")


class Clock:
    """Moves when asked."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Stage:
    """Everything a hosted launch goes through, but the network."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ws = desk.ws
        self.clock = Clock()
        self.environment = dict(ENVIRONMENT)
        self.hosts = {name: FakeHost(self.clock.seconds) for name in NAMES}
        # Nebius knows no metadata; the launch id comes back in the suffix.
        self.hosts["nebius"].keeps_metadata = False
        self.weather = {name: Weather(host) for name, host in self.hosts.items()}
        self.lines: dict[str, httpx2.BaseTransport] = dict(self.weather)
        """The way to each host."""

    def freeze(self) -> None:
        """The next version, with all there is."""
        desk = self.desk
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce=desk.nonce())

    def provider(self, name: str) -> OpenAICompatible:
        return OpenAICompatible(
            read_profile(name), environment=self.environment, transport=self.lines[name], clock=self.clock.seconds
        )

    def keeper(self) -> Keeper:
        """A keeper with a new mind, as another process would be."""
        providers: dict[str, Provider] = {name: self.provider(name) for name in NAMES}
        return Keeper(self.ws, self.clock.now, providers)

    def launch(self, name: str = "openai_compatible", nonce: str = "", version: int = 1, **knobs: Json) -> JobView:
        desk = self.desk
        return launch_hosted(
            self.ws,
            desk.actor,
            desk.project_id,
            version,
            provider=name,
            parameters={"model": MODEL, **knobs},
            nonce=nonce or desk.nonce(),
        )

    def run(self, keeper: Keeper, job: JobView, seconds: int = 180) -> JobView:
        """Let time pass, second by second, until the job has ended."""
        for _ in range(seconds):
            keeper.step()
            self.clock.pass_by(1)
            if self.look(job).state.is_final:
                break
        return self.look(job)

    def stop_soon(self, job: JobView) -> None:
        """Wait until the host trains, then ask for an end."""
        keeper = self.keeper()
        while self.look(job).step < 2:
            keeper.step()
            self.clock.pass_by(1)
        cancel_job(self.ws, self.desk.actor, job.id, nonce=self.desk.nonce())

    def look(self, job: JobView) -> JobView:
        return get_job(self.ws, job.id)

    def state(self, job: JobView) -> JobState:
        return self.look(job).state

    def remote_id(self, job: JobView) -> str | None:
        with self.ws.reading() as connection:
            record = jobs.find_job(connection, job.id)
        return record.remote_id if record else None


class _SecondDesk(Desk):
    """A desk in a workspace that was furnished before."""

    def __init__(self, ws: Workspace, project_id: str) -> None:
        self.ws = ws
        self.actor = people.local_actor(ws)
        self.project_id = project_id
        self._used = 0

    def nonce(self) -> str:
        """None of those that furnished it."""
        return f"second {super().nonce()}"


@cache
def _furnish(n_pairs: int) -> tuple[Path, str]:
    """A closed workspace, made once a process, and its project: stages are copies of it."""
    home = Path(mkdtemp(dir=_memory()))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with open_desk(home) as desk:
        stage = Stage(desk)
        for n in range(24):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        stage.freeze()
        if n_pairs:
            for n in range(0, n_pairs, 2):
                desk.write(state_pair(f"P-{n:03}"))
                desk.write(correct_call(f"R-{n:03}"))
            stage.freeze()
        return home, desk.project_id


def _memory() -> str | None:
    """In memory where there is a folder for it: nobody pulls the plug here, and thousands of small writes wait less."""
    return MEMORY if os.access(MEMORY, os.W_OK) else None


@contextmanager
def open_stage(n_pairs: int = 0) -> Iterator[Stage]:
    """A stage of its own for whoever asks: version 1 holds conversations; version 2, where pairs are wanted, also half
    of these that are stated and half made of recoveries."""
    template, project_id = _furnish(n_pairs)
    with TemporaryDirectory(dir=_memory()) as folder:
        ws = open_workspace(shutil.copytree(template, Path(folder, "home")))
        try:
            yield Stage(_SecondDesk(ws, project_id))
        finally:
            ws.close()
