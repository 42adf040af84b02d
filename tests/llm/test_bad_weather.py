from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curation.errors import BudgetSpentError
from curation.llm.budget import Budget, Limits, read_requests
from curation.llm.record import FILE, read_exchanges
from tests.llm.fake_chat_host import BREAKS, FAULTS, Server, question_of, serve_chat
from tests.llm.weather import AT_ONCE, Storm, ask_in_storm, judge

ROOT = Path(__file__).parents[2]


def test_a_run_in_bad_weather_ends_with_every_question_answered_once(tmp_path: Path) -> None:
    storm = Storm()
    with serve_chat(storm.host) as server:
        outcomes = ask_in_storm(server.url, tmp_path, 60)
    found = judge(outcomes, tmp_path, storm.host)
    assert found["answered"] >= 50
    assert storm.host.faults.total() >= 15


def test_a_budget_is_kept_in_bad_weather_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    storm = Storm(seed=2)
    with serve_chat(storm.host) as server:
        with pytest.raises(BudgetSpentError):
            ask_in_storm(server.url, tmp_path, 40, Limits(requests=30))
        assert storm.host.asked.total() <= 30 == Budget(tmp_path).spent.requests
        known = _answered(tmp_path)
        before = storm.host.asked.copy()
        outcomes = ask_in_storm(server.url, tmp_path, 40, Limits(requests=90))
    assert 10 < len(known) <= 30
    judge(outcomes, tmp_path, storm.host)
    assert {one: storm.host.asked[one] for one in known} == {one: before[one] for one in known}


def _answered(folder: Path) -> set[str]:
    """The questions that the record has an answer to."""
    return {str(line.asked[-1].content) for line in read_exchanges(folder) if not line.unanswered}


def _kill_half_way(server: Server, folder: Path, count: int, requests: int) -> None:
    """Start a run of its own process, and kill it when half of its questions are answered."""
    command = [sys.executable, "-m", "tests.llm.killed_run", server.url, str(folder), str(count), str(requests)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        while run.poll() is None and len(list(read_exchanges(folder))) < count // 2:
            time.sleep(0.005)
    finally:
        run.send_signal(signal.SIGKILL)
        _, said = run.communicate()
    assert run.returncode == -signal.SIGKILL, said.decode()


def _go_on_after_a_kill(tmp_path: Path, count: int) -> str:
    storm, limits = Storm(seed=3), Limits(requests=2 * count)
    with serve_chat(storm.host) as server:
        _kill_half_way(server, tmp_path, count, 2 * count)
        answered = _answered(tmp_path)
        before = storm.host.asked.copy()
        outcomes = ask_in_storm(server.url, tmp_path, count, limits)
    found = judge(outcomes, tmp_path, storm.host)
    assert len(answered) >= count // 2
    assert {one: storm.host.asked[one] for one in answered} == {one: before[one] for one in answered}
    # Answered to nobody: what was under way when it was killed, and on a busy machine what came after its time.
    too_late = sum(line.ended == "no answer" for line in read_requests(tmp_path))
    too_late -= sum(storm.host.faults[fault] for fault in BREAKS)
    assert storm.host.answered.total() - count <= AT_ONCE + max(0, too_late)
    assert storm.host.asked.total() <= Budget(tmp_path).spent.requests <= 2 * count
    return f"{found} {storm.host.faults} {storm.host.asked.total()} requests, {len(answered)} answered when killed"


def test_a_killed_run_goes_on_and_asks_nothing_twice_that_was_answered(tmp_path: Path) -> None:
    _go_on_after_a_kill(tmp_path, 40)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_thousand_questions_in_bad_weather_with_a_kill_in_the_middle(tmp_path: Path) -> None:
    began = time.monotonic()
    told = _go_on_after_a_kill(tmp_path, 1000)
    assert all(fault in told for fault in FAULTS)
    size = (tmp_path / FILE).stat().st_size
    print(f"{told}, {time.monotonic() - began:.1f} s, {size / 1e6:.1f} MB of record")


def test_questions_are_asked_side_by_side_but_no_more_than_allowed(tmp_path: Path) -> None:
    storm = Storm()
    storm.host.choose = lambda body: ""
    say = storm.host.say

    def think(body: dict[str, object]) -> dict[str, object]:
        time.sleep(0.05)
        return say(body)

    storm.host.say = think
    with serve_chat(storm.host) as server:
        ask_in_storm(server.url, tmp_path, 24)
    assert 4 <= storm.host.most_at_once <= AT_ONCE
    assert {question_of(body) for body in storm.host.bodies} == {f"Question {number}" for number in range(24)}
