"""Dataset versions: named, laid side by side, and the difference as JSON lines."""

from __future__ import annotations

import io
import json

import msgspec
import pytest

from curation.errors import CurationError, StateError
from curation.model.example import Message
from curation.model.states import Split
from curation.services import (
    freezing,
    projects,
    reviewing,
    split_moving,
    version_diffing,
    version_figures,
    version_names,
    writing,
)
from curation.services.freezing import DatasetView
from curation.services.version_names import VersionName
from db import version_diffs
from tests.shop_rows import Desk, make_example, make_no_tool_example


def freeze(desk: Desk) -> DatasetView:
    reviewing.accept_batch(
        desk.ws, desk.actor, desk.project_id, states=["candidate", "submitted", "draft"], nonce=desk.nonce()
    )
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


@pytest.fixture
def two(desk: Desk) -> tuple[DatasetView, DatasetView]:
    """Version 2: row 1 is reworded, row 2 is put away, row 3 went to another split, and one came."""
    desk.bring_in([make_example(f"A-{i}00", group=f"g{i}") for i in range(1, 10)])
    first = freeze(desk)
    items = list(freezing.read_items(desk.ws, first.id))
    old = items[0].example
    said = msgspec.structs.replace(old, messages=(Message("user", "Where on earth is A-100?"), *old.messages[1:]))
    writing.save_example(desk.ws, desk.actor, items[0].example_id, 1, said, nonce=desk.nonce())
    writing.archive_example(desk.ws, desk.actor, items[1].example_id, nonce=desk.nonce())
    other = Split.TRAIN if items[2].split is not Split.TRAIN else Split.TEST
    split_moving.move_group(
        desk.ws, desk.actor, desk.project_id, "g3", other, "another source", despite_frozen=True, nonce=desk.nonce()
    )
    desk.bring_in([make_no_tool_example(group="thanks")])
    return first, freeze(desk)


def test_name_and_note_may_change_and_the_version_stays(desk: Desk, two: tuple[DatasetView, DatasetView]):
    first, second = two
    for name, note in (("Pilot", "Only the first source."), ("  Pilot   two ", "")):
        version_names.name_version(desk.ws, desk.actor, first.id, name, note, nonce=desk.nonce())
    names = version_names.read_names(desk.ws, two)
    assert names == {first.id: VersionName("Pilot two"), second.id: VersionName()}
    assert version_names.title_of(first, names[first.id]) == "v1 Pilot two"
    assert version_names.title_of(second, names[second.id]) == "v2"
    assert freezing.get_dataset(desk.ws, desk.project_id, 1) == first
    with pytest.raises(CurationError, match="at most 60 characters"):
        version_names.name_version(desk.ws, desk.actor, first.id, "x" * 61, nonce=desk.nonce())


def test_difference_is_counted_by_kind(desk: Desk, two: tuple[DatasetView, DatasetView]):
    counts = version_diffing.count_diff(desk.ws, two[0].id, two[1].id)
    assert (counts.came, counts.went, counts.changed, counts.moved, counts.same) == (1, 1, 1, 1, 6)
    back = version_diffing.count_diff(desk.ws, two[1].id, two[0].id)
    assert (back.came, back.went, back.changed, back.moved, back.same) == (1, 1, 1, 1, 6)


def test_difference_names_each_example_with_what_changed_in_it(desk: Desk, two: tuple[DatasetView, DatasetView]):
    rows = {one.kind: one for one in version_diffing.walk_diff(desk.ws, two[0].id, two[1].id)}
    assert rows["came"].split_before is None
    assert (rows["went"].number, rows["went"].split_after) == (2, None)
    (change,) = rows["changed"].changes
    assert (change.place, change.before) == ("/messages/0/content", "Where is my order A-100?")
    assert change.after == "Where on earth is A-100?"
    assert (rows["changed"].rev_before, rows["changed"].rev_after) == (1, 2)
    assert rows["moved"].number == 3
    assert rows["moved"].split_before != rows["moved"].split_after


def test_example_that_changed_and_moved_is_told_once(desk: Desk, two: tuple[DatasetView, DatasetView]):
    first, _ = two
    split = next(item.split for item in freezing.read_items(desk.ws, first.id))
    to = Split.VALIDATION if split is not Split.VALIDATION else Split.TRAIN
    split_moving.move_group(
        desk.ws, desk.actor, desk.project_id, "g1", to, "another source", despite_frozen=True, nonce=desk.nonce()
    )
    third = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    counts = version_diffing.count_diff(desk.ws, first.id, third.id)
    assert (counts.changed, counts.moved, counts.changed_and_moved) == (1, 1, 1)
    (row,) = version_diffing.walk_diff(desk.ws, first.id, third.id, ["changed"])
    assert (row.split_before, row.split_after) == (split.value, to.value)


def test_difference_goes_out_as_json_lines(desk: Desk, two: tuple[DatasetView, DatasetView]):
    out = io.BytesIO()
    assert version_diffing.write_diff(desk.ws, two[0].id, two[1].id, out) == 4
    head, *lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (head["versions"], head["digests"]) == ([1, 2], [two[0].hash, two[1].hash])
    assert [line["change"] for line in lines] == ["came", "went", "changed", "moved"]
    assert [field["place"] for field in lines[2]["fields"]] == ["/messages/0/content"]
    again = io.BytesIO()
    version_diffing.write_diff(desk.ws, two[0].id, two[1].id, again)
    assert again.getvalue() == out.getvalue()


def test_difference_is_streamed(desk: Desk, two: tuple[DatasetView, DatasetView], monkeypatch: pytest.MonkeyPatch):
    """The first row is there before the bodies of later ones were read."""
    read: list[int] = []

    def note(connection, hashes):
        read.append(len(hashes))
        return real(connection, hashes)

    real = version_diffs.read_bodies
    monkeypatch.setattr(version_diffs, "read_bodies", note)
    rows = version_diffing.walk_diff(desk.ws, two[0].id, two[1].id)
    assert (next(rows).kind, read) == ("came", [])
    assert (len(list(rows)), read) == (3, [2])


def test_versions_of_different_projects_are_not_compared(desk: Desk, two: tuple[DatasetView, DatasetView]):
    desk.project_id = projects.create_project(desk.ws, desk.actor, "Other", nonce=desk.nonce()).id
    desk.bring_in([make_example("B-1")])
    with pytest.raises(StateError, match="different projects"):
        version_diffing.count_diff(desk.ws, two[0].id, freeze(desk).id)


def test_figures_are_of_the_rows_as_they_were_frozen(desk: Desk, two: tuple[DatasetView, DatasetView]):
    first, second = (version_figures.measure_version(desk.ws, one.id) for one in two)
    assert first.splits == two[0].counts
    assert {name: sum(rows.values()) for name, rows in first.categories.items()} == {"single": 9}
    assert {name: sum(rows.values()) for name, rows in second.categories.items()} == {"single": 8, "no_call": 1}
    assert {name: sum(rows.values()) for name, rows in first.tools.items()} == {"track_order": 9}
    for split in Split:
        assert first.tools["track_order"][split] == two[0].counts[split]
    assert first.lengths is not None
    assert sum(first.lengths.classes) == 9
