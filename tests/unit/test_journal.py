"""How long a job still takes, by what its steps took so far."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.finetune import journal
from curation.finetune.journal import Journal
from curation.finetune.run_folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path)
    made.create()
    return made


def reach(folder: RunFolder, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[float, int]], total: int) -> Journal:
    """A journal that reached these steps at these seconds."""
    now = 0.0
    monkeypatch.setattr(journal.time, "monotonic", lambda: now)
    told = Journal(folder, "launch")
    told.enter("answering", steps=total)
    for now, step in steps:  # noqa: B007 (the clock reads it)
        told.reach(step, total)
    return told


@pytest.mark.parametrize(
    ("steps", "total", "left"),
    [
        ([(10.0, 1), (20.0, 2)], 5, 30.0),
        ([(64.0, 64), (128.0, 128)], 200, 72.0),
        ([(64.0, 64), (128.0, 128), (200.0, 200)], 200, 0.0),
    ],
)
def test_time_left_is_by_step_however_many_are_done_at_once(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[float, int]], total: int, left: float
) -> None:
    reach(folder, monkeypatch, steps, total)
    assert folder.read_progress().eta_s == pytest.approx(left)


def test_silence_is_measured_by_the_whole_pause(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    reach(folder, monkeypatch, [(64.0, 64), (128.0, 128)], 200)
    assert folder.read_progress().slowest_s == pytest.approx(64.0)


def test_events_go_on_behind_those_of_a_folder_that_is_gone(folder: RunFolder) -> None:
    told = Journal(folder, "second", last_seq=5)
    told.say("Begun anew.")
    told.catch_up()
    told.say("Going on.")
    assert [one.seq for one in folder.read_events(5)] == [6, 7]
    again = Journal(folder, "third", last_seq=6)
    again.say("Behind what the folder knows.")
    assert [one.seq for one in folder.read_events(7)] == [8]
