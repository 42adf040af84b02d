"""The shifted copy of a test split: by a seed, without a new error, never learnt from, asked from like the split."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import NotAllowedError, StateError
from curation.finetune.base_models import tiny_model
from curation.metrics.answers import Answer
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.states import Shifted, Split
from curation.services import (
    cataloguing,
    evaluating,
    exporting,
    freezing,
    reviewing,
    shifting,
    synthesizing,
)
from curation.services.evaluating import Recorded
from curation.services.freezing import DatasetView
from curation.services.judging import bench_of, check_example, reread
from curation.services.questions import read_questions
from curation.services.row_files import walk_rows
from curation.services.shifting import KINDS, ShiftedView
from curation.synthesizers import SYNTHESIZERS
from curation.synthesizers.shop import demo_tools
from tests.shop_rows import Desk


@pytest.fixture
def frozen(desk: Desk) -> DatasetView:
    """The demo's tools and rows of every kind."""
    cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, demo_tools(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    synthesizing.draft_candidates(
        desk.ws, desk.actor, desk.project_id, SYNTHESIZERS[0].name, count=100, seed=5, nonce=desk.nonce()
    )
    reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["candidate"], nonce=desk.nonce())
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


def make(desk: Desk, version: DatasetView, seed: int = 1, **named) -> ShiftedView:
    return shifting.make_shifted(desk.ws, desk.actor, version.id, seed=seed, nonce=desk.nonce(), **named)


def rows(desk: Desk, version: DatasetView, portion):
    return list(freezing.read_items(desk.ws, version.id, portion))


def test_copy_has_every_row_of_the_split_and_no_new_error(desk: Desk, frozen: DatasetView):
    told: list[tuple[int, int]] = []
    copy = make(desk, frozen, progress=lambda *one: told.append(one))
    before, after = rows(desk, frozen, Split.TEST), rows(desk, frozen, Shifted.TEST)
    assert [one.example_id for one in after] == [one.example_id for one in before]
    assert copy.n_rows == frozen.counts["test"] == len(after)
    for old, new in zip(before, after, strict=True):
        assert new.example != old.example
        assert new.example.group == old.example.group
        assert [len(one.calls or ()) for one in new.example.messages] == [
            len(one.calls or ()) for one in old.example.messages
        ]
    with desk.ws.reading() as connection:
        bench = bench_of(connection, None, None)
    for one in after:
        _, judged = check_example(bench, reread(one.example)[1])
        assert not [found for found in judged if found.severity is Severity.ERROR]


def test_all_changes_reach_nearly_all_rows(desk: Desk, frozen: DatasetView):
    copy = make(desk, frozen)
    assert copy.kinds == KINDS
    assert copy.left_out["shuffle"] == 0
    assert copy.left_out["names"] <= copy.n_rows * 0.1, copy.left_out
    assert copy.left_out["typos"] <= copy.n_rows * 0.2, copy.left_out
    names = [one.view.name for item in rows(desk, frozen, Shifted.TEST) for one in item.example.tools]
    assert "track_order" not in names


def test_same_seed_gives_the_same_bytes_and_another_seed_others(desk: Desk, frozen: DatasetView):
    first = make(desk, frozen, seed=7)
    assert make(desk, frozen, seed=7).hash == first.hash
    other = make(desk, frozen, seed=8)
    assert other.hash != first.hash
    assert len(rows(desk, frozen, Shifted.TEST)) == other.n_rows, "the new copy stands in the place of the old one"


def test_one_kind_of_change_leaves_everything_else(desk: Desk, frozen: DatasetView):
    make(desk, frozen, kinds=["shuffle"])
    for old, new in zip(rows(desk, frozen, Split.TEST), rows(desk, frozen, Shifted.TEST), strict=True):
        assert new.example.messages == old.example.messages
        assert {one.text for one in new.example.tools} == {one.text for one in old.example.tools}
    with pytest.raises(StateError, match="changes nothing"):
        make(desk, frozen, kinds=[])


