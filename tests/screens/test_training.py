"""The training page: the form, the preflight that refuses, the launch done once, a run that is watched."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.services import jobs, training
from curation.services.jobs import JobView
from db import jobs as job_rows
from tests.screens.stage import Stage, demo_shop, texts

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from curation.finetune.base_models import tiny_model

    return tiny_model(tmp_path_factory.mktemp("models") / "tiny ![x](http:", seed=3)


def choose_folder(stage: Stage, base: Path) -> AppTest:
    shown = stage.show("training")
    shown.radio(key="training.base").set_value("A model folder of mine").run()
    shown.text_input(key="training.folder").set_value(str(base)).run()
    assert not shown.exception
    return shown


def launch(stage: Stage, base: Path) -> JobView:
    demo_shop(stage)
    return training.launch_training(
        stage.ws, stage.actor, stage.project.id, 1, base, parameters={"max_steps": 4}, nonce="launch"
    )


def write_job(stage: Stage, job: JobView, **values: object) -> None:
    """What the keeper would have written."""
    with stage.ws.unit() as unit:
        job_rows.update_job(unit.connection, job.id, values)
        unit.commit()


def test_without_a_version_the_page_points_to_health(stage: Stage) -> None:
    shown = stage.show("training")
    assert not shown.exception
    assert "Nothing to train on yet" in texts(shown)


def test_a_folder_that_is_not_there_is_said_beside_the_field(stage: Stage) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, Path("/nowhere/at/all"))
    assert "There is no such folder" in texts(shown)
    assert shown.button(key="training.preflight").disabled


def test_nothing_can_be_launched_before_the_preflight_was_seen(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    assert "before you have seen what would be trained" in texts(shown)
    assert shown.button(key="training.launch").disabled


def test_preflight_marks_trained_tokens_and_launches_once(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.button(key="training.preflight").click().run()
    assert not shown.exception
    marked = [element.value for element in shown.markdown if ":green-background[" in str(element.value)]
    assert len(marked) == 3
    shown.button(key="training.launch").click().run()
    assert not shown.exception
    (job,) = jobs.list_jobs(stage.ws, stage.project.id)
    assert job.kind == "train"
    assert job.name in shown.title[0].value.replace("\\", "")


def test_a_knob_that_changes_no_row_keeps_the_preflight(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.button(key="training.preflight").click().run()
    assert "step" in texts(shown)
    shown.number_input(key="training.knob.local.max_steps").set_value(7).run()
    assert not shown.exception
    assert ", 7 steps" in texts(shown)
    assert not shown.button(key="training.launch").disabled
    shown.number_input(key="training.knob.local.max_length").set_value(512).run()
    assert shown.button(key="training.launch").disabled
    assert "Show what carries loss first" in texts(shown)


def test_rows_that_are_left_out_are_not_shown_as_problems(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    lengths = sorted(row.tokens for row in training.preflight(stage.ws, stage.project.id, 1, base).rows)
    found = training.preflight(stage.ws, stage.project.id, 1, base, {"max_length": lengths[-1] - 1})
    assert found.is_ready
    assert found.n_too_long == 1
    assert "1 row is left out: longer than" in " ".join(found.notes)
    assert not [problem for row in found.rows for problem in row.problems]


def test_rows_that_cannot_be_learned_refuse_the_launch(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.number_input(key="training.knob.local.max_length").set_value(16).run()
    shown.button(key="training.preflight").click().run()
    assert not shown.exception
    assert shown.error
    assert shown.button(key="training.launch").disabled


def test_a_running_job_shows_phase_step_time_left_and_curves(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    write_job(stage, job, state="running", phase="training", step=2, steps=4, eta_s=660.0)
    shown = stage.show("training")
    assert not shown.exception
    words = texts(shown)
    assert "Step 2 of 4 · about 11 min left" in words
    assert "training" in words
    shown.button(key=f"run.stop.{job.id}").click().run()
    assert not shown.exception
    assert "stops after the step it is in" in texts(shown)


def test_a_failed_job_says_why_and_goes_on_from_its_checkpoint(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    write_job(stage, job, state="failed", step=2, steps=4, error="The disk is full. Free 500 MB.")
    shown = stage.show("training")
    assert "The disk is full. Free 500 MB." in texts(shown)
    shown.button(key=f"run.retry.{job.id}").click().run()
    assert not shown.exception
    assert jobs.get_job(stage.ws, job.id).attempt == 2


def test_without_training_packages_the_page_names_the_command(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "torch" else find(name, *rest))
    assert "make run" in texts(stage.show("training"))


def test_host_shows_its_last_day_its_price_and_where_the_rows_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_shop(stage)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    shown = stage.show("training")
    shown.selectbox(key="training.provider").set_value("openai").run()
    assert not shown.exception
    assert not shown.radio
    assert shown.number_input(key="training.knob.openai.n_epochs").value == 3
    assert shown.button(key="training.hosted.launch").disabled
    shown.button(key="training.hosted.show").click().run()
    assert not shown.exception
    said = texts(shown)
    assert "6 January 2027" in said
    assert "OpenAI pricing page, fine-tuning, 2025-08-01" in said
    assert "api.openai.com" in said
    assert "Set OPENAI\\_API\\_KEY" in said or "Set OPENAI_API_KEY" in said
    assert shown.button(key="training.hosted.launch").disabled


def test_launch_at_a_host_is_one_job(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_shop(stage)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-no-key")
    shown = stage.show("training")
    shown.selectbox(key="training.provider").set_value("openai").run()
    shown.button(key="training.hosted.show").click().run()
    shown.button(key="training.hosted.launch").click().run()
    assert not shown.exception
    launched = [job for job in jobs.list_jobs(stage.ws, stage.project.id) if job.provider == "openai"]
    assert [job.spec["host"] for job in launched] == ["api.openai.com"]
