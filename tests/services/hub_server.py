"""A hub of datasets on loopback, written after the requests a client makes and not with the client's own code."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


class Hub:
    """What the server was asked and holds."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.url = ""
        self.repos: dict[str, bool] = {}
        """Repository → whether it is private."""
        self.files: dict[str, bytes] = {}
        self.commits: list[str] = []
        self.asked: list[str] = []
        self.is_silent = False


@contextmanager
def serve_hub(token: str) -> Iterator[Hub]:
    """Run one until the block ends."""
    hub, stopped = Hub(token), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(None)

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def answer(self, body: bytes | None) -> None:
            hub.asked.append(f"{self.command} {self.path}")
            if hub.is_silent:
                stopped.wait(30)
                return
            if self.headers.get("Authorization") != f"Bearer {hub.token}":
                self.reply(401, {"error": "Invalid credentials"})
                return
            self.reply(*handle(hub, self.path.partition("?")[0], body))

        def reply(self, status: int, value: Any) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def handle(hub: Hub, path: str, body: bytes | None) -> tuple[int, Any]:
    """The answer to one request."""
    if path == "/api/repos/create":
        return create(hub, json.loads(body or b"{}"))
    if path == "/api/validate-yaml":
        return 200, {"errors": [], "warnings": []}
    parts = path.removeprefix("/api/datasets/").split("/")
    repo, what = "/".join(parts[:2]), parts[2] if len(parts) > 2 else ""
    if repo not in hub.repos:
        return 404, {"error": "Repository not found"}
    if what == "preupload":
        asked = json.loads(body or b"{}")["files"]
        return 200, {"files": [{"path": one["path"], "uploadMode": "regular", "shouldIgnore": False} for one in asked]}
    if what == "commit":
        return commit(hub, repo, body or b"")
    if what == "revision" or not what:
        return 200, {
            "id": repo,
            "private": hub.repos[repo],
            "sha": "0" * 40,
            "siblings": [],
            "tags": [],
            "downloads": 0,
        }
    return 404, {"error": "not known here"}


def create(hub: Hub, asked: dict[str, Any]) -> tuple[int, Any]:
    repo = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
    if repo in hub.repos:
        return 409, {"error": "You already created this dataset repo", "url": f"{hub.url}/datasets/{repo}"}
    hub.repos[repo] = asked.get("visibility") == "private" or asked.get("private") is True
    return 200, {"url": f"{hub.url}/datasets/{repo}", "id": repo}


def commit(hub: Hub, repo: str, body: bytes) -> tuple[int, Any]:
    for line in body.splitlines():
        entry = json.loads(line)
        if entry["key"] == "header":
            hub.commits.append(entry["value"]["summary"])
        elif entry["key"] == "file":
            hub.files[entry["value"]["path"]] = base64.b64decode(entry["value"]["content"])
    oid = f"{len(hub.commits):040x}"
    return 200, {"success": True, "commitOid": oid, "commitUrl": f"{hub.url}/datasets/{repo}/commit/{oid}"}