def test_copy_is_never_learnt_from(desk: Desk, frozen: DatasetView):
    make(desk, frozen)
    shifted_rows = {item.body_hash for item in rows(desk, frozen, Shifted.TEST)}
    assert not shifted_rows & {item.body_hash for item in freezing.read_items(desk.ws, frozen.id)}
    assert freezing.get_dataset(desk.ws, desk.project_id, 1) == frozen
    for split in (Split.TRAIN, Split.VALIDATION):
        assert len({row.example_id for row in walk_rows(desk.ws, frozen.id, split, "router")}) == frozen.counts[split]


def test_copy_is_exported_only_when_it_is_asked_for(desk: Desk, frozen: DatasetView, tmp_path: Path):
    with pytest.raises(StateError, match="no shifted copy"):
        exporting.export_dataset(
            desk.ws, desk.actor, frozen.id, "openai", tmp_path / "none", splits=["test", "test_shifted"]
        )
    copy = make(desk, frozen)
    plain = exporting.export_dataset(desk.ws, desk.actor, frozen.id, "callwright", tmp_path / "a")
    assert [file.split for file in plain.files] == ["train", "validation", "test"]
    manifest = exporting.export_dataset(
        desk.ws, desk.actor, frozen.id, "openai", tmp_path / "b", splits=["train", "test_shifted"]
    )
    assert {file.split: file.rows for file in manifest.files}["test_shifted"] == copy.n_rows
    assert plain.shifted is None
    assert manifest.shifted is not None
    assert (manifest.shifted.seed, manifest.shifted.hash) == (copy.seed, copy.hash)
    lines = (tmp_path / "b" / "dataset-1.test_shifted.jsonl").read_bytes().splitlines()
    assert len(lines) == copy.n_rows
    assert "track_order" not in {tool["function"]["name"] for line in lines for tool in json.loads(line)["tools"]}


def test_models_are_asked_from_the_copy_and_it_stays_then(desk: Desk, frozen: DatasetView, tmp_path: Path):
    base = tiny_model(tmp_path / "tiny", seed=1)
    model = evaluating.register_base(desk.ws, desk.actor, desk.project_id, base, nonce=desk.nonce())
    with pytest.raises(StateError, match="no shifted copy"):
        ask(desk, model.id, Shifted.TEST, 1)
    make(desk, frozen)
    style = "router"
    n = len(read_questions(desk.ws, frozen.id, Shifted.TEST, style))
    assert n == len(read_questions(desk.ws, frozen.id, Split.TEST, style))
    view = ask(desk, model.id, Shifted.TEST, n)
    assert (view.split, view.look_no) == (Shifted.TEST, 1)
    assert evaluating.count_looks(desk.ws, desk.project_id) == 0
    assert evaluating.count_looks(desk.ws, desk.project_id, Shifted.TEST) == 1
    assert shifting.find_shifted(desk.ws, frozen.id).n_looks == 1
    with pytest.raises(StateError, match="so it stays as it is"):
        make(desk, frozen, seed=99)
    with pytest.raises(StateError, match="evaluated on train"):
        ask(desk, model.id, Split.TRAIN, n)


def ask(desk: Desk, model_id: str, split, n: int):
    answers = [Answer(text='{"tool":"no_tool","reason":"small_talk","message":"Hi"}')] * n
    run = Recorded(model_id, answers)
    return evaluating.record_answers(desk.ws, desk.actor, desk.project_id, 1, [run], split=split, nonce=desk.nonce())


def test_making_a_copy_is_an_act_of_leads_written_down(desk: Desk, frozen: DatasetView):
    annotator = Actor(desk.actor.person_id, frozenset({"annotator"}))
    with pytest.raises(NotAllowedError):
        shifting.make_shifted(desk.ws, annotator, frozen.id, seed=1, nonce=desk.nonce())
    copy = make(desk, frozen, seed=4)
    with desk.ws.reading() as connection:
        act, after = connection.execute(text("SELECT act, after FROM audit ORDER BY seq DESC LIMIT 1")).one()
    assert (act, after) == ("make shifted test", f"seed 4, {' '.join(KINDS)}: {copy.hash}")
    assert shifting.find_shifted(desk.ws, frozen.id) == copy
    assert msgspec.json.encode(copy)
