"""A stand-in for a Ray head as far as its jobs go: a real server on loopback that runs the commands it is given.

It answers in the words of Ray 2.60, which `test_like_a_real_head.py` compares with a real one. Weather spoils the next
answers: before their effect or after it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, NamedTuple

from curation.processes.environment import SOURCE_ROOT

TOKEN = "a-token-of-the-cluster-0123456789"
Fault = Literal["500", "503 page", "404 page", "hang up", "half", "empty", "list", "another job"]
FAULTS: tuple[Fault, ...] = ("500", "503 page", "404 page", "hang up", "half", "empty", "list", "another job")
CLEAR = (None, True)
STOP_WAIT_S = 10.0
PAGE = b"<html><body><h1>It will be back soon</h1></body></html>"


class Answer(NamedTuple):
    """What goes back."""

    status: int
    content: bytes
    kind: str = "application/json; charset=utf-8"


class FakeJob:
    """One command, run as Ray runs it: by a shell, in a session of its own."""

    def __init__(self, body: dict[str, Any], log: Path) -> None:
        self.body, self.log = body, log
        self.status = "PENDING"
        self.message = "Job has not started yet."
        self.error_type: str | None = None
        self.is_to_stop = False
        self.taken_at = time.time()
        self.ended_at: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.status != "PENDING":
            return
        # What a machine of the cluster has of its own: Callwright.
        env = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT), **self.body.get("runtime_env", {}).get("env_vars", {})}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.body["entrypoint"], shell=True, env=env, stdout=log, stderr=log, start_new_session=True
            )
            # Ray writes this line before, and sends it off after the command has begun to speak.
            time.sleep(0.05)
            log.write(f"Running entrypoint for job {self.body['submission_id']}: {self.body['entrypoint']}\n".encode())
        self.status, self.message = "RUNNING", "Job is currently running."
        if self.is_to_stop:
            self.stop()

    def look(self, most_s: float) -> None:
        """Notice an end, or that it has waited too long."""
        if self.status == "PENDING" and time.time() - self.taken_at > most_s:
            self.give_up(most_s)
        if self.process is not None and self.status == "RUNNING" and (code := self.process.poll()) is not None:
            words = self.log.read_text(encoding="utf-8", errors="replace")
            ends = f"Job entrypoint command failed with exit code {code}, last available logs:\n{words}"
            self._end("SUCCEEDED" if code == 0 else "FAILED", "Job finished successfully." if code == 0 else ends)

    def stop(self, wait_s: float = STOP_WAIT_S) -> None:
        """One that waits for room hears of it when it has begun, and goes on waiting."""
        self.is_to_stop = True
        if self.process is not None and self.status == "RUNNING":
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=wait_s)
            self.kill()
            self._end("STOPPED", "Job was intentionally stopped.")

    def give_up(self, most_s: float) -> None:
        self.error_type = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"
        self._end("FAILED", f"Job supervisor actor failed to start within {most_s} seconds. This timeout can be ...")

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _end(self, status: str, message: str) -> None:
        self.status, self.message, self.ended_at = status, message, int(time.time() * 1000)


class FakeCluster:
    """Jobs by name, what was asked how often, and the weather."""

    def __init__(self, folder: Path, token: str = TOKEN) -> None:
        self.folder, self.token = folder, token
        self.jobs: dict[str, FakeJob] = {}
        self.started: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self.weather: list[tuple[Fault | None, bool]] = []
        """Each spoils one answer: which way, and whether what was asked happens all the same."""
        self.has_room = True
        self.cores = 64
        self.most_wait_s = 900.0
        self.stop_wait_s = STOP_WAIT_S
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CALLWRIGHT_RAY_ADDRESS": self.address,
            "RAY_AUTH_TOKEN": self.token,
            "CALLWRIGHT_RAY_PYTHON": sys.executable,
        }

    def open(self) -> None:
        """Listen, after a pause where it did before."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _make_handler(self))
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Nobody listens any more; jobs go on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def forget(self) -> None:
        """A head that starts anew without a store of its own: its jobs are killed and unknown."""
        for job in self.jobs.values():
            job.kill()
        self.jobs.clear()

    def make_room(self) -> None:
        self.has_room = True
        for job in self.jobs.values():
            self._start(job)

    def answer(self, method: str, path: str, token: str | None, body: dict[str, Any]) -> Answer | None:
        """None: hang up."""
        with self._lock:
            self.asked[f"{method} {path.rpartition('/')[2] or 'jobs'}"] += 1
            fault, happens = self.weather.pop(0) if self.weather else (None, True)
            plain = self._obey(method, path, token, body) if happens else Answer(500, b"")
        return plain if fault is None else _spoil(fault, plain)

    def _obey(self, method: str, path: str, token: str | None, body: dict[str, Any]) -> Answer:
        if token is None:
            return _say(401, "Unauthorized: Missing authentication token")
        if token != f"Bearer {self.token}":
            return _say(403, "Forbidden: Invalid authentication token")
        rest = path.removeprefix("/api/jobs/")
        if method == "POST" and not rest:
            return self._take(body)
        if not rest:
            return _show([self._describe(name) for name in self.jobs])
        name, _, what = rest.partition("/")
        if name not in self.jobs:
            return _say(404, f"Job {name} does not exist")
        self.jobs[name].look(self.most_wait_s)
        if what == "stop":
            self.jobs[name].stop(self.stop_wait_s)
            return _show({"stopped": True})
        if what == "logs":
            return _show({"logs": self.jobs[name].log.read_text(encoding="utf-8")})
        return _show(self._describe(name))

    def _take(self, body: dict[str, Any]) -> Answer:
        name = body["submission_id"]
        if not isinstance(body.get("entrypoint"), str):
            return _say(400, "Traceback (most recent call last):\nTypeError: entrypoint must be a string")
        if name in self.jobs:
            return _say(500, f"Traceback (most recent call last):\nRuntimeError: {name} already exists.")
        self.jobs[name] = job = FakeJob(body, self.folder / f"job-driver-{name}.log")
        self.taken[name] += 1
        job.log.write_text("Runtime env is setting up.\n", encoding="utf-8")
        if self.has_room and body.get("entrypoint_num_cpus", 0) <= self.cores:
            self._start(job)
        return _show({"job_id": name, "submission_id": name})

    def _start(self, job: FakeJob) -> None:
        if job.status == "PENDING":
            self.started[job.body["submission_id"]] += 1
            job.start()

    def _describe(self, name: str) -> dict[str, Any]:
        job = self.jobs[name]
        job.look(self.most_wait_s)
        return {
            "type": "SUBMISSION",
            "submission_id": name,
            "job_id": None,
            "status": job.status,
            "message": job.message,
            "error_type": job.error_type,
            "start_time": int(job.taken_at * 1000),
            "entrypoint": job.body["entrypoint"],
            "metadata": job.body.get("metadata"),
            "end_time": job.ended_at,
            "driver_exit_code": job.process.returncode if job.process else None,
        }


