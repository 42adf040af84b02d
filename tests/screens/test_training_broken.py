"""Training with what nobody should type and what nobody wished for: one sentence at its place, and nothing lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from curation.finetune import folders
from curation.services import jobs, run_noting, training
from curation.services.jobs import JobView
from db import jobs as job_rows
from tests.screens.stage import Stage, demo_shop, texts

pytestmark = pytest.mark.training
ODD = "Odd \u202e<b>x</b> ![y](http://evil.example/z.png)"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from curation.finetune.base_models import tiny_model

    return tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=3)


def launch(stage: Stage, base: Path, name: str = "") -> JobView:
    demo_shop(stage)
    knobs = {"max_steps": 4}
    return training.launch_training(
        stage.ws, stage.actor, stage.project.id, 1, base, parameters=knobs, name=name, nonce="launch"
    )


def test_an_endless_note_is_refused_at_its_field_and_stays_there(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    shown = stage.show("training")
    shown.text_area(key=f"run.note.{job.id}").set_value("x" * 100_000).run()
    shown.button(key=f"run.note.keep.{job.id}").click().run()
    assert not shown.exception
    assert [one.value.replace("\\", "") for one in shown.error] == [
        "A note is longer than 10,000 characters. Shorten it."
    ]
    assert len(shown.text_area(key=f"run.note.{job.id}").value or "") == 100_000
    shown.text_area(key=f"run.note.{job.id}").set_value("Short").run()
    shown.button(key=f"run.note.keep.{job.id}").click().run()
    assert not shown.error
    assert [note.text for note in run_noting.list_notes(stage.ws, job.id)] == ["Short"]


def test_a_run_is_called_as_typed_and_what_nobody_sees_is_told(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = stage.show("training")
    shown.radio(key="training.base").set_value("A model folder of mine").run()
    shown.text_input(key="training.folder").set_value(str(base)).run()
    shown.text_input(key="training.name.0").set_value(ODD).run()
    assert "--name" in next(one.value for one in shown.code if one.value.startswith("callwright train "))
    shown.button(key="training.preflight").click().run()
    shown.button(key="training.launch").click().run()
    assert not shown.exception
    (job,) = jobs.list_jobs(stage.ws, stage.project.id)
    assert job.name == ODD
    assert "U+202E" in shown.title[0].value.replace("\\", "")
    shown.button(key="training.new").click().run()
    assert shown.text_input(key="training.name.1").value == ""


def test_a_full_disk_refuses_the_launch_and_keeps_the_form(
    stage: Stage, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo_shop(stage)
    shown = stage.show("training")
    shown.radio(key="training.base").set_value("A model folder of mine").run()
    shown.text_input(key="training.folder").set_value(str(base)).run()
    shown.number_input(key="training.knob.local.max_steps").set_value(7).run()
    shown.button(key="training.preflight").click().run()
    monkeypatch.setattr(folders, "free_bytes", lambda _folder: 0)
    shown.button(key="training.launch").click().run()
    assert not shown.exception
    assert "the disk has 0 MB free" in texts(shown)
    assert shown.number_input(key="training.knob.local.max_steps").value == 7
    assert not shown.button(key="training.launch").disabled
    assert jobs.list_jobs(stage.ws, stage.project.id) == ()


def test_a_run_whose_folder_is_gone_is_still_shown(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    shutil.rmtree(job.run_dir, ignore_errors=True)
    with stage.ws.unit() as unit:
        job_rows.add_metrics(unit.connection, job.id, [("loss", 1, 2.0), ("loss", 2, 1.0)])
        job_rows.update_job(unit.connection, job.id, {"state": "lost", "error": "Its folder is gone.", "step": 2})
        unit.commit()
    shown = stage.show("training")
    assert not shown.exception
    assert "Its folder is gone." in texts(shown)
    assert "no model came of it" in texts(shown)
    assert shown.button(key=f"run.retry.{job.id}")
