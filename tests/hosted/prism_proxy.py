"""Stoplight's Prism between our client and a host: it knows the published document and nothing of our code."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.hosted.calls import call_of, names_of
from tests.hosted.published_api import published

FOLDER = Path(__file__).parent / "prism"
PROGRAM = FOLDER / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
START_S = 120.0


def find_node() -> str | None:
    """Node, where it and Prism are installed."""
    return shutil.which("node") if PROGRAM.is_file() else None


@contextmanager
def hold_to_document(node: str, upstream: str, folder: Path) -> Iterator[str]:
    """The address of a Prism that passes on to `upstream` what is as published, and refuses the rest both ways."""
    document = folder / "published.json"
    document.write_text(json.dumps(published()), encoding="utf-8")
    port = _free_port()
    command = [node, str(PROGRAM), "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors", str(document), upstream]
    with (folder / "prism.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        _wait_for(port, process, folder / "prism.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Prism did not start in {START_S:g} s: {log.read_text()}")


@dataclass
class Detour(httpx2.BaseTransport):
    """Sends what is meant for a host through Prism, and keeps every fault that Prism tells."""

    address: str
    faults: list[str] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Clients come and go with their keepers, and none says goodbye: no line outlives its answer.
        self._line = httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        path = request.url.raw_path.decode().partition("/v1")[2]
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        sent = httpx2.Request(request.method, f"{self.address}{path}", headers=headers, content=request.content)
        response = self._line.handle_request(sent)
        response.read()
        call = call_of(request.method, names_of(request.url.path))
        self.calls.add(call)
        self.faults += [f"{call}: {one}" for one in _list_told(response)]
        return response


def _list_told(response: httpx2.Response) -> list[str]:
    """What Prism found: in the answer it gives instead of the host's, or in a header beside the host's own."""
    if "problem+json" in response.headers.get("content-type", ""):
        told = response.json().get("validation", [response.json()])
    else:
        told = json.loads(response.headers.get("sl-violations", "[]"))
    # The document names no refusals at all; that a host refuses breaks nothing.
    return [json.dumps(one) for one in told if not (response.status_code >= 400 and _is_about_status(one))]


def _is_about_status(told: dict[str, object]) -> bool:
    return told.get("severity") == "Warning" and "returned status code" in str(told.get("message"))
