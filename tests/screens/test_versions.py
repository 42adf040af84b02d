"""The page of dataset versions: shares, moves, names, the shifted copy, and two versions side by side."""

from __future__ import annotations

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.model.example import Message
from curation.model.states import ExampleState, Split
from curation.services import freezing, reviewing, shifting, split_moving, synthesizing, version_names, writing
from curation.services.freezing import DatasetView
from curation.synthesizers import SYNTHESIZERS
from tests.screens.stage import HOSTILE, Stage, demo_shop, texts


@pytest.fixture
def version(stage: Stage) -> DatasetView:
    return demo_shop(stage)


def freeze_again(stage: Stage) -> DatasetView:
    """A second version: one row is reworded, and some came."""
    item = next(freezing.read_items(stage.ws, freezing.get_dataset(stage.ws, stage.project.id, 1).id))
    first, *rest = item.example.messages
    said = msgspec.structs.replace(item.example, messages=(Message("system", "Be brief."), *([first, *rest][1:])))
    writing.save_example(stage.ws, stage.actor, item.example_id, item.rev, said, nonce="reword")
    synthesizing.draft_candidates(
        stage.ws, stage.actor, stage.project.id, SYNTHESIZERS[0].name, count=5, seed=9, nonce="more"
    )
    states = [ExampleState.CANDIDATE, ExampleState.DRAFT]
    reviewing.accept_batch(stage.ws, stage.actor, stage.project.id, states=states, nonce="accept more")
    return freezing.freeze(stage.ws, stage.actor, stage.project.id, nonce="freeze more")


def press(shown: AppTest, key: str) -> None:
    shown.button(key=key).click().run()
    assert not shown.exception


def field(shown: AppTest, kind: str, start: str):
    return next(one for one in shown.get(kind) if str(one.key).startswith(start))


def test_before_the_first_version_the_page_says_what_will_be_here(stage: Stage) -> None:
    shown = stage.show("versions")
    assert not shown.exception
    assert "drawn once" in texts(shown)
    assert "Nothing is frozen yet" in texts(shown)


def test_shares_of_all_categories_and_tools_stand_in_one_table(stage: Stage, version: DatasetView) -> None:
    shown = stage.show("versions")
    assert not shown.exception
    table = shown.table[0].value
    assert list(table.columns) == ["rows of", "train", "validation", "test"]
    lines = [str(one).replace("\\", "") for one in table["rows of"]]
    assert lines[0] == "all rows"
    assert {"single", "track_order"} <= set(lines)
    assert table["train"].iloc[0] == f"{version.counts['train']} · {100 * version.counts['train'] / 40:.0f} %"


def test_group_is_moved_with_a_reason_and_undo_asks_first(stage: Stage, version: DatasetView) -> None:
    item = next(freezing.read_items(stage.ws, version.id, Split.TRAIN))
    number = writing.open_example(stage.ws, item.example_id).number
    shown = stage.show("versions")
    field(shown, "text_input", "versions.group").set_value(str(number)).run()
    assert "is in train" in texts(shown)
    assert shown.button(key="versions.move").disabled, "there is no reason yet"
    field(shown, "text_input", "versions.reason").set_value("from another source").run()
    press(shown, "versions.move")
    (move,) = split_moving.list_moves(stage.ws, stage.project.id)
    assert (move.before, move.reason) == ("train", "from another source")
    press(shown, f"versions.unmove.{move.id}")
    assert "goes back to train" in texts(shown)
    assert shown.button(key="versions.unmove.yes")


def test_group_of_a_frozen_test_split_is_warned_of_before_it_can_be_moved(stage: Stage, version: DatasetView) -> None:
    item = next(freezing.read_items(stage.ws, version.id, Split.TEST))
    number = writing.open_example(stage.ws, item.example_id).number
    shown = stage.show("versions")
    field(shown, "text_input", "versions.group").set_value(str(number)).run()
    field(shown, "text_input", "versions.reason").set_value("belongs to training").run()
    assert "The test split of v1 holds rows of this group" in texts(shown)
    assert shown.button(key="versions.move").disabled
    field(shown, "checkbox", "versions.told").check().run()
    press(shown, "versions.move")
    assert [one.before for one in split_moving.list_moves(stage.ws, stage.project.id)] == ["test"]


