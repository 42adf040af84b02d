"""A host behind a real port: requests read whole, answers told as JSON, and not a word on the terminal."""

from __future__ import annotations

import json
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar


class Handler(BaseHTTPRequestHandler):
    """One line to the host; what it is asked the server meets."""

    server: HostServer
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        self.server.meet(self)

    def do_POST(self) -> None:
        self.server.meet(self)

    def read_headers(self) -> dict[str, str]:
        """With names in small letters."""
        return {name.lower(): value for name, value in self.headers.items()}

    def read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def tell(self, status: int, told: Any, headers: dict[str, str] | None = None) -> None:
        """The whole of an answer; bytes go out as they are."""
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.begin(status, len(content), headers)
        self.wfile.write(content)

    def begin(self, status: int, size: int, headers: dict[str, str] | None = None) -> None:
        """The head of an answer of so many bytes."""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(size))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at what the host was asked."""


class HostServer(ThreadingHTTPServer):
    """A host at a port of its own."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.over = threading.Event()
        """Set once nobody is served any more: whoever lets a line wait waits for this."""

    @abstractmethod
    def meet(self, handler: Handler) -> None:
        """One request, from its body to its end."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


Served = TypeVar("Served", bound=HostServer)


@contextmanager
def serve(server: Served) -> Iterator[Served]:
    """Let it answer until the block is left."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
