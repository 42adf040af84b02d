"""A host of chat models that thinks nothing: behind a real port it answers by a script, or goes wrong as it is told.

It counts what it was asked and what it has answered in whole, question by question, and keeps every body it was sent.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from tests.host_serving import Handler, HostServer, serve

KEY = "sk-canary-7e0a93b1d5"
STALL_S = 30.0
Body = dict[str, Any]
Say = Callable[[Body], Body]
"""What was sent → the message that answers it."""
Choose = Callable[[Body], str]
"""What was sent → how the request goes wrong; empty: it does not."""


def say(text: str | None, *, finish: str = "stop", refusal: str | None = None, usage: Body | None = None) -> Body:
    """A completion as the published API has it."""
    told = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
            }
        ],
    }
    return told | ({"usage": usage} if usage else {})


def refuse(words: str) -> Body:
    return {"error": {"message": words, "type": "invalid_request_error", "param": None, "code": None}}


def question_of(body: Body) -> str:
    return str(body["messages"][-1]["content"])


@dataclass
class FakeChatHost:
    """The host; `refusals` are judged before anything is said: a sentence is one."""

    say: Say = lambda body: say("Hello.")
    choose: Choose = lambda body: ""
    refuse: Callable[[Body], str] = lambda body: ""
    refusal_status: int = 400
    key: str = ""
    retry_after: str = "0.2"
    offers: tuple[str, ...] | None = None
    """Names of the models that it lists; None: it knows of no such list."""
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    bodies: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, handler: Handler) -> None:
        """One request, from its body to its end."""
        if handler.command == "GET":
            self._list(handler)
            return
        body = json.loads(handler.read_body())
        headers = handler.read_headers()
        with self._lock:
            self.asked[question_of(body)] += 1
            self.bodies.append(body)
            self.headers.append(headers)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            fault = self.choose(body)
            if fault:
                self.faults[fault] += 1
        try:
            self._meet(handler, body, headers, fault)
        finally:
            with self._lock:
                self._at_once -= 1

    def _list(self, handler: Handler) -> None:
        if self.key and handler.read_headers().get("authorization") != f"Bearer {self.key}":
            handler.tell(401, refuse("Incorrect API key provided."))
        elif self.offers is None or not handler.path.endswith("/models"):
            handler.tell(404, refuse("Not found."))
        else:
            handler.tell(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.offers]})

    def _meet(self, handler: Handler, body: Body, headers: dict[str, str], fault: str) -> None:
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            handler.tell(401, refuse(f"Incorrect API key provided: {headers.get('authorization')}."))
        elif words := self.refuse(body):
            handler.tell(self.refusal_status, refuse(words))
        elif fault in BREAKS:
            BREAKS[fault](handler, json.dumps(self.say(body)).encode())
        elif fault in SAYINGS:
            self._answer(handler, body, SAYINGS[fault])
        elif fault:
            handler.tell(int(fault), refuse("busy"), {"retry-after": self.retry_after} if fault == "429" else {})
        else:
            self._answer(handler, body, self.say(body))

    def _answer(self, handler: Handler, body: Body, told: Body) -> None:
        # Counted ahead of the last byte: who has read the whole of it has been counted.
        with self._lock:
            self.answered[question_of(body)] += 1
        handler.tell(200, told)


def _stay_half_open(handler: Handler, content: bytes) -> None:
    """Half of the answer, and the line stays open with nothing more on it."""
    handler.begin(200, len(content))
    handler.wfile.write(content[: len(content) // 2])
    handler.wfile.flush()
    handler.server.over.wait(STALL_S)
    handler.close_connection = True


def _cut_off(handler: Handler, content: bytes) -> None:
    """Half of the answer, and the line is closed."""
    handler.begin(200, len(content))
    handler.wfile.write(content[: len(content) // 2])
    handler.close_connection = True


def _truncate(handler: Handler, content: bytes) -> None:
    """Half of the answer as if it were the whole."""
    handler.tell(200, content[: len(content) // 2])


def _hang_up(handler: Handler, content: bytes) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True


BREAKS = {"half-open": _stay_half_open, "cut off": _cut_off, "truncated": _truncate, "hung up": _hang_up}
SAYINGS = {
    "refusing": say(None, refusal="I'm sorry, I can't help with that."),
    "off topic": say("Well, the weather is lovely today, is it not?"),
    "cut short": say('{"number": 1', finish="length"),
}
STATUSES = ("500", "502", "503", "429")
FAULTS = (*STATUSES, *BREAKS, *SAYINGS)


class Server(HostServer):
    """The host at a port of its own."""

    def __init__(self, host: FakeChatHost) -> None:
        super().__init__()
        self.host = host

    def meet(self, handler: Handler) -> None:
        self.host.meet(handler)


def serve_chat(host: FakeChatHost) -> AbstractContextManager[Server]:
    return serve(Server(host))
