"""One launch at a host: sent once whatever is cut off where, watched to its end, and its key told to nobody else."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from curation.errors import CurationError, JobError, TryLaterError, UnreadableError
from curation.finetune.contract import Handle, Launch
from curation.finetune.hosted.launching import ARRIVAL_S
from curation.finetune.openai_compatible import OpenAICompatible
from curation.model.states import JobState
from curation.model.values import Json
from curation.services.hosted_preflight import preflight_hosted
from curation.services.jobs import cancel_job, job_events, job_metrics, retry_job
from curation.services.models import find_model
from db import jobs
from tests.hosted.calls import CALLS
from tests.hosted.fake_host import KEY
from tests.hosted.sick_servers import (
    Behave,
    babble,
    drip,
    hang_up,
    never_end,
    say_nothing,
    serve,
    stay_half_open,
    stop_half_way,
)
from tests.hosted.stage import ENVIRONMENT, MODEL, NAMES, Stage, read_profile
from tests.hosted.weather import FAULTS, Fault, KillError

SICK: tuple[Behave, ...] = (say_nothing, drip, never_end, hang_up, stop_half_way, stay_half_open, babble)


def fault(name: str) -> Fault:
    return next(one for one in FAULTS if one.name == name)


def go_wrong(stage: Stage, name: str, call: str, *whats: Fault | str) -> None:
    """The next tries of a call end so."""
    left = list(whats)
    stage.weather[name].choose = lambda asked: left.pop(0) if asked == call and left else None


def count_posts(stage: Stage, name: str) -> int:
    sent = stage.weather[name].requests
    return sum(one.method == "POST" and one.url.path.endswith("/fine_tuning/jobs") for one in sent)


@pytest.mark.parametrize("name", NAMES)
def test_job_goes_from_intent_to_a_model_at_its_host(stage: Stage, name: str):
    job = stage.launch(name)
    ended = stage.run(stage.keeper(), job)
    assert (ended.state, ended.error, ended.step, ended.steps) == (JobState.SUCCEEDED, None, 12, 12)
    assert [point for point, _ in job_metrics(stage.ws, job.id)["loss"]] == list(range(1, 13))
    assert [point for point, _ in job_metrics(stage.ws, job.id)["eval_loss"]] == [3, 6, 9, 12]
    model = find_model(stage.ws, stage.desk.project_id, ended.model_id or "")
    assert (model.kind, model.remote_name) == ("hosted", f"ft:{MODEL}:shop::000001")
    assert model.details["trained_tokens"] == 4000
    assert [one["step"] for one in model.details["checkpoints"]] == [3, 6, 9, 12]


def test_rows_are_sent_as_the_preflight_showed_them_and_only_once(stage: Stage):
    keeper = stage.keeper()
    for _ in range(2):
        stage.run(keeper, stage.launch("openai"))
    host = stage.hosts["openai"]
    assert len(host.contents) == 2
    shown = preflight_hosted(stage.ws, stage.desk.project_id, 1, "openai", {"model": MODEL})
    rows = [len(content.splitlines()) for content in host.contents.values()]
    assert rows == [shown.n_rows, shown.n_validation]
    assert all(name["filename"].startswith("callwright-") for name in host.files.values())


@pytest.mark.parametrize("when", ["kill before", "kill after"])
@pytest.mark.parametrize("call", [call for call in CALLS if call != "cancel"])
def test_keeper_killed_at_any_call_is_followed_by_one_that_goes_on(stage: Stage, call: str, when: str):
    go_wrong(stage, "nebius", call, when)
    job, keeper = stage.launch("nebius"), stage.keeper()
    with pytest.raises(KillError):
        stage.run(keeper, job)
    assert stage.run(stage.keeper(), job).state is JobState.SUCCEEDED
    assert stage.hosts["nebius"].launches() == {f"{job.id}-1": 1}
    texts = [event.text for event in job_events(stage.ws, job.id)]
    assert len(texts) == len(set(texts)) == 15


def test_no_second_post_before_the_first_must_have_arrived(stage: Stage):
    go_wrong(stage, "openai", "create", fault("no answer in time, nothing done"))
    job, keeper = stage.launch("openai"), stage.keeper()
    sent_at = 0.0
    while count_posts(stage, "openai") < 2:
        keeper.step()
        if count_posts(stage, "openai") == 1 and not sent_at:
            sent_at = stage.clock.seconds()
        stage.clock.pass_by(1)
    assert ARRIVAL_S <= stage.clock.seconds() - sent_at <= ARRIVAL_S + 12
    assert stage.run(keeper, job).state is JobState.SUCCEEDED
    assert stage.hosts["openai"].launches() == {f"{job.id}-1": 1}


def test_wait_is_told_where_the_job_is_watched(stage: Stage):
    go_wrong(stage, "openai", "create", fault("no answer in time, nothing done"))
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=20)
    assert stage.look(job).error == "Waiting to see whether what was sent has arrived at api.openai.com."
    assert (stage.run(keeper, job).state, stage.look(job).error) == (JobState.SUCCEEDED, None)


def test_post_that_arrives_long_after_it_was_given_up_is_found(stage: Stage):
    go_wrong(stage, "nebius", "create", fault("no answer in time, done much later"))
    job = stage.launch("nebius")
    assert stage.run(stage.keeper(), job).state is JobState.SUCCEEDED
    assert stage.hosts["nebius"].launches() == {f"{job.id}-1": 1}
    assert count_posts(stage, "nebius") == 1


def test_job_that_the_list_shows_late_is_not_launched_again(stage: Stage):
    stage.hosts["azure"].lag_s = 14
    go_wrong(stage, "azure", "create", fault("502 of a proxy"))
    job = stage.launch("azure")
    assert stage.run(stage.keeper(), job).state is JobState.SUCCEEDED
    assert count_posts(stage, "azure") == 1


def test_clock_that_goes_back_makes_the_wait_longer_and_nothing_twice(stage: Stage):
    go_wrong(stage, "openai", "create", fault("no answer in time, done much later"))
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=8)
    stage.clock.pass_by(-3600)
    assert stage.run(keeper, job, seconds=40).state is JobState.STARTING
    stage.clock.pass_by(3600)
    assert stage.run(keeper, job).state is JobState.SUCCEEDED
    assert count_posts(stage, "openai") == 1


def test_wish_to_stop_waits_for_a_post_that_may_arrive(stage: Stage):
    go_wrong(stage, "openai", "create", fault("no answer in time, done much later"))
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=5)
    cancel_job(stage.ws, stage.desk.actor, job.id, nonce=stage.desk.nonce())
    assert stage.run(keeper, job).state is JobState.CANCELLED
    (remote,) = stage.hosts["openai"].jobs.values()
    assert remote.cancelled_at is not None


def test_stopped_job_keeps_its_last_checkpoint(stage: Stage):
    job = stage.launch("openai")
    keeper = stage.keeper()
    while stage.look(job).step < 5:
        keeper.step()
        stage.clock.pass_by(1)
    cancel_job(stage.ws, stage.desk.actor, job.id, nonce=stage.desk.nonce())
    keeper.step()
    ended = stage.run(keeper, job)
    assert (ended.state, ended.error) == (JobState.CANCELLED, None)
    model = find_model(stage.ws, stage.desk.project_id, ended.model_id or "")
    assert str(model.remote_name).startswith(f"ft:{MODEL}:shop::000001:ckpt-step-")


def test_refusal_ends_the_job_in_the_host_s_words_and_it_can_be_tried_again(stage: Stage):
    job, keeper = stage.launch("openai", n_epochs=49), stage.keeper()
    failed = stage.run(keeper, job)
    assert failed.state is JobState.FAILED
    assert failed.error == "OpenAI did not start the job: n_epochs is too large for this account (status 400)."
    again = retry_job(stage.ws, stage.desk.actor, job.id, nonce=stage.desk.nonce())
    assert stage.run(keeper, again, seconds=10).state is JobState.FAILED
    assert count_posts(stage, "openai") == 2


def test_job_that_fails_at_its_host_says_why_and_leaves_no_model(stage: Stage):
    stage.hosts["azure"].failures.append("Row 3 has no assistant message.")
    ended = stage.run(stage.keeper(), stage.launch("azure"))
    assert (ended.state, ended.model_id) == (JobState.FAILED, None)
    assert ended.error == "Azure OpenAI says: Row 3 has no assistant message."


def test_second_attempt_is_a_launch_of_its_own(stage: Stage):
    stage.hosts["azure"].failures.append("No luck.")
    job, keeper = stage.launch("azure"), stage.keeper()
    stage.run(keeper, job)
    retry_job(stage.ws, stage.desk.actor, job.id, nonce=stage.desk.nonce())
    assert stage.run(keeper, job).state is JobState.SUCCEEDED
    assert stage.hosts["azure"].launches() == {f"{job.id}-1": 1, f"{job.id}-2": 1}
    assert [point for point, _ in job_metrics(stage.ws, job.id)["loss"]] == list(range(1, 13))
    seqs = [event.seq for event in job_events(stage.ws, job.id)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_state_that_nobody_knows_is_shown_and_ends_nothing(stage: Stage):
    go_wrong(stage, "openai", "look at job", fault("an unknown state"))
    job, keeper = stage.launch("openai"), stage.keeper()
    phases = set()
    while not stage.state(job).is_final:
        stage.run(keeper, job, seconds=1)
        phases.add(stage.look(job).phase)
    assert "paused_for_safety_review, as the host says" in phases
    assert stage.state(job) is JobState.SUCCEEDED


def test_host_that_takes_its_end_back_is_asked_again_for_the_model(stage: Stage):
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=16)
    looks = iter([None, fault("an unknown state")])
    stage.weather["openai"].choose = lambda asked: next(looks, None) if asked == "look at job" else None
    ended = stage.run(keeper, job)
    model = find_model(stage.ws, stage.desk.project_id, ended.model_id or "")
    assert model.remote_name == f"ft:{MODEL}:shop::000001"


def test_job_the_host_has_forgotten_stays_until_somebody_stops_it(stage: Stage):
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=6)
    stage.hosts["openai"].jobs.clear()
    told = stage.run(keeper, job, seconds=60)
    assert (told.state, "did not show the job" in (told.error or "")) == (JobState.RUNNING, True)
    cancel_job(stage.ws, stage.desk.actor, job.id, nonce=stage.desk.nonce())
    ended = stage.run(keeper, job)
    assert (ended.state, ended.error) == (JobState.LOST, "OpenAI does not know the job ftjob-000001 any more.")


def test_key_that_is_taken_away_ends_no_job_that_is_paid_for(stage: Stage):
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=6)
    stage.environment["OPENAI_API_KEY"] = "sk-other"
    told = stage.run(keeper, job, seconds=60)
    assert told.state is JobState.RUNNING
    assert told.error is not None
    assert "does not accept the key (status 401)" in told.error
    stage.environment["OPENAI_API_KEY"] = KEY
    assert stage.run(keeper, job).state is JobState.SUCCEEDED


def test_wrong_key_before_anything_was_sent_ends_the_job(stage: Stage):
    stage.environment["OPENAI_API_KEY"] = "sk-other"
    ended = stage.run(stage.keeper(), stage.launch("openai"))
    assert (ended.state, count_posts(stage, "openai")) == (JobState.FAILED, 0)
    assert "sk-other" not in (ended.error or "")


def test_job_never_moves_to_another_host(stage: Stage):
    job, keeper = stage.launch("openai_compatible"), stage.keeper()
    stage.run(keeper, job, seconds=6)
    before = len(stage.weather["openai_compatible"].requests)
    stage.environment["CALLWRIGHT_TUNING_URL"] = "https://elsewhere.example/v1"
    told = stage.run(keeper, job, seconds=30)
    assert len(stage.weather["openai_compatible"].requests) == before
    assert told.error is not None
    assert told.error.startswith("This job belongs to tuning.example, and the address set now is elsewhere.example.")


def test_key_is_in_no_file_no_row_no_log_and_no_sentence(stage: Stage, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    sentences = []
    for n, one in enumerate(FAULTS[:16]):
        name = NAMES[n % len(NAMES)]
        go_wrong(stage, name, ("create", "look at job", "upload", "list jobs")[n % 4], one)
        ended = stage.run(stage.keeper(), stage.launch(name))
        sentences += [str(ended.error), ended.phase]
    stage.hosts["azure"].failures.append(f"The key {KEY} is not allowed.")
    sentences.append(str(stage.run(stage.keeper(), stage.launch("azure")).error))
    assert "The key … is not allowed." in sentences[-1]
    files = [path for path in stage.ws.home.rglob("*") if path.is_file()]
    assert len(files) > 50
    holding = [path for path in files if KEY.encode() in path.read_bytes()]
    assert (holding, KEY in caplog.text, KEY in "\n".join(sentences)) == ([], False, False)


def test_other_settings_of_the_client_reach_no_host(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "spy-7")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: spy-7")
    for name in ("nebius", "openai"):
        stage.run(stage.keeper(), stage.launch(name))
    strange = {
        (name, header)
        for name in ("nebius", "openai")
        for one in stage.weather[name].requests
        for header, value in one.headers.items()
        if "spy-7" in value
    }
    assert strange == {("openai", "openai-organization"), ("openai", "openai-project")}


@pytest.mark.parametrize(
    "address",
    [
        "http://tuning.example/v1",
        "ftp://tuning.example",
        "https://me:secret@tuning.example/v1",
        "https://tuning.example/v1?key=1",
        "https://",
        "https://[::1",
        "tuning.example",
        "file:///etc/passwd",
        "http://127.0.0.1.evil.example/v1",
    ],
)
def test_key_is_sent_to_no_unsafe_address(tmp_path: Path, address: str):
    provider = OpenAICompatible(read_profile(), environment={**ENVIRONMENT, "CALLWRIGHT_TUNING_URL": address})
    with pytest.raises(JobError, match="not one a key may be sent to"):
        provider.find(Launch("a-1", tmp_path))
    terms = provider.read_terms({"model": MODEL})
    assert any("CALLWRIGHT_TUNING_URL" in problem for problem in terms.problems)


@pytest.mark.parametrize("behave", SICK, ids=lambda one: one.__name__)
def test_sick_server_is_left_in_time(behave: Behave, tmp_path: Path):
    with serve(behave) as address:
        environment = {"CALLWRIGHT_TUNING_URL": address, "CALLWRIGHT_TUNING_KEY": KEY}
        provider = OpenAICompatible(read_profile(), environment=environment, answer_s=0.3)
        began = time.monotonic()
        with pytest.raises(TryLaterError) as caught:
            provider.find(Launch("a-1", tmp_path))
        assert time.monotonic() - began < 10
    assert str(caught.value).startswith("Your OpenAI-compatible host did not list its files: ")


def test_nobody_at_home_is_something_that_passes(tmp_path: Path):
    environment = {"CALLWRIGHT_TUNING_URL": "http://127.0.0.1:1/v1", "CALLWRIGHT_TUNING_KEY": KEY}
    provider = OpenAICompatible(read_profile(), environment=environment)
    with pytest.raises(TryLaterError, match="it could not be reached"):
        provider.find(Launch("a-1", tmp_path))


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"n_epochs": 51}, "Epochs is 51; it must lie between 0 and 50."),
        ({"n_epochs": "many"}, "Epochs is 'many'; it must be a number."),
        ({"n_epochs": 1.5}, "Epochs is 1.5; it must be a whole number."),
        ({"n_epochs": "nan"}, "Epochs is nan"),
        ({"settings_at_top": "perhaps"}, "must be true or false"),
        ({"model": "a b"}, "Base model is 'a b'"),
        ({"suffix": "x" * 65}, "more than 64"),
        ({"colour": 1}, "has no parameter `colour`"),
    ],
)
def test_knob_out_of_its_limits_is_refused_by_name(knobs: dict[str, Json], words: str):
    with pytest.raises(UnreadableError, match=words.replace("(", r"\(")):
        OpenAICompatible(read_profile()).check(knobs)


def test_settings_go_where_the_host_wants_them(stage: Stage):
    keeper, orders = stage.keeper(), {}
    stage.run(keeper, stage.launch("azure", batch_size=4), seconds=6)
    stage.run(keeper, stage.launch("nebius", lora_r=8), seconds=6)
    stage.run(keeper, stage.launch("openai_compatible", settings_at_top=True, suffix="shop"), seconds=6)
    for name in ("azure", "nebius", "openai_compatible"):
        (job,) = stage.hosts[name].jobs.values()
        orders[name] = job.asked
    assert orders["azure"]["trainingType"] == "GlobalStandard"
    assert orders["azure"]["method"] == {
        "type": "supervised",
        "supervised": {"hyperparameters": {"n_epochs": 3, "batch_size": 4}},
    }
    settings = orders["nebius"]["method"]["supervised"]["hyperparameters"]
    assert (settings["lora"], settings["lora_r"], settings["context_length"]) == (True, 8, 8192)
    assert "metadata" not in orders["nebius"]
    assert orders["openai_compatible"]["hyperparameters"] == {"n_epochs": 3}
    assert ("method" in orders["openai_compatible"], orders["openai_compatible"]["suffix"]) == (False, "shop")


def test_launch_that_is_there_is_never_posted_again(stage: Stage, tmp_path: Path):
    job = stage.launch("openai")
    stage.run(stage.keeper(), job, seconds=6)
    launch = Launch(f"{job.id}-1", tmp_path)
    provider = stage.provider("openai")
    assert provider.find(launch) == Handle(remote_id="ftjob-000001")
    with pytest.raises(CurationError, match="runs at OpenAI already"):
        provider.launch(launch)


def test_workspace_put_back_from_before_the_launch_adopts_the_job(stage: Stage):
    """The run folder and the row are those of an hour ago, the job runs at the host."""
    job, keeper = stage.launch("nebius"), stage.keeper()
    stage.run(keeper, job, seconds=6)
    for path in stage.look(job).run_dir.glob("*.json*"):
        path.unlink()
    with stage.ws.unit() as unit:
        jobs.update_job(unit.connection, job.id, {"state": "intent", "launch_id": None, "remote_id": None})
        unit.commit()
    assert stage.run(stage.keeper(), job).state is JobState.SUCCEEDED
    assert stage.hosts["nebius"].launches() == {f"{job.id}-1": 1}
