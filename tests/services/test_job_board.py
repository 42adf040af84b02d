"""One list for all that takes long: jobs, imports, drafting, checks of many examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.finetune.base_models import tiny_model
from curation.model.states import JobState
from curation.services import bulk, cataloguing, synthesizing
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_views import Selection
from curation.services.freezing import freeze
from curation.services.job_board import OF_STATE, list_entries, stamp_board
from curation.services.training import launch_training
from curation.synthesizers import SYNTHESIZERS
from curation.synthesizers.shop import demo_tools
from db import jobs
from tests.shop_rows import Desk, make_example

pytestmark = pytest.mark.training


def test_every_state_of_a_job_has_its_word() -> None:
    assert set(OF_STATE) == set(JobState)


def test_runs_drafting_and_checks_stand_in_one_list_open_ones_first(desk: Desk, tmp_path: Path) -> None:
    for n in range(12):
        desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
    freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
    knobs = {"max_length": 2048}
    base = tiny_model(tmp_path / "tiny", seed=1)
    job = launch_training(desk.ws, desk.actor, desk.project_id, 1, base, parameters=knobs, nonce="run")
    change = BulkChange(BulkAct.RECHECK)
    checked = bulk.begin(desk.ws, desk.actor, desk.project_id, Selection(), change, nonce="check")
    before = stamp_board(desk.ws, desk.project_id)
    waiting = {one.id: one for one in list_entries(desk.ws, desk.project_id)}
    assert (waiting[checked].kind, waiting[checked].standing) == ("recheck", "running")
    bulk.run(desk.ws, checked)
    cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, demo_tools(), nonce="tools")
    name = SYNTHESIZERS[0].name
    synthesizing.draft_candidates(desk.ws, desk.actor, desk.project_id, name, count=3, seed=1, nonce="draft")
    first, *rest = list_entries(desk.ws, desk.project_id)
    assert (first.id, first.kind, first.standing, first.is_job) == (job.id, "train", "waiting", True)
    kinds = {one.kind: one.standing for one in rest}
    assert kinds["recheck"] == "done"
    assert kinds[synthesizing.ORIGIN] == "done"
    assert stamp_board(desk.ws, desk.project_id) != before


def test_stamp_of_the_list_stands_still_while_nothing_moves(desk: Desk, tmp_path: Path) -> None:
    for n in range(12):
        desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
    freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
    base = tiny_model(tmp_path / "tiny", seed=1)
    knobs = {"max_length": 2048}
    job = launch_training(desk.ws, desk.actor, desk.project_id, 1, base, parameters=knobs, nonce="run")
    before = stamp_board(desk.ws, desk.project_id)
    assert stamp_board(desk.ws, desk.project_id) == before
    with desk.ws.unit() as unit:
        jobs.update_job(unit.connection, job.id, {"state": "failed", "error": "The disk is full."})
        unit.commit()
    (entry,) = [one for one in list_entries(desk.ws, desk.project_id) if one.id == job.id]
    assert (entry.standing, entry.fact) == ("failed", "The disk is full.")
    assert stamp_board(desk.ws, desk.project_id) != before
