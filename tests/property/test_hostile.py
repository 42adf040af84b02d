"""Hostile inputs: an answer each time, soon, from this process alone, while everybody else goes on working."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from curation.errors import CurationError
from curation.model.finding import Finding
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import categories, check_all, check_tool, fingerprint, judge
from curation.toolkits import read_tools
from tests.hostile_inputs import Hostile, draw_inputs, encode, make_row, places_of, seeds

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.alone
ANSWER_S, GAP_S = 1.0, 0.2
READABLE = (
    str(ROOT),
    sys.prefix,
    sys.base_prefix,
    "/usr/lib",
    "/usr/share",
    "/usr/local/lib",
    "/dev/null",
    "/dev/urandom",
)


class Watch:
    """Notes each socket, each file and each program that Python is asked for while it is on."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event.startswith("socket.") and event != "socket.__new__":
            self.seen.append(f"{event} {arguments[1:]}")
        elif event == "open" and isinstance(arguments[0], str | bytes):
            self._note_file(arguments[0], arguments[1])
        elif event == "subprocess.Popen" and "curation.schemas.sandbox" not in str(arguments[1]):
            self.seen.append(f"{event} {arguments[1]}")

    def _note_file(self, name: str | bytes, mode: Any) -> None:
        path = name.decode() if isinstance(name, bytes) else name
        is_read = mode is None or "r" in str(mode)
        if not (is_read and path.startswith(READABLE)) and path != "/dev/null":
            self.seen.append(f"open {path} {mode}")


WATCH = Watch()


class Heartbeat:
    """A second thread that wants to run every 5 ms, and notes how much this thread worked between two beats.

    Counting the work of the other thread leaves out what a crowded machine adds: while the interpreter's lock is free,
    a beat comes at once.
    """

    def __init__(self) -> None:
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.longest_s = 0.0

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        last = time.clock_gettime(self._clock)
        while not self._stop.wait(0.005):
            now = time.clock_gettime(self._clock)
            self.longest_s = max(self.longest_s, now - last)
            last = now


def answer(one: Hostile) -> None:
    """Everything that is done with an input before a person sees it; fails on a refusal without a place."""
    if one.goes_to == "tools":
        try:
            tools = read_tools(one.raw).tools
        except CurationError as error:
            if not str(error):
                raise
            return
        for sourced in tools:
            look_at(check_tool(sourced.tool))
        return
    reading = read_row(one.raw)
    if not isinstance(reading, Reading):
        assert reading.reason
        assert reading.line >= 1
        assert reading.column >= 1
        return
    look_at(check_all(reading))
    categories(reading.example)


def look_at(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert finding.at == "" or finding.at.startswith("/"), finding
        assert finding.message
        fingerprint(finding)
    judge(findings)
    judge(findings, "openai")


def spend(act: Callable[[], None], beat: Heartbeat) -> tuple[float, float]:
    """CPU seconds of this thread, and the longest that the other thread had to wait for it."""
    beat.longest_s = 0.0
    started = time.thread_time()
    act()
    spent = time.thread_time() - started
    time.sleep(0.006 if spent > GAP_S else 0)
    return spent, beat.longest_s


def answer_all(inputs: Iterable[Hostile], port: int) -> int:
    """Answer every input; one that was slow gets two more chances, since a crowded machine is slow too."""
    count = 0
    with Heartbeat() as beat:
        for one in inputs:
            here = one._replace(raw=one.raw.replace(b"{port}", str(port).encode()))
            figures = [spend(lambda here=here: answer(here), beat)]  # type: ignore[misc]
            while len(figures) < 3 and not is_soon(figures):
                figures.append(spend(lambda here=here: answer(here), beat))  # type: ignore[misc]
            assert is_soon(figures), (one.name, one.goes_to, len(one.raw), figures)
            count += 1
    return count


def is_soon(figures: list[tuple[float, float]]) -> bool:
    return min(spent for spent, _ in figures) <= ANSWER_S and min(gap for _, gap in figures) <= GAP_S


@pytest.fixture
def port() -> Iterator[int]:
    """A listener on loopback, for the addresses in the inputs: nobody may ever call."""
    # What the other tests of this process hold is not part of an answer; collections need not walk it.
    gc.collect()
    gc.freeze()
    list(map(answer, (Hostile("warm", "line", b"{}"), Hostile("warm", "tools", b"- a"))))
    with create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.01)
        WATCH.seen.clear()
        WATCH.is_on = True
        try:
            yield listener.getsockname()[1]
        finally:
            WATCH.is_on = False
        with pytest.raises(TimeoutError):
            listener.accept()
    assert WATCH.seen == []