def _say(status: int, words: str) -> Answer:
    return Answer(status, words.encode(), "text/plain; charset=utf-8")


def _show(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode())


def _spoil(fault: Fault, plain: Answer) -> Answer | None:
    spoiled = {
        "500": _say(500, "Traceback (most recent call last):\nRuntimeError: the agent went away"),
        "503 page": Answer(503, PAGE, "text/html"),
        "404 page": Answer(404, PAGE, "text/html"),
        "half": plain._replace(status=200, content=b'{"status": "RUNN'),
        "empty": plain._replace(status=200, content=b"{}"),
        "list": plain._replace(status=200, content=b"[]"),
        "another job": _show({"status": "SUCCEEDED", "submission_id": "raysubmit_another"}),
    }
    return spoiled.get(fault)


def _make_handler(cluster: FakeCluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Hands requests to the cluster."""

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def _answer(self, method: str) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(content) if content else {}
            answer = cluster.answer(method, self.path, self.headers.get("Authorization"), body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

    return Handler


@contextmanager
def open_cluster(folder: Path) -> Iterator[FakeCluster]:
    """A cluster for the time of a block; its jobs end with it."""
    cluster = FakeCluster(folder)
    cluster.open()
    try:
        yield cluster
    finally:
        cluster.close()
        cluster.forget()
