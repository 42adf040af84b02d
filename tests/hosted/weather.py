"""What can happen between a client and a host: thirty-odd faults, each before its effect, after it, or long after."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.hosted.calls import call_of, names_of
from tests.hosted.fake_host import FakeHost

HTML = b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"
LATE_S = 20.0
"""When a request that was given up arrives after all."""


class KillError(BaseException):
    """The keeper's process dies here: nothing may catch this."""


Respond = Callable[[httpx2.Request, dict[str, Any]], httpx2.Response]


@dataclass(frozen=True)
class Fault:
    """One way to go wrong; `when` says whether the host did what it was asked for."""

    name: str
    when: str
    respond: Respond


def _status(status: int, body: bytes = b'{"error":{"message":"busy"}}', **headers: str) -> Respond:
    return lambda request, told: httpx2.Response(status, content=body, headers=headers, request=request)


def _body(change: Callable[[dict[str, Any]], bytes], **headers: str) -> Respond:
    return lambda request, told: httpx2.Response(200, content=change(told), headers=headers, request=request)


def _raise(make: Callable[[str], Exception]) -> Respond:
    def respond(request: httpx2.Request, told: dict[str, Any]) -> httpx2.Response:
        raise make("injected")

    return respond


class _CutStream(httpx2.SyncByteStream):
    """Half an answer, then nothing more."""

    def __init__(self, content: bytes, error: Exception) -> None:
        self._content, self._error = content, error

    def __iter__(self) -> Iterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise self._error


def _cut(error: Callable[[str], Exception]) -> Respond:
    def respond(request: httpx2.Request, told: dict[str, Any]) -> httpx2.Response:
        return httpx2.Response(200, stream=_CutStream(_json(told), error("cut off")), request=request)

    return respond


def _json(told: Any) -> bytes:
    return json.dumps(told).encode()


def _without_id(told: dict[str, Any]) -> bytes:
    return _json({name: value for name, value in told.items() if name not in ("id", "data")})


def _twice_and_mixed(told: dict[str, Any]) -> bytes:
    """Every entry of a list twice, in another order; anything else as it is."""
    if isinstance(told.get("data"), list):
        told = {**told, "data": [*told["data"][1::2], *told["data"], *told["data"][::2]]}
    return _json(told)


def _in_an_unknown_state(told: dict[str, Any]) -> bytes:
    if told.get("object") == "fine_tuning.job":
        told = {**told, "status": "paused_for_safety_review", "fine_tuned_model": None}
    return _json(told)


