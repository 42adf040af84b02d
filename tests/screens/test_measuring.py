"""What is measured once: for each state of the workspace, and hints for a minute while people go on working."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.services import cataloguing, impact, writing
from tests.screens.stage import Stage, make_tool, staged
from tests.shop_rows import make_example
from ui import measuring


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with staged(home) as opened:
        monkeypatch.setattr(measuring, "workspace", lambda: opened.ws)
        yield opened


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The projects counted so far; counting takes a moment."""
    calls: list[str] = []

    def count(_: object, project_id: str) -> int:
        calls.append(project_id)
        time.sleep(0.05)
        return len(calls)

    monkeypatch.setattr(impact, "count_behind", count)
    return calls


def write(stage: Stage, n: int) -> None:
    writing.new_example(stage.ws, stage.actor, stage.project.id, make_example(f"A-{n}"), nonce=f"example {n}")


def test_work_on_examples_counts_nothing_anew_and_a_change_of_tools_does(
    stage: Stage, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = stage.project.id
    assert measuring.count_behind(project) == 1
    write(stage, 1)
    assert measuring.count_behind(project) == 1
    cataloguing.save_tool(stage.ws, stage.actor, project, make_tool("pay", '{"type":"object"}'), nonce="tool")
    assert measuring.count_behind(project) == 2
    write(stage, 2)
    monkeypatch.setattr(measuring, "MOST_SECONDS", -1.0)
    assert measuring.count_behind(project) == 3
    assert measuring.count_behind(project) == 3


def test_several_who_ask_at_once_share_one_count(stage: Stage, counted: list[str]) -> None:
    asking = [threading.Thread(target=measuring.count_behind, args=(stage.project.id,)) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(counted) == 1
