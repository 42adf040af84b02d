"""The host that trains nothing behind a real port, for programs that can only be reached over a line."""

from __future__ import annotations

import threading

from tests.host_serving import Handler, HostServer
from tests.hosted.fake_host import FakeHost


class Server(HostServer):
    """Answers for the host it has at the moment; another one may take its place between two tests."""

    def __init__(self, host: FakeHost) -> None:
        super().__init__()
        self.host = host
        self._one_at_a_time = threading.Lock()

    def meet(self, handler: Handler) -> None:
        content = handler.read_body()
        with self._one_at_a_time:
            answer = self.host.answer(handler.command, handler.path, handler.read_headers(), content)
        handler.tell(*answer)
