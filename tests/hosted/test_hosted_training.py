"""Before a launch at a host: which rows it would refuse, what it costs, and until when it takes jobs at all."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from click.testing import CliRunner

from cli.main import callwright
from curation.errors import BlockedError, JobError, StateError
from curation.finetune.hosted.profile import FOLDER, load_profile
from curation.finetune.hosted.remote import RemoteEvent
from curation.finetune.hosted.story import Story
from curation.finetune.openai_compatible import OpenAICompatible
from curation.finetune.run_folder import RunFolder
from curation.model.states import JobState
from curation.services import evaluating
from curation.services.choices import list_providers
from curation.services.freezing import freeze
from curation.services.hosted_preflight import preflight_hosted
from curation.services.hosted_training import launch_hosted
from curation.services.jobs import job_metrics
from curation.services.keeping import Keeper
from db import jobs
from tests.hosted.stage import ENVIRONMENT, MODEL, Stage
from tests.shop_rows import make_example, open_desk


def on(day: datetime, name: str = "openai") -> OpenAICompatible:
    return OpenAICompatible(load_profile(FOLDER / f"{name}.toml"), environment=ENVIRONMENT, clock=day.timestamp)


def test_preflight_counts_what_is_sent_and_what_it_costs(stage: Stage):
    found = preflight_hosted(stage.ws, stage.desk.project_id, 1, "openai", {"n_epochs": 2})
    assert (found.problems, found.n_refused) == ((), 0)
    assert (found.terms.address, found.terms.model) == ("api.openai.com", "gpt-4.1-mini-2025-04-14")
    assert found.steps == 2 * found.n_rows
    assert found.cost is not None
    assert found.cost.amount == pytest.approx(found.tokens * 2 * 5.0 / 1_000_000)
    assert found.cost.price.date == "2026-07-30"


def test_price_nobody_has_read_is_not_made_up(stage: Stage):
    shown = {
        "nebius": preflight_hosted(stage.ws, stage.desk.project_id, 1, "nebius"),
        "openai": preflight_hosted(stage.ws, stage.desk.project_id, 1, "openai", {"model": "gpt-9"}),
        "openai_compatible": preflight_hosted(stage.ws, stage.desk.project_id, 1, "openai_compatible"),
    }
    assert {name: (found.cost, found.no_price) for name, found in shown.items()} == {
        "nebius": (None, "Price not known; see https://nebius.com/token-factory/prices."),
        "openai": (None, "Price not known; see https://developers.openai.com/api/docs/pricing."),
        "openai_compatible": (None, "Price not known; see what the host says about it."),
    }


def test_row_the_host_would_refuse_is_named_and_not_sent(stage: Stage):
    desk = stage.desk
    refused = set()
    for n in range(12):
        example = make_example(f"C-{n:03}", group=f"parts{n}")
        result = msgspec.structs.replace(example.messages[2], content=({"type": "text", "text": "on its way"},))
        messages = (*example.messages[:2], result, *example.messages[3:])
        refused.add(desk.write(msgspec.structs.replace(example, messages=messages)).id)
    freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="again")
    found = preflight_hosted(stage.ws, desk.project_id, 2, "openai_compatible", {"model": MODEL})
    # The test split is not looked at, and a group's split is drawn by chance.
    assert found.n_refused > 5
    assert all(row.example_id in refused and "list of parts" in row.why for row in found.refused), found.refused
    job = launch_hosted(
        desk.ws, desk.actor, desk.project_id, 2, provider="openai_compatible", parameters={"model": MODEL}, nonce="x"
    )
    assert stage.run(stage.keeper(), job).state is JobState.SUCCEEDED
    sent = b"".join(stage.hosts["openai_compatible"].contents.values())
    assert b"on its way" not in sent
    assert len(sent.splitlines()) == found.n_rows + found.n_validation


def test_too_few_rows_for_the_host_are_told_before_it_refuses(stage: Stage):
    with open_desk(stage.ws.home / "small") as desk:
        for n in range(6):
            desk.write(make_example(f"B-{n}00", group=f"g{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        with pytest.raises(BlockedError, match="the host wants at least 10"):
            launch_hosted(
                desk.ws, desk.actor, desk.project_id, 1, provider="azure", parameters={"model": MODEL}, nonce="x"
            )


def test_host_says_its_last_day_until_then_and_refuses_after_it():
    before = on(datetime(2027, 1, 6, 12, tzinfo=UTC)).read_terms({})
    after = on(datetime(2027, 1, 7, 12, tzinfo=UTC)).read_terms({})
    assert before.problems == ()
    assert any("6 January 2027" in note.text and note.date == "2026-05-07" for note in before.notes)
    assert any("6 January 2027" in problem for problem in after.problems)
    titles = {one.name: one.title for one in list_providers()}
    assert titles["openai"] == "OpenAI, until 6 January 2027"


def test_model_that_is_shut_down_is_not_tuned_any_more():
    terms = on(datetime(2026, 11, 20, tzinfo=UTC)).read_terms({"model": "gpt-4.1-nano-2025-04-14"})
    assert terms.problems == ("It is shut down since 23 October 2026.",)


def test_missing_key_is_told_before_a_launch(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NEBIUS_API_KEY")
    found = preflight_hosted(stage.ws, stage.desk.project_id, 1, "nebius")
    assert any("NEBIUS_API_KEY" in problem for problem in found.problems)
    with pytest.raises(BlockedError, match="There is no key for Nebius Token Factory"):
        stage.launch("nebius")


def test_provider_on_this_machine_is_no_host(stage: Stage):
    with pytest.raises(StateError, match="is no host"):
        preflight_hosted(stage.ws, stage.desk.project_id, 1, "local")


def test_same_nonce_launches_once(stage: Stage):
    assert stage.launch("openai", nonce="one").id == stage.launch("openai", nonce="one").id


def test_model_that_stays_with_its_host_is_not_asked_without_its_key(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    ended = stage.run(stage.keeper(), stage.launch("openai"))
    desk = stage.desk
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(JobError, match="OPENAI_API_KEY"):
        evaluating.launch_evaluation(
            desk.ws, desk.actor, desk.project_id, 1, [ended.model_id or ""], nonce=desk.nonce()
        )


def test_point_that_comes_late_leaves_the_later_ones(stage: Stage):
    job = stage.launch("openai")
    with stage.ws.unit() as unit:
        jobs.add_metrics(unit.connection, job.id, [("loss", 1, 1.0), ("loss", 3, 0.3)])
        jobs.add_late_metrics(unit.connection, job.id, [("loss", 2, 0.5), ("loss", 3, 9.9)])
        unit.commit()
    assert job_metrics(stage.ws, job.id)["loss"] == [(1, 1.0), (2, 0.5), (3, 0.3)]


def test_events_mixed_repeated_and_late_are_told_once_each(stage: Stage):
    def event(step: int) -> RemoteEvent:
        return RemoteEvent(f"e{step}", 100.0 + step, "info", f"Step {step}", step, 9, {"loss": 1 / step})

    folder = stage.ws.runs / "story"
    Story(folder, "job").hear([event(3), event(1), event(3)])
    Story(folder, "job").hear([event(4), event(2), event(1)])
    with (folder / "heard.jsonl").open("ab") as stream:
        stream.write(b'{"job_id": "job", "eve')
    story = Story(folder, "job")
    assert [(one.seq, one.step, one.late) for one in story.after(0)] == [
        (1, 1, False),
        (2, 3, False),
        (3, 2, True),
        (4, 4, False),
    ]
    assert [one.seq for one in story.after(2)] == [3, 4]
    assert story.progress() == (4, 9)


def test_events_of_a_second_job_go_on_behind_those_of_a_folder_that_is_gone(stage: Stage):
    folder = stage.ws.runs / "emptied"
    RunFolder(folder).write_spec({"launch_id": "job-2", "last_seq": 5})
    event = RemoteEvent("e1", 100.0, "info", "Step 1", 1, 9, {"loss": 1.0})
    for _ in range(2):
        Story(folder, "second").hear([event])
    assert [one.seq for one in Story(folder, "second").after(5)] == [6]


def test_slow_host_keeps_no_other_job_waiting(stage: Stage):
    """One keeper tends the jobs of hosts, another one all the rest."""
    job = stage.launch("openai")
    providers = {"openai": stage.provider("openai")}
    assert Keeper(stage.ws, stage.clock.now, providers, remote=False).step() == 0
    assert not stage.weather["openai"].requests
    keeper = Keeper(stage.ws, stage.clock.now, providers, remote=True)
    assert stage.run(keeper, job).state is JobState.SUCCEEDED


def test_host_is_left_alone_between_two_looks(stage: Stage):
    job, keeper = stage.launch("openai"), stage.keeper()
    stage.run(keeper, job, seconds=4)
    before = stage.hosts["openai"].asked["look at job"]
    for _ in range(50):
        keeper.step()
        stage.clock.pass_by(0.1)
    assert stage.hosts["openai"].asked["look at job"] - before <= 2


def test_terminal_shows_terms_and_price_before_anything_is_sent(stage: Stage):
    command = ["train", "Shop", "--version", "1", "--provider", "openai", "--check"]
    result = CliRunner().invoke(callwright, command, env={"CALLWRIGHT_HOME": str(stage.ws.home)})
    assert result.exit_code == 0, result.output
    assert "to api.openai.com, base gpt-4.1-mini-2025-04-14" in result.output
    assert "USD (copy of OpenAI's pricing page, fine-tuning, 2026-07-30)" in result.output
    assert "6 January 2027" in result.output


def test_terminal_names_the_page_of_prices_where_no_price_is_known(stage: Stage):
    command = ["train", "Shop", "--version", "1", "--provider", "nebius", "--check"]
    result = CliRunner().invoke(callwright, command, env={"CALLWRIGHT_HOME": str(stage.ws.home)})
    assert "Price not known; see https://nebius.com/token-factory/prices." in result.output
    assert "USD" not in result.output


def test_terminal_asks_for_a_base_where_the_host_names_none(stage: Stage):
    command = ["train", "Shop", "--version", "1"]
    result = CliRunner().invoke(callwright, command, env={"CALLWRIGHT_HOME": str(stage.ws.home)})
    assert (result.exit_code, "Missing option '--base'" in result.output) == (2, True)