REDIRECT = _status(307, b"", location="https://elsewhere.example/v1/fine_tuning/jobs")
FAULTS: tuple[Fault, ...] = (
    Fault("500 refused", "before", _status(500)),
    Fault("500 after it was done", "after", _status(500)),
    Fault("500 as HTML", "after", _status(500, HTML)),
    Fault("502 of a proxy", "after", _status(502, HTML)),
    Fault("503 with a wish to wait", "before", _status(503, **{"retry-after": "7"})),
    Fault("503 with a wish to wait for an hour", "before", _status(503, **{"retry-after": "3600"})),
    Fault("504 after it was done", "after", _status(504, HTML)),
    Fault("429 with a wish to wait", "before", _status(429, **{"retry-after": "3"})),
    Fault("429 with nonsense to wait for", "before", _status(429, **{"retry-after": "soon"})),
    Fault("408", "before", _status(408)),
    Fault("409", "after", _status(409)),
    Fault("425", "before", _status(425)),
    Fault("403 as HTML", "before", _status(403, HTML)),
    Fault("404 as HTML", "before", _status(404, HTML)),
    Fault("redirect to another host", "before", REDIRECT),
    Fault("nobody answers the phone", "before", _raise(httpx2.ConnectError)),
    Fault("no connection in time", "before", _raise(httpx2.ConnectTimeout)),
    Fault("sending takes too long", "before", _raise(httpx2.WriteTimeout)),
    Fault("no answer in time, nothing done", "before", _raise(httpx2.ReadTimeout)),
    Fault("no answer in time, done", "after", _raise(httpx2.ReadTimeout)),
    Fault("no answer in time, done much later", "late", _raise(httpx2.ReadTimeout)),
    Fault("dropped before", "before", _raise(httpx2.RemoteProtocolError)),
    Fault("dropped after", "after", _raise(httpx2.RemoteProtocolError)),
    Fault("dropped in the middle of the answer", "after", _cut(httpx2.ReadError)),
    Fault("half open after half the answer", "after", _cut(httpx2.ReadTimeout)),
    Fault("truncated JSON", "after", _body(lambda told: _json(told)[: len(_json(told)) // 2])),
    Fault("200 with a sign-in page", "before", _body(lambda told: HTML, **{"content-type": "text/html"})),
    Fault("200 with HTML, done", "after", _body(lambda told: HTML, **{"content-type": "text/html"})),
    Fault("empty body", "after", _body(lambda told: b"")),
    Fault("an empty object", "after", _body(lambda told: b"{}")),
    Fault("null", "after", _body(lambda told: b"null")),
    Fault("a list instead of an object", "after", _body(lambda told: _json([told]))),
    Fault("fields missing", "after", _body(_without_id)),
    Fault("not UTF-8", "after", _body(lambda told: b'{"id": "\xff\xfe"}')),
    Fault("no gzip though it says so", "after", _body(_json, **{"content-encoding": "gzip"})),
    Fault("gzip cut off", "after", _body(lambda told: gzip.compress(_json(told))[:-9], **{"content-encoding": "gzip"})),
    Fault("entries twice and mixed", "after", _body(_twice_and_mixed)),
    Fault("an unknown state", "after", _body(_in_an_unknown_state)),
)
Choose = Callable[[str], Fault | str | None]
"""Call → what happens to it: a fault, `kill before`, `kill after`, or nothing."""


@dataclass(frozen=True)
class Exchange:
    """What the host was asked, and what it said."""

    request: httpx2.Request
    status: int
    told: dict[str, Any]


class Weather(httpx2.BaseTransport):
    """Carries requests to the host, or does not."""

    def __init__(self, host: FakeHost, choose: Choose = lambda call: None) -> None:
        self.host = host
        self.choose = choose
        self.requests: list[httpx2.Request] = []
        self.exchanges: list[Exchange] = []
        self._under_way: list[tuple[float, httpx2.Request]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.deliver_late()
        request.read()
        self.requests.append(request)
        what = self.choose(call_of(request.method, names_of(request.url.path)))
        if what == "kill before":
            raise KillError
        if what == "kill after":
            self._reach(request)
            raise KillError
        if isinstance(what, Fault):
            return self._go_wrong(what, request)
        status, told = self._reach(request)
        return httpx2.Response(status, json=told, request=request)

    def deliver_late(self) -> None:
        """Let requests arrive whose clients have long given up."""
        now = self.host.clock()
        arrived = [request for at, request in self._under_way if at <= now]
        self._under_way = [(at, request) for at, request in self._under_way if at > now]
        for request in arrived:
            self._reach(request)

    def _go_wrong(self, fault: Fault, request: httpx2.Request) -> httpx2.Response:
        told: dict[str, Any] = {}
        if fault.when == "after":
            status, told = self._reach(request)
            if status >= 400:
                return httpx2.Response(status, json=told, request=request)
        elif fault.when == "late":
            self._under_way.append((self.host.clock() + LATE_S, request))
        return fault.respond(request, told)

    def _reach(self, request: httpx2.Request) -> tuple[int, dict[str, Any]]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        status, told = self.host.answer(request.method, request.url.raw_path.decode(), headers, request.content)
        self.exchanges.append(Exchange(request, status, told))
        return status, told
