"""Pairs of a preferred and a rejected answer at a host: sent as it takes them, and left out with a reason where not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import callwright
from curation.errors import BlockedError, UnreadableError
from curation.finetune.hosted.preferences import find_fault
from curation.finetune.openai_compatible import PROVIDERS, OpenAICompatible
from curation.model.states import JobState
from curation.services.hosted_preflight import preflight_hosted
from tests.hosted.pair_rows import N_PAIRS, state_pair
from tests.hosted.row_judges import judge_pair
from tests.hosted.stage import MODEL, Stage, read_profile

WITH_PAIRS = ("azure", "openai", "openai_compatible")


def look(stage: Stage, name: str, **knobs: Any) -> Any:
    parameters = {"model": MODEL, "learn_from": "pairs", **knobs}
    return preflight_hosted(stage.ws, stage.desk.project_id, 2, name, parameters)


@pytest.mark.parametrize("name", WITH_PAIRS)
def test_pairs_are_trained_by_dpo(paired: Stage, name: str):
    shown = look(paired, name)
    assert (shown.problems, 0 < shown.n_rows < N_PAIRS) == ((), True)
    job = paired.launch(name, version=2, learn_from="pairs", beta=0.2, n_epochs=2)
    ended = paired.run(paired.keeper(), job)
    assert (ended.state, ended.error) == (JobState.SUCCEEDED, None)
    host = paired.hosts[name]
    (remote,) = host.jobs.values()
    assert remote.asked["method"] == {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 2, "beta": 0.2}}}
    rows = [json.loads(line) for content in host.contents.values() for line in content.splitlines()]
    assert len(rows) == shown.n_rows + shown.n_validation
    assert {frozenset(row) for row in rows} == {frozenset(("input", "preferred_output", "non_preferred_output"))}
    assert {row["input"]["tools"][0]["function"]["name"] for row in rows} == {"track_order"}
    called = [row for row in rows if row["preferred_output"][0].get("tool_calls")]
    assert called
    for row in called:
        wrong = row["non_preferred_output"][0]["tool_calls"][0]["function"]["arguments"]
        right = row["preferred_output"][0]["tool_calls"][0]["function"]["arguments"]
        assert json.loads(wrong)["order_id"] == json.loads(right)["order_id"] + "-X"


def test_conversations_without_a_pair_are_left_out_with_the_reason(paired: Stage):
    shown = look(paired, "openai")
    assert shown.n_refused > 5
    assert {row.why for row in shown.refused} == {"It has no rejected answer and no recovery that corrects a call."}


def test_version_without_pairs_is_not_launched_for_them(stage: Stage):
    with pytest.raises(BlockedError, match="No training row is left"):
        stage.launch("openai", learn_from="pairs")


def test_beta_belongs_to_pairs_alone_and_may_be_left_to_the_host(paired: Stage):
    keeper, host = paired.keeper(), paired.hosts["openai"]
    paired.run(keeper, paired.launch("openai", version=2, beta=0.5), seconds=6)
    paired.run(keeper, paired.launch("openai", version=2, learn_from="pairs"), seconds=6)
    conversations, pairs = (job.asked["method"] for job in host.jobs.values())
    assert conversations == {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}}
    assert pairs == {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 3}}}


def test_answer_of_several_turns_goes_only_where_it_is_taken(stage: Stage):
    several = '[{"role":"assistant","content":"Hm."},{"role":"assistant","content":"No idea."}]'
    for n in range(N_PAIRS):
        stage.desk.write(state_pair(f"S-{n:03}", several))
    stage.freeze()
    assert look(stage, "azure").n_rows > 10
    shown = look(stage, "openai")
    assert shown.n_rows == 0
    assert "The rejected answer has 2 turns; the host takes at most 1." in {row.why for row in shown.refused}


def test_terms_say_where_it_was_read_that_pairs_are_taken():
    for provider in (one for one in PROVIDERS if one.name in WITH_PAIRS):
        checked = provider.check({"model": MODEL, "learn_from": "pairs"})
        terms = provider.read_terms(checked)
        (note,) = [one for one in terms.notes if "method dpo" in one.text]
        assert (bool(note.source), note.date >= "2025") == (True, True)
        assert terms.row_format == "openai_preference"
        assert not any("method dpo" in one.text for one in provider.read_terms(provider.check({})).notes)


def test_host_of_which_nothing_was_read_about_pairs_offers_none(stage: Stage):
    with pytest.raises(UnreadableError, match="has no parameter `learn_from`"):
        stage.launch("nebius", learn_from="pairs")


def test_settings_beside_the_method_cannot_ask_for_pairs(paired: Stage):
    shown = look(paired, "openai_compatible", settings_at_top=True)
    assert shown.problems == (
        "Settings beside the method cannot ask for pairs: switch that off, or learn from conversations.",
    )


@pytest.mark.parametrize("beta", [-0.1, 2.5])
def test_beta_out_of_its_limits_is_refused(beta: float):
    with pytest.raises(UnreadableError, match="Beta of DPO is"):
        OpenAICompatible(read_profile("openai")).check({"beta": beta})


def test_host_that_gets_rows_of_the_other_kind_says_so(paired: Stage):
    host = paired.hosts["openai"]
    paired.run(paired.keeper(), paired.launch("openai", version=2))
    (taught,) = host.jobs.values()
    asked = {**taught.asked, "method": {"type": "dpo", "dpo": {}}}
    assert host._create(asked)[0] == 200
    *_, mistaken = host.jobs.values()
    assert mistaken.failure.endswith("it has no input.")
    paired.clock.pass_by(30)
    assert mistaken.status_at(paired.clock.seconds()) == "failed"


def test_terminal_takes_pairs(paired: Stage):
    command = ["train", "Shop", "--version", "2", "--provider", "openai", "--set", "learn_from=pairs", "--check"]
    result = CliRunner().invoke(callwright, command, env={"CALLWRIGHT_HOME": str(paired.ws.home)})
    assert result.exit_code == 0, result.output
    assert "no recovery that corrects a call" in result.output
    assert "Pairs are trained by the method dpo" in result.output


def pair(**changed: Any) -> dict[str, Any]:
    row = {
        "input": {"messages": [{"role": "user", "content": "Where is it?"}]},
        "preferred_output": [{"role": "assistant", "content": "On its way."}],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    }
    return {**row, **changed}


PICTURE = {"type": "image_url", "image_url": {"url": "https://shop.example/a.png"}}
OBJECT_CALL = {"id": "c", "type": "function", "function": {"name": "track_order", "arguments": {"order_id": "A"}}}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"preferred_output": [{"role": "assistant", "content": [{"type": "text", "text": "Here"}]}]}, None),
        ({"input": {"messages": [{"role": "user", "content": [PICTURE]}]}}, "Invalid value 'image_url'"),
        ({"non_preferred_output": [{"role": "assistant", "tool_calls": [OBJECT_CALL]}]}, "function.arguments"),
        ({"non_preferred_output": [{"role": "user", "content": "No idea."}]}, "Invalid enum value 'user'"),
        ({"non_preferred_output": [{"role": "tool", "content": "{}"}]}, "The rejected answer has no turn"),
        ({"preferred_output": []}, "The preferred answer has no turn of the assistant."),
        ({"preferred_output": pair()["non_preferred_output"]}, "Both answers of the pair are the same"),
        ({"input": {}}, "missing required field `messages`"),
    ],
)
def test_pair_a_host_would_refuse_is_told_with_its_reason(changed: dict[str, Any], fault: str | None):
    found = find_fault(json.dumps(pair(**changed)).encode(), 1)
    assert found == fault if fault is None else fault in str(found)


def test_fake_host_judges_pairs_too():
    assert judge_pair(pair()) == ""
    assert judge_pair(pair(non_preferred_output=[])) == "non_preferred_output is not one assistant message."
