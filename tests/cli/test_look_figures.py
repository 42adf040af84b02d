"""What `callwright evaluate` says of a look: every headline rate, each way to fail, differences, time, worst slices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.figures import HEADLINE, MATCHES, print_comparison, print_repairs
from cli.look_figures import print_differences, print_latency, print_worst
from cli.main import callwright
from curation.metrics.answers import Answer
from curation.metrics.contract import Rate
from curation.metrics.repairs import SHOWN, Repairs
from curation.services.evaluating import EvaluationView, Recorded
from curation.services.look_parts import take_part
from curation.services.look_shapes import shape_look
from curation.services.workspace import HOME_VARIABLE
from tests.services.evaluating_desk import Desk
from tests.unit.metric_rows import gold, native, score

SILENT = json.dumps({"tool": "no_tool", "reason": "small_talk", "message": "Hm."})
UNKNOWN = json.dumps({"tool": "launch_rocket", "arguments": {}})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("figures"))
    yield made
    made.ws.close()


@pytest.fixture(scope="module")
def view(desk: Desk) -> EvaluationView:
    """The base never calls, once calls what is not there, and once says nothing that can be read."""
    said = ["{", UNKNOWN, *[SILENT] * (len(desk.questions()) - 2)]
    silent = [Answer(text=text, latency_ms=3.0 + at) for at, text in enumerate(said)]
    return desk.record(Recorded(desk.base, silent), Recorded(desk.tuned, desk.right_answers()))


def test_headline_rates_and_every_way_to_fail_stand_apart(
    view: EvaluationView, capsys: pytest.CaptureFixture[str]
) -> None:
    print_comparison({one.label: one.report.overall for one in view.models if one.report})
    told = capsys.readouterr().out.splitlines()
    first = {line.split()[0]: line for line in told if line.strip()}
    assert {"recovery_rate", "missed_call_rate", "false_call_rate", "silent_wrong_rate"} <= set(HEADLINE)
    assert {*HEADLINE, "exact_match", "fuzzy_match", "functional_match"} <= set(first)
    n_calls = sum(row.is_call_row for row in take_part(view, ["tuned"]).scored("tuned"))
    assert f"n={n_calls}" in first["missed_call_rate"]
    n_rows = len(view.rows)
    assert first["right"].split()[-1] == str(n_rows)
    assert first["unparseable"].split()[1:] == ["1", "0"]
    assert first["unknown_tool"].split()[1:] == ["1", "0"]
    assert int(first["missed_call"].split()[1]) >= n_calls - 2
    assert "wrong_arguments" not in first
    assert max(map(len, told)) <= 80


def test_differences_have_an_interval_and_say_what_is_more_than_chance(
    view: EvaluationView, capsys: pytest.CaptureFixture[str]
) -> None:
    print_differences(take_part(view, [one.label for one in view.models]))
    told = capsys.readouterr().out
    first = {line.split()[0]: line for line in told.splitlines() if line.strip()}
    assert "+100.0 (+100.0 to +100.0) *" in first["argument_match"]
    assert "The first is tiny;" in told
    assert "rows fixed" in told
    print_differences(take_part(view, ["tuned"]))
    assert capsys.readouterr().out == "", "of one model there is no difference"


def test_worst_slice_of_each_rate_is_named_with_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """One row of one is wrong in one slice, nine of ten in another: of the second it is surer that it is bad."""
    track, refund, ping = ("track_order", {"order_id": "A1"}), ("request_refund", {"order_id": "A1"}), ("ping", {})
    silent = native(content="Hm")
    sure = [(gold(track), native(track) if at == 0 else silent) for at in range(10)]
    right = [(gold(refund), native(refund)) for _ in range(10)]
    print_worst({"mixed": score(*sure, (gold(ping), silent), *right), "right": score(*right)})
    told = capsys.readouterr().out.splitlines()
    at = next(at for at, line in enumerate(told) if line.startswith("tool_name_accuracy"))
    assert told[at].split() == ["tool_name_accuracy", "10.0", "%", "(1.8–40.4),", "n=10", "–"]
    assert told[at + 1].strip() == "tool:track_order"
    assert not any(line.startswith("false_call_rate") for line in told), "no row can show one"


def test_many_models_fit_into_a_terminal_and_no_name_of_a_slice_is_cut(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("one", "a model with a rather long name, four-shot", "[bold]three[/bold]")
    said = [Answer(text=SILENT) for _ in desk.questions()]
    models = [Recorded(desk.add_model(name, "adapter"), said) for name in names]
    many = desk.record(Recorded(desk.base, desk.right_answers()), *models, nonce="many")
    print_comparison({one.label: one.report.overall for one in many.models if one.report})
    print_differences(take_part(many, [one.label for one in many.models]))
    print_worst({one.label: one.report for one in many.models if one.report})
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= 80
    assert "…" not in told
    assert "[bold]" in told


def test_time_has_its_percentiles_and_is_left_out_where_nobody_measured(
    view: EvaluationView, capsys: pytest.CaptureFixture[str]
) -> None:
    print_latency({one.label: one.summary for one in view.models})
    told = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line}
    latency = view.models[0].summary["latency_ms"]
    assert [told[name][0] for name in ("p50", "p90", "p99")] == [f"{ms:,.0f}" for ms in latency.values()]
    print_latency({"mute": {"latency_ms": {"p50": None}}})
    assert capsys.readouterr().out == ""


def test_repairs_are_told_with_their_money(capsys: pytest.CaptureFixture[str]) -> None:
    rates = {name: Rate(0.5, 8, 0.2, 0.8) for name in SHOWN}
    made = {name: Repairs(2, 3, 4, 50, 60.0, rates, cost=cost) for name, cost in (("hosted", 0.0125), ("here", None))}
    print_repairs(made)
    assert capsys.readouterr().out.splitlines()[-1].split() == ["money", "more", "0.0125", "–"]


def test_machines_get_the_whole_confusion_and_the_differences(view: EvaluationView) -> None:
    first, later = shape_look(view)
    assert first["confusion"]["counts"]["track_order"].keys() <= {"no call", "unreadable", "not offered"}
    assert (
        sum(later["confusion"]["counts"]["track_order"].values())
        == later["confusion"]["counts"]["track_order"]["track_order"]
    )
    assert "against_first" not in first
    assert later["against_first"]["argument_match"]["low"] == 1
    assert first["digest"] == view.models[0].summary["digest"]


def test_command_prints_all_of_it(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(desk.ws.home))
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(json.dumps({"text": SILENT, "latency_ms": 7}) + "\n" for _ in desk.questions()))
    order = ["evaluate", "Desk", "--answers", str(answers), "--name", "elsewhere", "--router"]
    told = CliRunner().invoke(callwright, order)
    assert told.exit_code == 0, told.output
    missing = [
        word for word in (*HEADLINE, *MATCHES, "missed_call ", "worst slice", "p99") if f"\n{word}" not in told.stdout
    ]
    assert missing == [], told.stdout
    (line,) = CliRunner().invoke(callwright, [*order, "--json"]).stdout.splitlines()
    assert json.loads(line)["confusion"]["counts"]