def test_unknown_group_is_one_sentence(stage: Stage, version: DatasetView) -> None:
    shown = stage.show("versions")
    field(shown, "text_input", "versions.group").set_value(HOSTILE).run()
    assert not shown.exception
    assert "There is no group" in texts(shown)
    assert all("![x](" not in str(one.value) for one in shown.error)


def test_version_gets_a_name_that_stands_on_health_too(stage: Stage, version: DatasetView) -> None:
    shown = stage.show("versions")
    field(shown, "text_input", "versions.name").set_value("Pilot")
    field(shown, "text_area", "versions.note").set_value("One source only.").run()
    press(shown, "versions.rename")
    assert version_names.read_names(stage.ws, [version])[version.id].name == "Pilot"
    assert "v1 Pilot" in texts(stage.show("health"))


def test_shifted_copy_is_made_and_offered_where_rows_go_out(stage: Stage, version: DatasetView) -> None:
    shown = stage.show("health")
    assert shown.multiselect(key="export.splits").options == ["train", "validation", "test"]
    shown = stage.show("versions")
    press(shown, "versions.shift")
    copy = shifting.find_shifted(stage.ws, version.id)
    assert copy is not None
    assert f"{copy.n_rows} rows" in texts(shown)
    assert shown.button(key="versions.shift").disabled, "the same seed makes the same copy"
    for seed in (2, 1, 2):
        field(shown, "number_input", "versions.shift").set_value(seed).run()
        press(shown, "versions.shift")
        made = shifting.find_shifted(stage.ws, version.id)
        assert made is not None
        assert made.seed == seed
    shown = stage.show("health")
    splits = shown.multiselect(key="export.splits")
    assert splits.options[-1] == "test (shifted)"
    assert splits.value == ["train", "validation", "test"]
    splits.set_value(["test_shifted"]).run()
    assert not shown.exception
    assert f"{copy.n_rows} rows" in texts(shown)
    press(shown, "export.prepare")


def test_two_versions_are_counted_drawn_and_listed(stage: Stage, version: DatasetView) -> None:
    second = freeze_again(stage)
    shown = stage.show("versions")
    assert not shown.exception
    came = sum(second.counts.values()) - 40
    assert f"{came} came in, 1 changed" in texts(shown)
    assert "39 are the same in both" in texts(shown)
    for heading in ("Rows by split", "By category", "By tool called", "By length"):
        assert heading in texts(shown)
    kinds = field(shown, "radio", "versions.kind")
    kinds.set_value("changed").run()
    assert not shown.exception
    assert any("Before" in one.value.columns for one in shown.table)
    press(shown, "versions.diff.prepare")


def test_one_version_is_not_compared_with_itself(stage: Stage, version: DatasetView) -> None:
    shown = stage.show("versions")
    assert "There is one version so far" in texts(shown)
    freeze_again(stage)
    shown = stage.show("versions")
    field(shown, "selectbox", "versions.before").set_value(version.id).run()
    field(shown, "selectbox", "versions.after").set_value(version.id).run()
    assert "one and the same version" in texts(shown)


def test_evaluation_offers_the_shifted_copy_where_there_is_one(stage: Stage, version: DatasetView) -> None:
    shown = stage.show("evaluation")
    press(shown, "evaluation.first")
    assert "look 1 at the test split" in texts(shown)
    shifting.make_shifted(stage.ws, stage.actor, version.id, seed=1, nonce="shift")
    shown = stage.show("evaluation")
    press(shown, "evaluation.first")
    asked = field(shown, "radio", "evaluate.split")
    assert asked.options == ["test", "test (shifted)"]
