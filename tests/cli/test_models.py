"""`callwright models` from the gate to a promotion, the way back and the history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.metrics.answers import Answer
from curation.services.evaluating import Recorded
from curation.services.workspace import HOME_VARIABLE
from tests.services.evaluating_desk import Desk

SILENCE = '{"tool": "no_tool", "reason": "small_talk", "message": "Hello."}'
FLOORS = '[{"metric": "valid_call_rate", "bound": 0.98}, {"metric": "false_call_rate", "bound": 0.05}]'
EASY = '[{"metric": "valid_call_rate", "bound": 0.98}]'


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two models that answered everything rightly in one look, and a third that never calls."""
    made = Desk(tmp_path_factory.mktemp("ready"), count=280)
    right, silent = made.right_answers(), [Answer(text=SILENCE) for _ in made.questions()]
    made.record(Recorded(made.base, right), Recorded(made.tuned, right), nonce="look")
    made.record(Recorded(made.base, right), Recorded(made.add_model("mute", "adapter"), silent), nonce="mute")
    made.ws.close()
    return made


@pytest.fixture
def home(ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = ready.copied_to(tmp_path / "home")
    made.ws.close()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(callwright, ["models", *map(str, arguments)], input=stdin)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("home")
def test_a_plain_call_lists_as_it_always_did() -> None:
    plain, named = run("Desk"), run("list", "Desk")
    assert plain.exit_code == 0, plain.output
    assert plain.stdout == named.stdout
    assert [line.split()[1:] for line in plain.stdout.splitlines()] == [
        ["adapter", "mute"],
        ["adapter", "tuned"],
        ["base", "tiny"],
    ]
    for order in (("Desk", "--json"), ("--json", "Desk")):
        assert [one["name"] for one in lines(run(*order))] == ["mute", "tuned", "tiny"]


def test_the_help_names_every_verb() -> None:
    told = run("--help").stdout
    assert all(f"\n  {verb}" in told for verb in ("list", "gate", "floors", "promote", "rollback", "history", "serve"))


@pytest.mark.usefixtures("home")
def test_floors_are_told_in_words_and_set_from_what_json_prints() -> None:
    assert "valid answers ≥ 98 %\n" in run("floors", "Desk").stdout
    assert run("floors", "Desk", "--from", "-", stdin=FLOORS).stdout == "valid answers ≥ 98 %\nfalse calls ≤ 5 %\n"
    printed = run("floors", "Desk", "--json").stdout
    assert run("floors", "Desk", "--from", "-", "--json", stdin=printed).stdout == printed
    broken = run("floors", "Desk", "--from", "-", stdin='[{"metric": 1}]')
    assert "no list of floors" in str(broken.exception)


@pytest.mark.usefixtures("home")
def test_the_gate_prints_each_check_and_its_code_says_how_it_came_out() -> None:
    run("floors", "Desk", "--from", "-", stdin=FLOORS)
    unsure = run("gate", "Desk", "tuned")
    assert unsure.exit_code == 1
    first, valid, false = unsure.stdout.splitlines()
    assert first == "tuned passes 1 of 2 checks: 1 not proven."
    assert valid == "✓ Valid answers: 100 %; the gate asks for at least 98 %."
    assert false.startswith("? False calls: 0 % on ")
    assert run("gate", "Desk", "tuned", "--despite-not-proven").exit_code == 0
    run("floors", "Desk", "--from", "-", stdin=EASY)
    assert run("gate", "Desk", "tuned").exit_code == 0


@pytest.mark.usefixtures("home")
def test_a_failed_gate_prints_alarms_and_lets_nothing_through() -> None:
    run("floors", "Desk", "--from", "-", stdin=EASY)
    assert run("promote", "Desk", "tiny", "--reason", "first").exit_code == 0
    failed = run("gate", "Desk", "mute", "--despite-not-proven")
    assert failed.exit_code == 1
    assert "! It holds back where a call is wanted" in failed.stdout
    told = json.loads(run("gate", "Desk", "mute", "--json").stdout)
    assert (told["state"], told["production"]) == ("failed", "tiny")
    assert "over_refusing" in [one["kind"] for one in told["alarms"]]
    assert {"slice", "metric", "state", "n", "value", "bound", "production", "p", "says", "remedy"} == set(
        told["checks"][0]
    )
    refused = run("promote", "Desk", "mute", "--reason", "hope", "--despite-not-proven")
    assert refused.exit_code == 1
    assert "Missed calls rose from 0 to 100 %" in refused.stderr
    assert [one["to"] for one in lines(run("history", "Desk", "--json"))] == ["tiny"]


@pytest.mark.usefixtures("home")
def test_promote_and_rollback_leave_a_history() -> None:
    run("floors", "Desk", "--from", "-", stdin=EASY)
    assert run("history", "Desk").stdout == ""
    run("promote", "Desk", "tiny", "--reason", "first", "--evaluation", 1)
    unsure = run("promote", "Desk", "tuned", "--reason", "smaller")
    assert unsure.exit_code == 1
    assert "Under 30 rows nothing is proven: false calls, not worse" in unsure.stderr
    done = run("promote", "Desk", "tuned", "--reason", "smaller", "--despite-not-proven")
    assert done.exit_code == 0, done.output
    assert "tuned, was tiny  (gate not proven, look 1)" in done.stdout
    (back,) = lines(run("rollback", "Desk", "--reason", "slow", "--json"))
    assert (back["from"], back["to"], back["is_rollback"], back["reason"]) == ("tuned", "tiny", True, "slow")
    told = run("history", "Desk").stdout.splitlines()
    changes = [line for line in told if not line.startswith(" ")]
    assert [line.split()[0] for line in changes] == ["3", "2", "1"]
    assert "(rolled back)" in changes[0]
    assert "there is no way back" in str(run("rollback", "Desk", "--reason", "more").exception)


@pytest.mark.usefixtures("home")
def test_history_tells_what_the_gate_said() -> None:
    run("floors", "Desk", "--from", "-", stdin=EASY)
    run("promote", "Desk", "tiny", "--reason", "first", "--evaluation", 1)
    run("promote", "Desk", "tuned", "--reason", "smaller", "--despite-not-proven")
    newest, *ruling = run("history", "Desk").stdout.split("\n1  ")[0].splitlines()
    assert newest.startswith("2  ")
    assert ruling[0] == "   ✓ Valid answers: 100 %; the gate asks for at least 98 %."
    assert any(line.startswith("   ? False calls stayed at 0 % on ") for line in ruling)
    assert any(line.endswith("more against production: no clear change for the worse") for line in ruling)
    last, first = lines(run("history", "Desk", "--json"))
    assert {one["state"] for one in last["checks"]} == {"passed", "not_proven"}  # type: ignore[attr-defined]
    assert [one["metric"] for one in first["checks"]] == ["valid_call_rate"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("home")
def test_who_names_nothing_that_is_there_is_told() -> None:
    assert "no project `Shed`" in str(run("gate", "Shed", "tuned").exception)
    assert "no model `best`" in str(run("promote", "Desk", "best", "--reason", "x").exception)
    assert "not here" in str(run("gate", "Desk", "tuned", "--evaluation", "99").exception)
    assert "did not answer in this look" in str(run("gate", "Desk", "tuned", "--evaluation", "2").exception)
