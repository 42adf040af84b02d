"""Splits, dataset versions and exports."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import BlockedError, CurationError, NotFoundError, StateError, UnwritableError
from curation.formats import FORMATS, get_format
from curation.formats.files import Rows
from curation.model.example import Example, Message, Waiver
from curation.model.states import ExampleState, Split
from curation.services import (
    browsing,
    cataloguing,
    exporting,
    freezing,
    projects,
    splitting,
    writing,
)
from curation.services.dealing import Cluster
from curation.services.freezing import DatasetView
from curation.services.projects import need_project
from curation.services.splitting import draw_splits
from db import datasets
from tests.shop_rows import Desk, make_example, make_no_tool_example, make_tool


def freeze(desk: Desk, **named) -> DatasetView:
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce(), **named)


def freeze_rows(desk: Desk) -> DatasetView:
    """A hundred accepted rows in twenty-five families, frozen as version 1."""
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    desk.bring_in([make_example(f"A-{i}00", group=f"family {i % 20}") for i in range(80)])
    desk.bring_in([make_no_tool_example(f"Thanks {i}!", group=f"thanks {i % 5}") for i in range(20)])
    desk.accept_candidates()
    return freeze(desk)


@pytest.fixture(scope="module")
def frozen(shared: Desk) -> DatasetView:
    return freeze_rows(shared)


@pytest.fixture
def fresh(desk: Desk) -> DatasetView:
    return freeze_rows(desk)


def test_version_takes_accepted_work_in_three_splits(desk: Desk, fresh: DatasetView):
    desk.write(make_example("draft"))
    assert sum(fresh.counts.values()) == 100
    assert 65 <= fresh.counts["train"] <= 75
    assert 5 <= fresh.counts["validation"] <= 15
    assert 15 <= fresh.counts["test"] <= 25
    assert (fresh.n, fresh.catalogue_n) == (1, 1)
    assert freezing.get_dataset(desk.ws, desk.project_id, 1) == fresh
    assert freezing.list_datasets(desk.ws, desk.project_id) == (fresh,)


def test_no_group_is_split_and_every_split_has_no_tool_rows(shared: Desk, frozen: DatasetView):
    splits: dict[str, set[Split]] = {}
    no_tool: Counter[Split] = Counter()
    for item in freezing.read_items(shared.ws, frozen.id):
        splits.setdefault(item.example.group or "", set()).add(item.split)
        no_tool[item.split] += item.example.messages[-1].label is not None
    assert {len(one) for one in splits.values()} == {1}
    assert min(no_tool[split] for split in Split) >= 1


def test_groups_keep_their_split_for_ever(desk: Desk, fresh: DatasetView):
    before = {item.example_id: item.split for item in freezing.read_items(desk.ws, fresh.id)}
    desk.bring_in([make_example(f"B-{i}00", group=f"new {i}") for i in range(40)])
    desk.bring_in([make_example(f"C-{i}00", group=f"family {i}") for i in range(20)])
    desk.accept_candidates()
    second = freeze(desk)
    family = {item.example.group: item.split for item in freezing.read_items(desk.ws, fresh.id)}
    for item in freezing.read_items(desk.ws, second.id):
        assert before.get(item.example_id, item.split) is item.split
        assert family.get(item.example.group, item.split) is item.split
    assert {item.example_id: item.split for item in freezing.read_items(desk.ws, fresh.id)} == before


def test_later_edits_do_not_reach_a_frozen_version(desk: Desk, fresh: DatasetView):
    first = next(freezing.read_items(desk.ws, fresh.id))
    writing.save_example(desk.ws, desk.actor, first.example_id, 1, make_example("Z-99"), nonce=desk.nonce())
    writing.archive_example(desk.ws, desk.actor, first.example_id, nonce=desk.nonce())
    assert next(freezing.read_items(desk.ws, fresh.id)) == first


def test_digest_covers_bodies_and_splits_in_order(shared: Desk, frozen: DatasetView):
    items = list(freezing.read_items(shared.ws, frozen.id))
    lines = "".join(f"{item.body_hash} {item.split}\n" for item in items)
    assert frozen.hash == hashlib.sha256(lines.encode()).hexdigest()


def test_nothing_accepted_cannot_be_frozen(desk: Desk):
    desk.write()
    with pytest.raises(StateError, match="nothing to freeze"):
        freeze(desk)


def test_lead_may_add_the_rest_marked_unreviewed(desk: Desk):
    desk.write(make_example("A-11"), state=ExampleState.CANDIDATE)
    desk.accept_candidates()
    desk.write(make_example("A-22"))
    desk.write(make_example("A"))
    version = freeze(desk, include_unreviewed=True)
    reviewed = [item.reviewed for item in freezing.read_items(desk.ws, version.id)]
    assert reviewed == [True, False], "the third has an error and stays out"


def test_accepted_work_a_new_target_refuses_stands_in_the_way(desk: Desk, fresh: DatasetView):
    projects.set_target(desk.ws, desk.actor, desk.project_id, "mistral", nonce=desk.nonce())
    assert browsing.glance(desk.ws, desk.project_id).n_with_errors == 80
    with pytest.raises(BlockedError, match="80 accepted examples have errors"):
        freeze(desk)
    projects.set_target(desk.ws, desk.actor, desk.project_id, None, nonce=desk.nonce())
    assert freeze(desk).hash == fresh.hash


def test_rows_that_are_the_same_are_never_split(desk: Desk):
    twins = [make_example("A-11", group=f"g{i}") for i in range(30)]
    desk.bring_in(twins)
    desk.accept_candidates()
    assert sorted(freeze(desk).counts.values()) == [0, 0, 30]


def test_row_that_turns_up_in_two_splits_later_is_refused(desk: Desk, fresh: DatasetView):
    items = list(freezing.read_items(desk.ws, fresh.id))
    train = next(item for item in items if item.split is Split.TRAIN)
    test = next(item for item in items if item.split is Split.TEST)
    copy = msgspec.structs.replace(train.example, group=test.example.group)
    desk.bring_in([copy])
    desk.accept_candidates()
    with pytest.raises(BlockedError, match="the same row in train and test"):
        freeze(desk)


def test_draw_depends_on_salt_and_names_alone():
    clusters = [Cluster((f"g{i}",), 1 + i % 3, (("category single", 1 + i % 3),)) for i in range(50)]
    first = draw_splits(clusters, {}, "salt")
    assert draw_splits(list(reversed(clusters)), {}, "salt") == first
    assert draw_splits(clusters, {}, "other") != first


def test_later_draws_follow_the_shares(desk: Desk):
    clusters = [Cluster((f"g{i}",), 1, (("category single", 1),)) for i in range(3000)]
    counts = Counter(draw_splits(clusters, {"old": Split.TRAIN}, "salt").values())
    assert abs(counts[Split.TRAIN] - 2100) < 100
    assert abs(counts[Split.VALIDATION] - 300) < 60
    assert abs(counts[Split.TEST] - 600) < 80


@pytest.mark.parametrize("name", [fmt.name for fmt in FORMATS if fmt.write and not fmt.needs_pair])
def test_export_is_the_same_bytes_each_time(shared: Desk, frozen: DatasetView, tmp_path: Path, name: str):
    manifests = [
        exporting.export_dataset(shared.ws, shared.actor, frozen.id, name, tmp_path / folder) for folder in ("a", "b")
    ]
    assert manifests[0] == manifests[1]
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    for file in manifests[0].files:
        content = (tmp_path / "a" / file.name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert count_rows(name, content) == file.rows
    for beside in manifests[0].companions:
        content = (tmp_path / "a" / beside.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (beside.size_bytes, beside.sha256)


def count_rows(name: str, content: bytes) -> int:
    rows = Rows(io.BytesIO(content), "rows.csv" if name == "csv" else "rows.jsonl")
    return sum(1 for _ in rows.read(get_format(name)))


def test_manifest_names_version_losses_and_digests(shared: Desk, frozen: DatasetView, tmp_path: Path):
    exporting.export_dataset(shared.ws, shared.actor, frozen.id, "openai", tmp_path / "rows.jsonl")
    assert sorted(path.name for path in tmp_path.glob("rows*")) == [
        "rows.jsonl",
        "rows.manifest.json",
        "rows.test.jsonl",
        "rows.validation.jsonl",
    ]
    manifest = json.loads((tmp_path / "rows.manifest.json").read_text())
    assert (manifest["dataset"], manifest["dataset_hash"], manifest["catalogue"]) == (1, frozen.hash, 1)
    assert {file["split"]: file["rows"] for file in manifest["files"]} == frozen.counts
    assert "label" in " ".join(loss["what"] for loss in manifest["losses"])
    with shared.ws.reading() as connection:
        salt = need_project(connection, shared.project_id).split_salt
    assert (manifest["splits"]["salt"], manifest["splits"]["shares"]) == (
        salt,
        {"train": 0.7, "validation": 0.1, "test": 0.2},
    )
    preview = exporting.preview_export(shared.ws, frozen.id, "openai")
    assert preview.counts == frozen.counts
    assert [loss.what for loss in preview.losses] == [loss["what"] for loss in manifest["losses"]]


def test_manifest_counts_what_was_kept_anyway_with_the_reasons(desk: Desk, tmp_path: Path):
    examples = [make_example(f"A-{n}00", group=f"g{n}") for n in range(12)]
    reasons = ["the tool is old"] * 3 + ["both are right"]
    for number, reason in enumerate(reasons):
        waiver = Waiver(rule="ungrounded-value", fingerprint=f"mark {number}", reason=reason)
        examples[number] = msgspec.structs.replace(examples[number], waivers=(waiver,))
    desk.bring_in(examples)
    desk.accept_candidates()
    version = freeze(desk)
    for name in ("callwright", "openai"):
        manifest = exporting.export_dataset(desk.ws, desk.actor, version.id, name, tmp_path / name)
        assert {(one.rule, one.reason): one.findings for one in manifest.kept} == {
            ("ungrounded-value", "the tool is old"): 3,
            ("ungrounded-value", "both are right"): 1,
        }
    assert exporting.preview_export(desk.ws, version.id, "openai").kept == manifest.kept


def test_one_split_is_one_file(shared: Desk, frozen: DatasetView, tmp_path: Path):
    exporting.export_dataset(shared.ws, shared.actor, frozen.id, "callwright", tmp_path / "t.jsonl", splits=["test"])
    assert len((tmp_path / "t.jsonl").read_bytes().splitlines()) == frozen.counts["test"]
    out = io.BytesIO()
    exporting.stream_split(shared.ws, shared.actor, frozen.id, "callwright", Split.TEST, out)
    assert out.getvalue() == (tmp_path / "t.jsonl").read_bytes()


def test_manifest_vouches_for_files_that_are_all_in_place(shared: Desk, frozen: DatasetView, tmp_path: Path):
    (tmp_path / "out" / "dataset-1.test.jsonl").mkdir(parents=True)
    with pytest.raises(UnwritableError, match="failed"):
        exporting.export_dataset(shared.ws, shared.actor, frozen.id, "openai", tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def last_deed(desk: Desk) -> tuple[str, str]:
    with desk.ws.reading() as connection:
        row = connection.execute(text("SELECT act, after FROM audit ORDER BY seq DESC LIMIT 1")).one()
    return row[0], row[1]


def test_rows_that_leave_through_a_pipe_are_audited(shared: Desk, frozen: DatasetView):
    out = io.BytesIO()
    exporting.stream_split(shared.ws, shared.actor, frozen.id, "openai", Split.TEST, out)
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    assert last_deed(shared) == ("export", f"openai test:{digest}")


def test_pipe_that_closes_early_is_audited_for_what_went_through(shared: Desk, frozen: DatasetView):
    class Closing(io.BytesIO):
        def write(self, data) -> int:
            if self.tell():
                raise BrokenPipeError
            return super().write(data)

    out = Closing()
    with pytest.raises(BrokenPipeError):
        exporting.stream_split(shared.ws, shared.actor, frozen.id, "openai", Split.TEST, out)
    assert last_deed(shared) == ("export", f"openai test:{hashlib.sha256(out.getvalue()).hexdigest()}")


def make_unsafe_retry() -> Example:
    """An order is tracked, nobody knows whether it worked, and it is tracked again."""
    first, *_ = make_example().messages[1].calls or ()
    again = msgspec.structs.replace(first, id="call_2")
    question, _, result, answer = make_example().messages
    return msgspec.structs.replace(
        make_example(),
        messages=(
            question,
            Message(role="assistant", calls=(first,)),
            Message(role="tool", content='{"error":"timeout"}', tool_call_id="call_1"),
            Message(role="assistant", calls=(again,)),
            msgspec.structs.replace(result, tool_call_id="call_2"),
            answer,
        ),
    )


@pytest.fixture
def judged_long_ago(desk: Desk) -> str:
    """A version an older checker let pass, although its own catalogue says that the tool destroys something."""
    harmless = make_tool()
    harmful = msgspec.structs.replace(harmless, side_effect="destructive", idempotent=False)
    saved = cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, harmful, nonce=desk.nonce())
    published = cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    view = desk.write(make_unsafe_retry())
    with desk.ws.unit() as unit:
        (member,) = datasets.list_members(unit.connection, desk.project_id, [ExampleState.DRAFT])
        record = datasets.VersionRecord(
            "old", desk.project_id, 1, "hash", published.id, None, "1-older", '{"train":1}', view.updated_by, "2026"
        )
        datasets.add_version(unit.connection, record, [member], {member.group_key: Split.TRAIN})
        unit.commit()
    # The catalogue of today says nothing about the version, which keeps its own tools.
    cataloguing.save_tool(
        desk.ws, desk.actor, desk.project_id, harmless, tool_id=saved.id, base_revision=1, nonce=desk.nonce()
    )
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    return "old"


def test_version_judged_long_ago_is_judged_again_by_its_own_tools(desk: Desk, judged_long_ago: str, tmp_path: Path):
    with pytest.raises(BlockedError, match="may already have worked"):
        exporting.export_dataset(desk.ws, desk.actor, judged_long_ago, "openai", tmp_path / "out")
    with pytest.raises(BlockedError, match="may already have worked"):
        exporting.stream_split(desk.ws, desk.actor, judged_long_ago, "openai", Split.TRAIN, io.BytesIO())


def test_errors_may_be_allowed_for_files_and_for_pipes(desk: Desk, judged_long_ago: str, tmp_path: Path):
    exporting.export_dataset(desk.ws, desk.actor, judged_long_ago, "openai", tmp_path / "x.jsonl", allow_errors=True)
    out = io.BytesIO()
    exporting.stream_split(desk.ws, desk.actor, judged_long_ago, "openai", Split.TRAIN, out, allow_errors=True)
    assert out.getvalue() == (tmp_path / "x.jsonl").read_bytes() != b""
    assert last_deed(desk)[1].endswith(" (errors allowed)")


def test_export_that_fails_leaves_no_file(shared: Desk, frozen: DatasetView, tmp_path: Path):
    (tmp_path / "folder").write_text("a file where a folder should be")
    with pytest.raises(UnwritableError):
        exporting.export_dataset(shared.ws, shared.actor, frozen.id, "openai", tmp_path / "folder" / "rows.jsonl")
    with pytest.raises(CurationError, match="at least one split"):
        exporting.export_dataset(shared.ws, shared.actor, frozen.id, "openai", tmp_path / "out", splits=[])
    with pytest.raises(NotFoundError):
        exporting.export_dataset(shared.ws, shared.actor, "none", "openai", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["folder"]


def test_what_changes_while_splits_are_drawn_is_drawn_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring_in([make_example(f"A-{i}00", group=f"family {i}") for i in range(20)])
    desk.accept_candidates()
    held, plan = [], freezing.plan_draw

    def plan_slowly(connection, project, members):
        planned = plan(connection, project, members)
        if not held:
            held.append(len(members))
            desk.bring_in([make_example("B-100", group="late")])
            desk.accept_candidates()
        return planned

    monkeypatch.setattr(freezing, "plan_draw", plan_slowly)
    version = freeze(desk)
    assert held == [20], "drawn before the lock is taken"
    assert sum(version.counts.values()) == 21
    assert "late" in {item.example.group for item in freezing.read_items(desk.ws, version.id)}


def test_planned_splits_are_drawn_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring_in([make_example(f"A-{i}00", group=f"family {i}") for i in range(20)])
    desk.accept_candidates()
    drawn = []
    draw = splitting.draw_splits
    monkeypatch.setattr(splitting, "draw_splits", lambda *given: drawn.append(1) or draw(*given))
    freeze(desk)
    assert len(drawn) == 1, "what was drawn before the lock is not drawn inside once more"
