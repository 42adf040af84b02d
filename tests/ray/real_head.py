"""A Ray head of our own for the time of a test: a folder, ports and a token of its own, ended by its process ids."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx2
import psutil

from curation.processes.environment import SOURCE_ROOT

PLACE_VARIABLE = "CALLWRIGHT_TEST_RAY"
USUAL_PLACE = SOURCE_ROOT / ".venv" / "share" / "ray"
"""Where `make test-long` puts Ray: in a folder that nobody else imports from."""
START = "import sys; from ray.scripts.scripts import main; sys.argv[0] = 'ray'; main()"
TOKEN = "the-token-of-a-head-of-our-own-01"
PATIENCE_S = 180


class Head(NamedTuple):
    """Where it is and who may ask."""

    address: str
    process: psutil.Process

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CALLWRIGHT_RAY_ADDRESS": self.address,
            "RAY_AUTH_TOKEN": TOKEN,
            "CALLWRIGHT_RAY_PYTHON": sys.executable,
        }

    def ask(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.address}{path}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)


def find_place() -> Path:
    place = Path(os.environ.get(PLACE_VARIABLE, USUAL_PLACE))
    assert (place / "ray").is_dir(), f"Ray is not in {place}: run `make .venv/ray`."
    return place


def free_port() -> int:
    """Below the range from which Ray takes ports for its workers."""
    for port in range(6400, 9900):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextmanager
def open_head(folder: Path, most_wait_s: int = 900) -> Iterator[Head]:
    """Start it, wait until it takes jobs, and end everything that it started, process by process."""
    port, dashboard = free_port(), 0
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dashboard = probe.getsockname()[1]
    command = [sys.executable, "-c", START, "start", "--head", "--block", "--disable-usage-stats", "--num-cpus=4"]
    command += [f"--port={port}", "--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}"]
    command += ["--node-ip-address=127.0.0.1", f"--temp-dir={folder}", "--object-store-memory=100000000"]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{SOURCE_ROOT}{os.pathsep}{find_place()}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": TOKEN,
        "RAY_JOB_START_TIMEOUT_SECONDS": str(most_wait_s),
        # On a crowded machine its own parts are slow to answer each other, and it would give itself up.
        "RAY_agent_register_timeout_ms": "600000",
        "RAY_health_check_timeout_ms": "120000",
    }
    with (folder.parent / "head.log").open("wb") as log:
        started = subprocess.Popen(command, env=environment, cwd=folder.parent, stdout=log, stderr=log)
    head = Head(f"http://127.0.0.1:{dashboard}", psutil.Process(started.pid))
    try:
        _wait_for(head, started, folder.parent / "head.log")
        yield head
    finally:
        _end(started, folder)


def _wait_for(head: Head, started: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        with suppress(httpx2.HTTPError):
            if head.ask("/api/jobs/").status_code == httpx2.codes.OK:
                return
        assert started.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)


def _end(started: subprocess.Popen[bytes], folder: Path) -> None:
    """Politely first: the one that blocks ends its children. Then whoever still works in the folder of this head."""
    mine = [psutil.Process(started.pid), *_below(started.pid)]
    started.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        started.wait(timeout=20)
    for process in [*mine, *_working_in(folder)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    started.wait()
    psutil.wait_procs(mine, timeout=10)


def _below(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def _working_in(folder: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline"])
    return [one for one in found if any(str(folder) in word for word in one.info["cmdline"] or ())]
