"""A running Callwright on its own workspace, for the journeys in a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


@dataclass
class Server:
    """A running Callwright on its own workspace."""

    home: Path
    port: int
    base: str
    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = ()
    log: Path = field(default_factory=Path)
    script: str = "app.py"
    """The launcher; one of the tests' own stands in for what would need a model."""

    def start(self) -> None:
        environment = {**os.environ, "CALLWRIGHT_HOME": str(self.home)}
        command = [sys.executable, "-m", "streamlit", "run", self.script, f"--server.port={self.port}", *self.options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(f"{self.base}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_server(home: Path, *options: str, base_path: str = "") -> Server:
    port = free_port()
    return Server(home, port, f"http://127.0.0.1:{port}{base_path}", options=options, log=home.parent / "server.log")
