"""Real servers on loopback that do what a transport in memory cannot: say nothing, drip, hang up, never end."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Behave = Callable[[socket.socket, threading.Event], None]


def say_nothing(line: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def drip(line: socket.socket, over: threading.Event) -> None:
    line.sendall(HEAD + b"Content-Length: 100000\r\n\r\n{")
    while not over.wait(0.02):
        line.sendall(b" ")


def never_end(line: socket.socket, over: threading.Event) -> None:
    line.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over.is_set():
        line.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


def hang_up(line: socket.socket, over: threading.Event) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stop_half_way(line: socket.socket, over: threading.Event) -> None:
    line.sendall(HEAD + b'Content-Length: 200\r\n\r\n{"id": "ftjob-1", "sta')


def stay_half_open(line: socket.socket, over: threading.Event) -> None:
    stop_half_way(line, over)
    line.shutdown(socket.SHUT_RD)
    over.wait(30)


def babble(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


@contextmanager
def serve(behave: Behave) -> Iterator[str]:
    """The address of a server that behaves so to everybody."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def meet(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(5)
            line.recv(65536)
            behave(line, over)

    def listen() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                line, _ = listener.accept()
                people.append(threading.Thread(target=meet, args=(line,), daemon=True))
                people[-1].start()

    people: list[threading.Thread] = []
    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        over.set()
        thread.join()
        for one in people:
            one.join()
        listener.close()
