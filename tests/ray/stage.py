"""A cluster, a provider and one launch, with a clock that can be moved."""

from __future__ import annotations

import time
from pathlib import Path

from curation.finetune.contract import Handle, Launch, Status
from curation.finetune.ray import RayProvider
from curation.finetune.run_folder import RunFolder
from tests.ray.fake_cluster import FakeCluster

LIGHT = "tests.worker.light_worker"
PATIENCE_S = 40


class Clock:
    """The real time, moved when asked."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


class Stage:
    """A cluster, a provider, and one launch."""

    def __init__(self, cluster: FakeCluster, folder: Path) -> None:
        self.cluster, self.clock = cluster, Clock()
        self.environment = {**cluster.environment}
        self.provider = RayProvider(LIGHT, environment=self.environment, clock=self.clock)
        self.launch = Launch("launch-7", folder / "run")
        self.folder = RunFolder(self.launch.run_dir)

    @property
    def job(self) -> str:
        return "callwright-launch-7"

    def prepare(self, **knobs: object) -> None:
        parameters = {"max_steps": 5, "epochs": 1, **knobs}
        spec = {"kind": "train", "base": "/models/none", "style": "router", "dataset_hash": "0" * 64}
        self.provider.prepare(self.launch, {**spec, "parameters": self.provider.check(parameters)})

    def start(self, **knobs: object) -> Handle:
        self.prepare(**knobs)
        return self.provider.launch(self.launch)

    def poll(self, after_seq: int = 0) -> Status:
        return self.provider.poll(self.launch, Handle(remote_id=self.job), after_seq)

    def cancel(self) -> None:
        self.provider.cancel(self.launch, Handle(remote_id=self.job))

    def wait_for_step(self, step: int) -> Status:
        until = time.monotonic() + PATIENCE_S
        while (status := self.poll()).step < step:
            assert not status.state.is_final, status
            assert time.monotonic() < until, status
            time.sleep(0.02)
        return status

    def wait_for_end(self) -> Status:
        until = time.monotonic() + PATIENCE_S
        while not (status := self.poll()).state.is_final:
            assert time.monotonic() < until, status
            time.sleep(0.02)
        return status
