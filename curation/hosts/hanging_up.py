"""The way to end a request that is under way: its connection is shut, from whatever thread, and its host sees that."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

CLOSED = -1
_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class HangUp:
    """Knows the connections of one client. Once hung up, that client reaches nobody any more."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._open: list[socket.socket] = []
        self._is_over = False

    def watch(self, what: str, told: Mapping[str, Any]) -> None:
        """Told by the client of everything it does (its `trace`)."""
        if not what.endswith(_OPENED):
            return
        opened = told["return_value"].get_extra_info("socket")
        with self._guard:
            self._open = [one for one in self._open if one.fileno() != CLOSED]
            self._open.append(opened)
            if self._is_over:  # While the connection was being made.
                _shut(opened)

    def now(self) -> None:
        """Shut every connection; whoever waits on one hears at once that the line broke."""
        with self._guard:
            self._is_over = True
            for one in self._open:
                _shut(one)


def _shut(one: socket.socket) -> None:
    # Closing would free the number while another thread waits on it, and wake nobody.
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
