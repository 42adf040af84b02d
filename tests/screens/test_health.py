"""The health page: what is measured, what freezing asks, what an export loses."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.model.states import ExampleState
from curation.services import browsing, freezing
from tests.screens.stage import HOSTILE, Stage, demo_shop, make_tool, staged, texts


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    with staged(home) as opened:
        yield opened


def test_empty_project_says_what_would_be_here(stage: Stage) -> None:
    shown = stage.show("health")
    assert not shown.exception
    assert "No tools yet" in texts(shown)
    assert "Nothing is frozen yet" in texts(shown)
    assert "Freeze a version first" in texts(shown)


def test_share_of_no_tool_is_said_by_decisions_with_rows_beside_it(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    assert not shown.exception
    words = texts(shown)
    assert "decisions, in" in words
    assert "of 40 rows" in words


def test_every_version_stands_there_with_splits_and_digest(stage: Stage) -> None:
    version = demo_shop(stage)
    words = texts(stage.show("health"))
    assert f"digest {version.hash[:12]}" in words
    assert f"train {version.counts['train']}" in words


def test_freezing_asks_first_and_offers_unreviewed_work_to_a_lead(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    shown.button(key="health.freeze").click().run()
    assert not shown.exception
    assert "Version 2 takes the 40 accepted examples" in texts(shown)
    assert len(freezing.list_datasets(stage.ws, stage.project.id)) == 1


def test_losses_of_a_format_are_listed_before_anything_is_written(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    assert "nothing is lost" in texts(shown)
    shown.selectbox(key="export.format").set_value("openai").run()
    assert not shown.exception
    assert "something is lost in" in texts(shown)
    lost = [frame.value for frame in shown.dataframe if "lost" in frame.value.columns]
    assert lost
    assert "label" in " ".join(lost[0]["lost"])


def test_prepared_download_holds_a_file_a_split_and_the_manifest(stage: Stage) -> None:
    version = demo_shop(stage)
    shown = stage.show("health")
    shown.button(key="export.prepare").click().run()
    assert not shown.exception
    from ui.export_panel import _pack

    packed = _pack(version.id, "callwright", ("train", "test"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["dataset-1.test.jsonl", "dataset-1.train.jsonl", "manifest.json"]
        assert len(archive.read("dataset-1.train.jsonl").splitlines()) == version.counts["train"]


def test_ordering_a_cell_drafts_candidates_that_nobody_accepted(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    shown.selectbox(key="health.cell.('', '')").set_value(("track_order", "no_call")).run()
    shown.button(key="health.order").click().run()
    assert not shown.exception
    assert browsing.count_states(stage.ws, stage.project.id)[ExampleState.CANDIDATE] > 0


def test_hostile_tool_name_stays_words(stage: Stage) -> None:
    from curation.services import cataloguing

    cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, make_tool(HOSTILE), nonce="hostile")
    shown = stage.show("health")
    assert not shown.exception
    for kind in ("title", "header", "markdown", "caption", "error", "warning"):
        assert all("![x](" not in str(element.value) for element in shown.get(kind))
