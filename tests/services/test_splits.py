"""Splits: even by category and tool at the first draw, and moved by recorded acts alone."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from curation.errors import BlockedError, CurationError, NotAllowedError, NotFoundError, StateError
from curation.model.people import Actor
from curation.model.states import ExampleState, Split
from curation.services import exporting, freezing, people, split_moving, split_shares, writing
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_views import Selection
from curation.services.dealing import Cluster, deal
from curation.services.freezing import DatasetItem, DatasetView
from curation.services.writing import ExampleView
from tests.services.bulk_acts import change_all, take_all_back
from tests.shop_rows import Desk, make_example, make_no_tool_example


def fill(desk: Desk, examples) -> DatasetView:
    desk.bring_in(examples)
    desk.accept_candidates()
    return freeze(desk)


def freeze(desk: Desk) -> DatasetView:
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


def make_cluster(group: str, category: str, *tools: str, n: int = 1) -> Cluster:
    return Cluster(
        (group,), n, tuple((name, n) for name in (f"category {category}", *(f"tool {one}" for one in tools)))
    )


@pytest.fixture
def frozen(desk: Desk) -> DatasetView:
    rows = [make_example(f"A-{i}00", group=f"family {i}") for i in range(20)]
    return fill(desk, [*rows, *(make_no_tool_example(f"Thanks {i}!", group=f"thanks {i}") for i in range(5))])


def group_in(desk: Desk, version: DatasetView, split: Split) -> str:
    return next(item.example.group for item in freezing.read_items(desk.ws, version.id, split)) or ""


def move(desk: Desk, group: str, to: Split, reason: str = "belongs to the new source", **named) -> str:
    return split_moving.move_group(desk.ws, desk.actor, desk.project_id, group, to, reason, nonce=desk.nonce(), **named)


def split_of(desk: Desk, group: str) -> Split:
    return split_moving.plan_move(desk.ws, desk.project_id, group).split


def test_first_draw_is_even_by_category_and_by_tool():
    clusters = [make_cluster(f"g{i}", "single" if i % 2 else "multi_step", f"t{i % 7}", "common") for i in range(700)]
    dealt = deal(clusters, "salt")
    for label in ("category single", "category multi_step", *(f"tool t{n}" for n in range(7))):
        counted = Counter(dealt[one.key] for one in clusters if label in one.weights)
        total = counted.total()
        assert abs(counted[Split.TRAIN] - 0.7 * total) <= 2, label
        assert abs(counted[Split.VALIDATION] - 0.1 * total) <= 2, label
        assert abs(counted[Split.TEST] - 0.2 * total) <= 2, label


@pytest.mark.parametrize("salt", ["salt", "pepper", "mint"])
def test_rare_tool_is_trained_and_tested_and_a_rare_category_is_in_every_split(salt: str):
    clusters = [make_cluster(f"g{i}", "single", "common") for i in range(94)]
    rare = [make_cluster(f"rare {i}", "single", "rare") for i in range(3)]
    odd = [make_cluster(f"odd {i}", "recovery", "common") for i in range(3)]
    dealt = deal([*clusters, *rare, *odd], salt)
    assert {Split.TRAIN, Split.TEST} <= {dealt[one.key] for one in rare}
    assert {dealt[one.key] for one in odd} == set(Split)


def test_many_rare_tools_do_not_push_everything_into_train():
    clusters = [make_cluster(f"g{i}", "single", f"t{i}") for i in range(200)]
    counted = Counter(deal(clusters, "salt").values())
    assert (counted[Split.TRAIN], counted[Split.VALIDATION], counted[Split.TEST]) == (140, 20, 40)


def test_rows_that_are_few_in_every_group_are_shared_out_as_well():
    """One row in five of each group is parallel: no group is that for most of its rows."""
    counts = (("category parallel", 1), ("category single", 4))
    clusters = [Cluster((f"g{i}",), 5, counts if i % 3 else (("category single", 5),)) for i in range(300)]
    dealt = deal(clusters, "salt")
    counted = Counter(dealt[one.key] for one in clusters if one.counts == counts)
    assert (counted[Split.TRAIN], counted[Split.VALIDATION], counted[Split.TEST]) == (140, 20, 40)


def test_deal_depends_on_salt_and_names_alone():
    clusters = [make_cluster(f"g{i}", "single", f"t{i % 5}", n=1 + i % 4) for i in range(100)]
    assert deal(clusters[::-1], "salt") == deal(clusters, "salt") != deal(clusters, "other")


def test_shares_are_told_by_category_and_tool(desk: Desk, frozen: DatasetView):
    desk.write(make_example("B-1"), ExampleState.CANDIDATE)
    told = split_shares.measure_shares(desk.ws, desk.project_id, states=list(ExampleState))
    assert told.wanted == {"train": 0.7, "validation": 0.1, "test": 0.2}
    assert told.all.rows == frozen.counts
    assert {one.name: one.n_drawn for one in told.categories} == {"single": 20, "no_call": 5}
    (tool,) = told.tools
    assert (tool.name, tool.n_drawn, tool.n_undrawn, tool.missing_in) == ("track_order", 20, 1, ())
    assert tool.share(Split.TRAIN) == pytest.approx(0.7)


def test_moved_group_is_in_its_new_split_from_the_next_version_on(desk: Desk, frozen: DatasetView):
    group = group_in(desk, frozen, Split.TRAIN)
    move(desk, group, Split.TEST)
    assert split_of(desk, group) is Split.TEST
    splits = {item.example.group: item.split for item in freezing.read_items(desk.ws, freeze(desk).id)}
    assert splits[group] is Split.TEST
    before = {item.example.group: item.split for item in freezing.read_items(desk.ws, frozen.id)}
    assert before[group] is Split.TRAIN, "what is frozen stays as it is"


def test_group_of_a_frozen_test_split_is_moved_only_after_the_warning(desk: Desk, frozen: DatasetView):
    group = group_in(desk, frozen, Split.TEST)
    assert split_moving.plan_move(desk.ws, desk.project_id, group).tested_in == (1,)
    with pytest.raises(BlockedError, match="test split of v1 holds rows of this group"):
        move(desk, group, Split.TRAIN)
    assert split_of(desk, group) is Split.TEST
    move(desk, group, Split.TRAIN, despite_frozen=True)
    assert split_of(desk, group) is Split.TRAIN


def test_move_is_written_down_and_taken_back(desk: Desk, frozen: DatasetView):
    group = group_in(desk, frozen, Split.TRAIN)
    moved = move(desk, group, Split.VALIDATION, "the same source as the others")
    (shown,) = split_moving.list_moves(desk.ws, desk.project_id)
    assert (shown.groups, shown.before, shown.after) == ((group,), "train", "validation")
    assert (shown.reason, shown.can_be_undone) == ("the same source as the others", True)
    with desk.ws.reading() as connection:
        row = connection.execute(text("SELECT act, object, before, after FROM audit ORDER BY seq DESC LIMIT 1")).one()
    assert tuple(row) == ("move group", f"split of {group}", "train", "validation: the same source as the others")
    split_moving.undo_move(desk.ws, desk.actor, moved, nonce=desk.nonce())
    assert split_of(desk, group) is Split.TRAIN
    assert [one.can_be_undone for one in split_moving.list_moves(desk.ws, desk.project_id)] == [False, False]


def test_move_that_was_followed_by_another_is_not_taken_back(desk: Desk, frozen: DatasetView):
    group = group_in(desk, frozen, Split.TRAIN)
    first = move(desk, group, Split.VALIDATION)
    move(desk, group, Split.TRAIN)
    with pytest.raises(StateError, match="moved again since"):
        split_moving.undo_move(desk.ws, desk.actor, first, nonce=desk.nonce())


def test_groups_with_the_same_row_go_together(desk: Desk):
    fill(desk, [make_example("A-11", group=f"twin {i}") for i in range(2)] + [make_example("A-22", group="other")])
    plan = split_moving.plan_move(desk.ws, desk.project_id, "1")
    assert (plan.group, plan.groups, plan.n_examples) == ("twin 0", ("twin 0", "twin 1"), 2)
    to = Split.TRAIN if plan.split is not Split.TRAIN else Split.VALIDATION
    move(desk, "twin 0", to, despite_frozen=True)
    assert split_of(desk, "twin 1") is to
    assert split_of(desk, "other") is not None
    freeze(desk)


def test_move_says_what_it_lacks(desk: Desk, frozen: DatasetView):
    group = group_in(desk, frozen, Split.TRAIN)
    with pytest.raises(CurationError, match="needs a reason"):
        move(desk, group, Split.TEST, " ")
    with pytest.raises(StateError, match="is in train already"):
        move(desk, group, Split.TRAIN)
    with pytest.raises(NotFoundError, match="no group `nothing`"):
        split_moving.plan_move(desk.ws, desk.project_id, "nothing")
    new = desk.write(make_example("Z-9"))
    with pytest.raises(StateError, match="no split yet"):
        split_moving.plan_move(desk.ws, desk.project_id, new.id)
    annotator = Actor(desk.actor.person_id, frozenset({"annotator"}))
    with pytest.raises(NotAllowedError):
        split_moving.move_group(desk.ws, annotator, desk.project_id, group, "test", "because", nonce=desk.nonce())


def test_split_never_changes_without_a_move(desk: Desk, frozen: DatasetView):
    with desk.ws.unit() as unit, pytest.raises(IntegrityError, match="unless a move is written down"):
        unit.connection.execute(text("UPDATE split_group SET split = 'train' WHERE split = 'test'"))
    move(desk, group_in(desk, frozen, Split.TRAIN), Split.TEST)
    with desk.ws.unit() as unit, pytest.raises(IntegrityError, match="stays written down"):
        unit.connection.execute(text("DELETE FROM split_move"))


def rows_in(desk: Desk, version: DatasetView, split: Split) -> list[DatasetItem]:
    return list(freezing.read_items(desk.ws, version.id, split))


def regroup(desk: Desk, example_id: str, group: str | None) -> ExampleView:
    now = writing.open_example(desk.ws, example_id)
    grouped = msgspec.structs.replace(now.example, group=group)
    return writing.save_example(desk.ws, desk.actor, example_id, now.head_rev, grouped, nonce=desk.nonce())


def test_bulk_edit_of_the_group_takes_no_test_row_into_training(desk: Desk, frozen: DatasetView):
    tested = {one.example_id for one in rows_in(desk, frozen, Split.TEST)}
    annotator = people.add_person(desk.ws, desk.actor, "Ana", ["annotator"], nonce=desk.nonce())
    change = BulkChange(BulkAct.SET_GROUP, group_in(desk, frozen, Split.TRAIN))
    chosen = Selection(ids=tuple(tested))
    done = change_all(desk.ws, annotator, desk.project_id, chosen, change, nonce=desk.nonce())
    assert done.left == {"would go to another split, which a lead does under Versions": len(tested)}
    assert {one.example_id for one in rows_in(desk, freeze(desk), Split.TEST)} == tested


def test_saved_group_that_lies_in_another_split_is_refused_with_the_remedy(desk: Desk, frozen: DatasetView):
    row, group = rows_in(desk, frozen, Split.TEST)[0], group_in(desk, frozen, Split.TRAIN)
    number = writing.open_example(desk.ws, row.example_id).number
    with pytest.raises(BlockedError) as refused:
        regroup(desk, row.example_id, group)
    assert f"Example {number} is in test" in refused.value.message
    assert f"`{group}` is in train" in refused.value.message
    assert "Versions" in refused.value.hint
    assert writing.open_example(desk.ws, row.example_id).head_rev == 1
    move(desk, row.example.group or "", Split.TRAIN, despite_frozen=True)
    assert regroup(desk, row.example_id, group).split is Split.TRAIN


def test_group_in_the_same_split_may_be_set(desk: Desk, frozen: DatasetView):
    one, other = rows_in(desk, frozen, Split.TRAIN)[:2]
    assert regroup(desk, one.example_id, other.example.group).split is Split.TRAIN


@pytest.mark.parametrize("group", ["of nobody yet", None])
def test_group_without_a_split_takes_that_of_the_example_and_keeps_it(
    desk: Desk, frozen: DatasetView, group: str | None
):
    row, trained = rows_in(desk, frozen, Split.TEST)[0], rows_in(desk, frozen, Split.TRAIN)[0]
    view = regroup(desk, row.example_id, group)
    assert (view.group, view.split) == (group, Split.TEST)
    with pytest.raises(BlockedError, match="is in test"):
        regroup(desk, trained.example_id, view.group or view.id)
    desk.bring_in([make_example("B-100", group=view.group or view.id)])
    desk.accept_candidates()
    later = {item.example.messages[0].content: item.split for item in freezing.read_items(desk.ws, freeze(desk).id)}
    assert later["Where is my order B-100?"] is Split.TEST


def test_example_whose_group_was_never_drawn_may_join_any(desk: Desk, frozen: DatasetView):
    assert regroup(desk, desk.write(make_example("B-1")).id, group_in(desk, frozen, Split.TEST)).split is Split.TEST


def test_undo_of_a_group_goes_the_same_road(desk: Desk, frozen: DatasetView):
    row = rows_in(desk, frozen, Split.TEST)[0]
    view = regroup(desk, row.example_id, "of nobody yet")
    move(desk, row.example.group or "", Split.TRAIN)
    with pytest.raises(BlockedError, match="moves no example from one split to another"):
        writing.undo_last(desk.ws, desk.actor, view.id, view.head_rev, nonce=desk.nonce())


def test_bulk_edit_of_a_group_is_not_taken_back_into_another_split(desk: Desk, frozen: DatasetView):
    row = rows_in(desk, frozen, Split.TEST)[0]
    chosen, change = Selection(ids=(row.example_id,)), BulkChange(BulkAct.SET_GROUP, "of nobody yet")
    done = change_all(desk.ws, desk.actor, desk.project_id, chosen, change, nonce=desk.nonce())
    assert done.n_changed == 1
    move(desk, row.example.group or "", Split.TRAIN)
    back = take_all_back(desk.ws, desk.actor, done.id, nonce=desk.nonce())
    assert (back.state, back.n_changed) == ("undone", 0)
    assert writing.open_example(desk.ws, row.example_id).split is Split.TEST


def test_manifest_names_the_moves_before_the_version(desk: Desk, frozen: DatasetView, tmp_path: Path):
    group = group_in(desk, frozen, Split.TRAIN)
    move(desk, group, Split.TEST, "a later delivery")
    second = freeze(desk)
    for version, moved in ((frozen, []), (second, [{"group": group, "before": "train", "after": "test"}])):
        out = tmp_path / str(version.n)
        exporting.export_dataset(desk.ws, desk.actor, version.id, "callwright", out)
        splits = json.loads((out / "manifest.json").read_text())["splits"]
        assert splits["moved"] == [one | {"reason": "a later delivery"} for one in moved]
        assert "by category and tool" in splits["rule"]
    assert msgspec.json.encode(second.counts) != msgspec.json.encode(frozen.counts)


def test_shares_are_read_from_sums_and_say_what_a_walk_says(
    desk: Desk, frozen: DatasetView, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(make_example("B-1"), ExampleState.CANDIDATE)
    move(desk, group_in(desk, frozen, Split.TRAIN), Split.TEST)
    for states in (list(ExampleState), [ExampleState.ACCEPTED]):
        with monkeypatch.context() as patched:
            patched.setattr(split_shares, "SUMMED_BY", ())
            walked = split_shares.measure_shares(desk.ws, desk.project_id, states=states)
        with monkeypatch.context() as patched:
            patched.setattr(split_shares, "_counted", lambda *_: pytest.fail("the rows were walked over"))
            assert split_shares.measure_shares(desk.ws, desk.project_id, states=states) == walked
