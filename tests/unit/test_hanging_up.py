"""Connections of a client can be shut from another thread, and those that ended are forgotten."""

from __future__ import annotations

import socket
from typing import NamedTuple

from curation.hosts.hanging_up import HangUp


class Stream(NamedTuple):
    """A connection as the client's trace tells of it."""

    socket: socket.socket

    def get_extra_info(self, what: str) -> socket.socket:
        assert what == "socket"
        return self.socket


def test_what_ended_is_forgotten_and_what_is_open_is_shut() -> None:
    hang_up = HangUp()
    near, far = socket.socketpair()
    ended = [socket.socketpair() for _ in range(5)]
    for one, other in ended:
        hang_up.watch("connection.connect_tcp.complete", {"return_value": Stream(one)})
        one.close()
        other.close()
    hang_up.watch("connection.start_tls.complete", {"return_value": Stream(near)})
    assert hang_up._open == [near]
    hang_up.now()
    assert far.recv(1) == b""
    near.close()
    far.close()
