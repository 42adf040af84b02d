"""The training page: the form, the preflight that refuses, the launch done once, a run that is watched."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.services import evaluation_views, jobs, playground_chats, training, tuning_case
from curation.services.jobs import JobView
from curation.services.playground_states import Settings
from db import jobs as job_rows
from db.jobs import EventRecord
from tests.known_models import add_trained
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


def test_name_of_a_run_without_a_base_says_what_it_will_be_made_of(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    without = choose_folder(stage, Path("/nowhere/at/all"))
    assert without.text_input(key="training.name.0").placeholder == "The base model on version 1"
    chosen = choose_folder(stage, base)
    assert chosen.text_input(key="training.name.0").placeholder == f"{base.name} on version 1"


def test_knob_outside_its_limits_is_told_and_launches_nothing(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.number_input(key="training.knob.local.learning_rate").set_value(50.0).run()
    shown.number_input(key="training.knob.local.max_steps").set_value(2_000_000).run()
    assert "Steps at most is 2,000,000; it must be at least 0 and at most 1,000,000." in texts(shown)
    assert "Learning rate is 50" in texts(shown)
    shown.button(key="training.preflight").click().run()
    assert not shown.exception
    assert "it must lie between" in texts(shown)
    assert "training.launch" not in [button.key for button in shown.button if not button.disabled]


def test_nothing_can_be_launched_before_the_preflight_was_seen(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    assert "Nothing starts before you have seen what would be trained" in texts(shown)
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
    lengths = sorted(training.preflight(stage.ws, stage.project.id, 1, base).lengths)
    n_longest = lengths.count(lengths[-1])
    assert n_longest < len(lengths)
    found = training.preflight(stage.ws, stage.project.id, 1, base, {"max_length": lengths[-1] - 1})
    assert found.is_ready
    assert found.n_too_long == n_longest
    assert [one.n_rows for one in found.dropped if "longer than" in one.reason] == [n_longest]
    assert not [problem for row in found.rows for problem in row.problems]


def test_rows_that_cannot_be_learned_refuse_the_launch(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.number_input(key="training.knob.local.max_length").set_value(16).run()
    shown.button(key="training.preflight").click().run()
    assert not shown.exception
    assert shown.error
    assert shown.button(key="training.launch").disabled


def test_a_trial_is_ordered_watched_and_its_failure_keeps_the_launch_shut(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.button(key="training.preflight").click().run()
    shown.button(key="training.trial").click().run()
    assert not shown.exception
    (job,) = jobs.list_jobs(stage.ws, stage.project.id)
    assert job.kind == "trial"
    write_job(stage, job, state="running", phase="training", step=1, steps=3)
    shown.run()
    assert "training, step 1 of 3" in texts(shown)
    assert shown.button(key="training.trial.stop")
    write_job(stage, job, state="failed", error="The memory did not suffice. Retry with fewer rows per step.")
    shown.run()
    assert "The memory did not suffice" in texts(shown)
    assert shown.button(key="training.launch").disabled
    shown.number_input(key="training.knob.local.batch_size").set_value(2).run()
    assert not shown.button(key="training.launch").disabled


def test_a_trial_says_how_long_the_run_takes_and_that_it_fits(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.button(key="training.preflight").click().run()
    shown.button(key="training.trial").click().run()
    (job,) = jobs.list_jobs(stage.ws, stage.project.id)
    points = [("step_s", n, seconds) for n, seconds in ((1, 9.0), (2, 2.0), (3, 2.0))]
    with stage.ws.unit() as unit:
        job_rows.add_metrics(unit.connection, job.id, [*points, ("memory_mb", 3, 3072.0)])
        job_rows.add_metrics(unit.connection, job.id, [("memory_limit_mb", 0, 20480.0)])
        unit.commit()
    write_job(stage, job, state="succeeded", step=3, steps=3)
    shown.run()
    assert "2 s a step" in texts(shown)
    assert "It held 3.0 of 20.0 GB at the most: it fits" in texts(shown)
    assert not shown.button(key="training.launch").disabled


def test_each_category_can_be_looked_at_with_its_loss(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = choose_folder(stage, base)
    shown.button(key="training.preflight").click().run()
    shown.selectbox(key="training.kind").set_value("no_call").run()
    assert not shown.exception
    marked = [element.value for element in shown.markdown if ":green-background[" in str(element.value)]
    assert all("no\\_tool" in one for one in marked)
    assert "carry loss." in texts(shown)


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


def test_the_model_of_a_finished_run_is_talked_to_in_a_conversation_of_its_own(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    before = playground_chats.begin_chat(stage.ws, stage.actor, stage.project.id, Settings(), nonce="before")
    write_job(stage, job, state="succeeded", model_id=add_trained(stage.ws, stage.project.id, "tuned"))
    shown = stage.show("training").button(key=f"run.talk.{job.id}").click().run()
    assert not shown.exception
    assert [title.value for title in shown.title] == ["Playground"]
    chat = playground_chats.open_chat(stage.ws, stage.actor, stage.project.id)
    assert chat.id != before.id
    assert chat.settings.model_id == jobs.get_job(stage.ws, job.id).model_id


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


def test_should_we_tune_asks_for_a_target_before_it_measures(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    shown = stage.show("training")
    shown.button(key="training.case").click().run()
    assert not shown.exception
    owner = f"training.case.{stage.project.id}"
    shown.number_input(key=f"{owner}.goal").set_value(85.0).run()
    shown.checkbox(key=f"{owner}.costly").check().run()
    shown.button(key="training.case.write").click().run()
    assert not shown.exception
    plan = tuning_case.read_plan(stage.ws, stage.project.id)
    assert (plan.goal, plan.yes) == (0.85, ("costly",))
    assert "Not measured yet: the target is 85 % right arguments" in texts(shown)
    shown.radio(key="training.base").set_value("A model folder of mine").run()
    shown.text_input(key="training.folder").set_value(str(base)).run()
    shown.button(key="training.case.ask").click().run()
    assert not shown.exception
    asked = jobs.list_jobs(stage.ws, stage.project.id)
    assert [job.kind for job in asked] == ["evaluate"] * 3
    assert shown.button(key="training.case.ask").disabled
    assert list(shown.table[0].value.columns) == ["figure", "as it is", "after 4 examples", "under a grammar", "tuned"]
    assert "Under a grammar a model can only choose among the tools on offer" in texts(shown)
    before = evaluation_views.stamp_look(stage.ws, evaluation_views.get_evaluation(stage.ws, asked[0].id).id)
    write_job(stage, asked[0], state="running", step=3, steps=5)
    assert evaluation_views.stamp_look(stage.ws, evaluation_views.get_evaluation(stage.ws, asked[0].id).id) != before
    # Neither a model of ours nor a look at the test split.
    home = texts(stage.show("home"))
    assert "0 models" in home
    assert "on the test split" not in home
    board = stage.show("jobs")
    assert "answer 3 of 5" in " ".join(str(one.proto.text) for one in board.get("progress"))
    board.button(key=f"jobs.open.{asked[0].id}").click().run()
    assert not board.exception
    assert board.title[0].value.startswith("Should we tune")


def test_a_run_shows_its_best_look_its_notes_and_all_figures_as_a_table(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    rates = [("valid_call_rate", 0.5), ("tool_name_accuracy", 0.5), ("argument_match", 0.25)]
    points = [(f"validation_{name}", step, rate + step / 100) for step in (2, 4) for name, rate in rates]
    with stage.ws.unit() as unit:
        job_rows.add_metrics(unit.connection, job.id, [*points, ("loss", 2, 1.0), ("loss", 4, 9.0)])
        job_rows.add_events(unit.connection, job.id, [EventRecord(n, "", "info", f"Line {n}") for n in range(1, 40)])
        unit.commit()
    write_job(stage, job, state="running", phase="training", step=4, steps=8)
    shown = stage.show("training")
    assert not shown.exception
    assert "right arguments 29.0 %".replace(" ", "\u00a0") in texts(shown)
    assert "Line 39" in texts(shown)
    assert "Line 3\n" not in texts(shown)
    shown.text_input(key=f"run.log.{job.id}").set_value("line 3").run()
    assert "11 lines of 39" in texts(shown)
    shown.text_area(key=f"run.note.{job.id}").set_value("Half the rank ![x](http://evil.example)").run()
    shown.button(key=f"run.note.keep.{job.id}").click().run()
    assert not shown.exception
    assert "Half the rank" in texts(shown)
    assert shown.text_area(key=f"run.note.{job.id}").value == ""
    (table,) = [frame.value for frame in shown.dataframe if "training loss" in frame.value]
    assert list(table["training loss"]) == [1.0, 9.0]


def test_all_kinds_of_jobs_stand_on_one_page(stage: Stage, base: Path) -> None:
    job = launch(stage, base)
    shown = stage.show("jobs")
    assert not shown.exception
    assert job.name in texts(shown)
    assert "Candidates" in texts(shown)
    shown.button(key=f"jobs.stop.{job.id}").click().run()
    assert not shown.exception
    assert jobs.get_job(stage.ws, job.id).state.is_final


def test_a_recipe_turns_the_knobs_and_the_command_says_them(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    page = choose_folder(stage, base)
    page.selectbox(key="training.recipe.training.knob.local").set_value("taught").run()
    assert not page.exception
    assert page.number_input(key="training.knob.local.learning_rate").value == 0.0002
    assert page.selectbox(key="training.knob.local.targets").value == "q_v"
    assert page.number_input(key="training.knob.local.accumulation").value == 2
    page.number_input(key="training.knob.local.epochs").set_value(1.0).run()
    command = next(one.value for one in page.code if one.value.startswith("callwright train "))
    assert "--set learning_rate=0.0002" in command
    assert "--set epochs=1 " in command
    assert "rank" not in command
    told = " ".join(one.value for one in page.markdown)
    assert "steps" in told
    page.selectbox(key="training.recipe.training.knob.local").set_value("").run()
    assert page.number_input(key="training.knob.local.learning_rate").value == 0.001


def test_a_bundle_is_prepared_for_another_machine(stage: Stage, base: Path) -> None:
    demo_shop(stage)
    page = choose_folder(stage, base)
    page.number_input(key="training.knob.local.max_length").set_value(2048).run()
    page.button(key="training.bundle.prepare").click().run()
    assert not page.exception
    assert [one.label for one in page.get("download_button")] == ["Download the bundle"]


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
    assert "pricing page, fine-tuning, 2026-07-30" in said
    assert "api.openai.com" in said
    assert "Set OPENAI\\_API\\_KEY" in said or "Set OPENAI_API_KEY" in said
    assert shown.button(key="training.hosted.launch").disabled
    # Worked out when somebody looks, and not each time the page is drawn.
    monkeypatch.setenv("OPENAI_API_KEY", "sk-no-key")
    assert shown.run().button(key="training.hosted.launch").disabled
    assert not shown.button(key="training.hosted.show").click().run().button(key="training.hosted.launch").disabled


def test_price_that_nobody_has_read_is_no_figure(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_shop(stage)
    monkeypatch.setenv("NEBIUS_API_KEY", "sk-no-key")
    shown = stage.show("training")
    shown.selectbox(key="training.provider").set_value("nebius").run()
    shown.button(key="training.hosted.show").click().run()
    said = texts(shown)
    assert "Price not known; see https://nebius.com/token-factory/prices." in said
    assert "USD" not in said


def test_a_cluster_shows_its_knobs_and_what_stands_in_the_way(
    stage: Stage, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo_shop(stage)
    monkeypatch.delenv("CALLWRIGHT_RAY_ADDRESS", raising=False)
    shown = choose_folder(stage, base)
    shown.selectbox(key="training.provider").set_value("ray").run()
    assert not shown.exception
    assert shown.number_input(key="training.knob.ray.gpus").value == 1
    assert shown.number_input(key="training.knob.ray.processes").value == 0
    shown.selectbox(key="training.recipe.training.knob.ray").set_value("taught").run()
    assert shown.number_input(key="training.knob.ray.learning_rate").value == 0.0002
    shown.button(key="training.preflight").click().run()
    assert not shown.exception
    said = texts(shown).replace("\\", "")
    assert "There is no address of a Ray cluster. Set CALLWRIGHT_RAY_ADDRESS" in said
    assert shown.button(key="training.launch").disabled


def test_launch_on_a_cluster_is_one_job_with_what_it_asks_for(
    stage: Stage, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo_shop(stage)
    monkeypatch.setenv("CALLWRIGHT_RAY_ADDRESS", "http://127.0.0.1:9")
    shown = choose_folder(stage, base)
    shown.selectbox(key="training.provider").set_value("ray").run()
    shown.number_input(key="training.knob.ray.gpus").set_value(2).run()
    shown.button(key="training.preflight").click().run()
    shown.button(key="training.launch").click().run()
    assert not shown.exception
    (job,) = jobs.list_jobs(stage.ws, stage.project.id)
    assert (job.provider, job.spec["parameters"]["gpus"]) == ("ray", 2)


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