def test_hostile_inputs_are_answered(port: int) -> None:
    assert answer_all(draw_inputs(500, seed=1), port) == 500


@pytest.mark.long
def test_each_row_of_the_corpora_is_answered_at_each_place(port: int) -> None:
    assert answer_all((one for seed in seeds() for one in places_of(seed)), port) > 4_000


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_thousand_inputs_around_the_corpora_are_answered(port: int) -> None:
    assert answer_all(draw_inputs(20_000, seed=20_261_120), port) == 20_000


def test_the_watch_sees_files_and_sockets(tmp_path: Path) -> None:
    WATCH.seen.clear()
    WATCH.is_on = True
    (tmp_path / "file").write_text("x")
    create_server(("127.0.0.1", 0)).close()
    WATCH.is_on = False
    assert {seen.split()[0] for seen in WATCH.seen} == {"open", "socket.bind"}
    WATCH.seen.clear()


def many_calls(parameters: Any, arguments: str, count: int) -> Hostile:
    """One row that asks the same tool many times in one turn."""
    row = make_row(parameters=parameters)
    calls = row["messages"][2]["tool_calls"]
    row["messages"][2]["tool_calls"] = [
        {**calls[0], "id": f"c{n}", "function": {"name": "f", "arguments": arguments.replace("NUMBER", str(n))}}
        for n in range(count)
    ]
    return Hostile(f"{count} calls", "line", encode(row))


RECURSIVE = {"anyOf": [{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": [n]} for n in "qzp"]}
BROAD = {"type": "object", "additionalProperties": {"type": "integer"}, "allOf": [{"allOf": [{}] * 90}] * 90}


def many_names(declared: int, required: int, given: int) -> Hostile:
    """A tool with very many arguments, of which hardly any is the right one."""
    properties = {f"p{n}": {"type": "string", "description": f"Number {n}."} for n in range(declared)}
    parameters = {"type": "object", "properties": properties, "required": [f"r{n}" for n in range(required)]}
    arguments = encode({f"x{n}": n for n in range(given)}).decode()
    return Hostile("many names", "line", encode(make_row(parameters=parameters, arguments=arguments)))


@pytest.mark.parametrize(
    "one",
    [
        many_names(5_000, 20_000, 0),
        many_names(5_000, 0, 8_000),
        many_names(8_000, 4_000, 4_000),
        many_calls(RECURSIVE, '{"a":' * 15 + '"NUMBER"' + "}" * 15, 1_000),
        many_calls(BROAD, "{" + ",".join(f'"k{n}":{n}' for n in range(60)) + ',"n":NUMBER}', 700),
        many_calls({"properties": {"a": {"enum": [f"v{n}" for n in range(400)]}}}, '{"a":"NUMBER"}', 2_000),
        many_calls({"properties": {"a": {"pattern": "^(?=a)(a+)+$"}}}, '{"a":"' + "a" * 400 + 'NUMBER"}', 1_000),
        many_calls({}, '{"a":NUMBER}', 2_000),
    ],
    ids=["required", "unknown", "both", "recursive", "broad", "enum", "pattern", "plain"],
)
def test_a_thousand_calls_together_take_no_longer(one: Hostile, port: int) -> None:
    """Each call is just cheap enough on its own; the row has one share for all of them."""
    assert len(one.raw) < 1_000_000
    assert answer_all([one], port) == 1
