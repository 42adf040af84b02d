"""Watching a run: whether it moved, where it is, which look is the best, and what people write down about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.errors import CurationError
from curation.finetune.base_models import tiny_model
from curation.finetune.looks import Look, overall
from curation.model.states import JobState
from curation.services import run_noting, run_watching
from curation.services.freezing import freeze
from curation.services.jobs import JobView, get_job, job_metrics, list_jobs
from curation.services.run_watching import (
    find_best,
    list_stretches,
    search_log,
    stamp_listed,
    stamp_run,
    stamp_runs,
    tabulate,
)
from curation.services.training import launch_training
from db import jobs
from db.jobs import EventRecord
from tests.shop_rows import Desk, make_example

pytestmark = pytest.mark.training


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> JobView:
    for n in range(12):
        desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
    freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
    base = tiny_model(tmp_path / "tiny", seed=1)
    knobs = {"max_length": 2048}
    return launch_training(desk.ws, desk.actor, desk.project_id, 1, base, parameters=knobs, nonce="run")


def put(desk: Desk, job: JobView, **values: object) -> JobView:
    """What the keeper would have written."""
    with desk.ws.unit() as unit:
        jobs.update_job(unit.connection, job.id, values)
        unit.commit()
    return get_job(desk.ws, job.id)


def names(job: JobView) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in list_stretches(job)]


def test_stamp_changes_when_the_run_moves_and_only_then(desk: Desk, run: JobView) -> None:
    first, of_all = stamp_run(desk.ws, run.id), stamp_runs(desk.ws, desk.project_id)
    put(desk, run, updated_at="later")
    assert stamp_run(desk.ws, run.id) == first
    put(desk, run, state="running", phase="training", step=1, steps=1000)
    second = stamp_run(desk.ws, run.id)
    assert second != first
    assert stamp_runs(desk.ws, desk.project_id) != of_all
    with desk.ws.unit() as unit:
        jobs.add_events(unit.connection, run.id, [EventRecord(1, "2026-01-01T00:00:00Z", "info", "Hello")])
        unit.commit()
    assert stamp_run(desk.ws, run.id) != second


def test_rail_stands_still_while_a_run_comes_no_percent_further(desk: Desk, run: JobView) -> None:
    put(desk, run, state="running", phase="training", step=10, steps=1000)
    before = stamp_runs(desk.ws, desk.project_id)
    put(desk, run, step=11)
    assert stamp_runs(desk.ws, desk.project_id) == before
    put(desk, run, step=20)
    assert stamp_runs(desk.ws, desk.project_id) != before


def test_jobs_read_already_have_the_stamp_a_page_asks_for(desk: Desk, run: JobView) -> None:
    listed = list_jobs(desk.ws, desk.project_id)
    assert listed
    assert stamp_listed(listed) == stamp_runs(desk.ws, desk.project_id)
    put(desk, run, state="running", phase="training", step=10, steps=1000)
    assert stamp_listed(listed) != stamp_runs(desk.ws, desk.project_id)


def test_stretches_follow_the_phase_and_stop_where_the_run_stopped(desk: Desk, run: JobView) -> None:
    assert names(put(desk, run, state="starting", phase="preparing"))[0] == ("prepare", "now")
    now = put(desk, run, state="running", phase="looking at validation rows", step=2, steps=4)
    assert names(now) == [("prepare", "done"), ("train", "now"), ("save", "ahead")]
    quiet = put(desk, run, phase="training (no sign of life for 6 minutes)")
    assert names(quiet)[1] == ("train", "now")
    assert names(put(desk, run, state="failed", phase=""))[1] == ("train", "ended here")
    assert names(put(desk, run, state="succeeded")) == [("prepare", "done"), ("train", "done"), ("save", "done")]
    assert names(put(desk, run, state="running", phase="validating_files")) == []


def test_best_look_is_the_workers_choice_and_not_the_one_of_lowest_loss() -> None:
    looks = [
        Look(10, 0, {"valid_call_rate": 0.9, "tool_name_accuracy": 0.9, "argument_match": 0.7}),
        Look(20, 0, {"valid_call_rate": 0.9, "tool_name_accuracy": 0.9, "argument_match": 0.8}),
        Look(30, 0, {"valid_call_rate": 0.9, "tool_name_accuracy": 0.9, "argument_match": 0.6}),
    ]
    series: dict[str, list[tuple[int, float]]] = {"loss": [(10, 0.3), (20, 0.2), (30, 0.01)]}
    for look in looks:
        for name, value in look.metrics.items():
            series.setdefault(f"validation_{name}", []).append((look.step, value))
    best = find_best(series)
    assert best is not None
    assert best.step == max(looks, key=lambda look: overall(look.metrics)).step == 20
    assert find_best({"loss": [(1, 2.0)]}) is None


def test_table_holds_every_step_of_every_curve() -> None:
    table = tabulate({"loss": [(1, 2.0), (2, 1.0)], "validation_valid_call_rate": [(2, 0.5)]})
    assert table.names == ("loss", "validation_valid_call_rate")
    assert table.rows == ((1, (2.0, None)), (2, (1.0, 0.5)))


def test_log_is_searched_whatever_the_case() -> None:
    events = [EventRecord(n, "", "info", text) for n, text in enumerate(("Step 1: loss 2", "Kept the adapter"))]
    assert [event.text for event in search_log(events, " LOSS ")] == ["Step 1: loss 2"]
    assert len(search_log(events, "")) == 2


def test_overlay_leaves_out_runs_without_the_curve(desk: Desk, run: JobView) -> None:
    with desk.ws.unit() as unit:
        jobs.add_metrics(unit.connection, run.id, [("loss", 1, 2.0)])
        unit.commit()
    assert job_metrics(desk.ws, run.id)
    assert run_watching.overlay(desk.ws, [run.id], "loss") == {run.id: [(1, 2.0)]}
    assert run_watching.overlay(desk.ws, [run.id], "grad_norm") == {}


def test_notes_are_kept_once_and_name_their_author(desk: Desk, run: JobView) -> None:
    for _ in range(2):
        run_noting.add_note(desk.ws, desk.actor, run.id, "  Twice the rank. ", nonce="note")
    (note,) = run_noting.list_notes(desk.ws, run.id)
    assert (note.text, note.by) == ("Twice the rank.", desk.actor.name)
    with pytest.raises(CurationError, match="needs a few words"):
        run_noting.add_note(desk.ws, desk.actor, run.id, "  ", nonce="empty")
    assert get_job(desk.ws, run.id).state is JobState.INTENT
