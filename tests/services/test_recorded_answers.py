"""Answers from a file: laid beside their questions by place or by name, or refused with the line and the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.errors import UnreadableError
from curation.llm.budget import Price
from curation.metrics.score import compare_with_first
from curation.services.evaluating import count_looks, get_evaluation, launch_evaluation, record_answers
from curation.services.evaluation_views import EvaluationView
from curation.services.models import RECORDED, list_models
from curation.services.recorded_answers import AnswerFile, hand_out_questions, take_answers
from curation.services.workspace import HOME_VARIABLE
from tests.llm.fake_chat_host import FakeChatHost, serve_chat
from tests.services.answering_host import Knowing, name_talk
from tests.services.evaluating_desk import AnsweringProvider, Desk, keep, right_texts


@pytest.fixture
def desk(evaluating_desk: Desk) -> Desk:
    return evaluating_desk


def rows_of(desk: Desk, *beside: str, is_native: bool = True) -> list[dict[str, Any]]:
    content = hand_out_questions(desk.ws, desk.project_id, desk.dataset.n, beside, is_native=is_native)
    return [json.loads(line) for line in content.splitlines()]


def right_lines(desk: Desk) -> list[dict[str, Any]]:
    """What is right, as somebody would record it who was handed the questions."""
    knowing = Knowing(desk)
    return [
        {"message": knowing.right[name_talk(row["messages"])]["choices"][0]["message"], "latency_ms": 12.5}
        for row in rows_of(desk)
    ]


def write(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def record(
    desk: Desk, content: bytes, model: str = "elsewhere", *, is_native: bool = True, **more: Any
) -> EvaluationView:
    file = AnswerFile(model, content, "answers.jsonl", is_native, **more)
    taken = take_answers(desk.ws, desk.actor, desk.project_id, desk.dataset.n, file, nonce=desk.ws.new_id())
    return record_answers(desk.ws, desk.actor, desk.project_id, desk.dataset.n, [taken], nonce=desk.ws.new_id())


def is_right(view: EvaluationView) -> bool:
    report = view.models[0].report
    return report is not None and report.overall.metrics["argument_match"].value == 1


def test_right_answers_in_order_are_right_and_their_model_becomes_known(desk: Desk) -> None:
    view = record(desk, write(right_lines(desk)))
    (one,) = view.models
    assert is_right(view)
    assert one.report is not None
    assert one.report.overall.metrics["valid_call_rate"].value == 1
    assert (one.model.kind, one.label) == (RECORDED, "elsewhere")
    assert record(desk, write(right_lines(desk))).models[0].model.id == one.model.id
    assert one.summary["latency_ms"]["p50"] == 12.5


def test_what_is_handed_out_does_not_say_what_is_right(desk: Desk) -> None:
    for row in rows_of(desk):
        assert row["messages"][-1]["role"] in ("user", "tool")
        assert set(row) <= {"row", "key", "example_id", "turn", "messages", "tools"}
    for row, question in zip(rows_of(desk, is_native=False), desk.questions(), strict=True):
        assert row["messages"] == json.loads(question.row)["messages"][:-1]
        assert row["messages"][-1]["role"] == "user"


@pytest.mark.parametrize("names", [("row",), ("key",), ("example_id", "turn")])
def test_lines_that_name_their_row_may_stand_in_any_order(desk: Desk, names: tuple[str, ...]) -> None:
    lines = [
        {**line, **{name: row[name] for name in names}}
        for line, row in zip(right_lines(desk), rows_of(desk), strict=True)
    ]
    assert is_right(record(desk, write(lines[::-1])))


def test_prose_is_an_abstention_of_a_native_model_and_unreadable_from_a_router(desk: Desk) -> None:
    native = record(desk, write([{"text": "I would rather not."} for _ in rows_of(desk)])).models[0]
    routed = [{"text": "I would rather not."} for _ in rows_of(desk, is_native=False)]
    router = record(desk, write(routed), "router", is_native=False).models[0]
    assert native.report is not None
    assert router.report is not None
    assert native.report.overall.metrics["valid_call_rate"].value == 1
    assert router.report.overall.metrics["valid_call_rate"].value == 0


@pytest.mark.parametrize("line", [{"text": ""}, {"text": " \n"}, {"message": {"content": None}}])
def test_silence_in_a_file_is_no_abstention(desk: Desk, line: dict[str, object]) -> None:
    report = record(desk, write([line for _ in rows_of(desk)])).models[0].report
    assert report is not None
    assert {one.verdict.value for one in report.scored} == {"unparseable"}


def test_routers_answers_are_read_as_such(desk: Desk) -> None:
    lines = [{"text": text} for text in right_texts(desk.questions())]
    assert is_right(record(desk, write(lines), "router", is_native=False))


def spoil(lines: list[dict[str, Any]], how: str) -> bytes:
    n = len(lines)
    match how:
        case "too few":
            return write(lines[:-2])
        case "too many":
            return write([*lines, lines[0]])
        case "twice":
            return write([{**one, "row": at or 2} for at, one in enumerate(lines, 0)])
        case "beyond":
            return write([{**one, "row": at + 2} for at, one in enumerate(lines)])
        case "half named":
            return write([{**lines[0], "row": 1}, *lines[1:]])
        case "odd row":
            return write([{**one, "row": "first"} for one in lines])
        case "stranger":
            return write([{**one, "example_id": "nobody", "turn": 1} for one in lines])
        case "gap":
            return write([{**one, "row": at} for at, one in enumerate(lines, 1) if at != 3])
        case "both":
            return write([{**lines[0], "text": "and words"}, *lines[1:]])
        case "not JSON":
            return write(lines[:3]) + b"Well\n" + write(lines[4:n])
        case _:
            return b""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("too few", r"No answer to row \d+ \(example \w+, turn \d+\), row \d+"),
        ("too many", r"line \d+ is left over"),
        ("twice", r"Line 3 of answers.jsonl answers row 2 again, as line 1 does"),
        ("beyond", r"Line \d+ of answers.jsonl answers row \d+; \d+ rows are asked"),
        ("half named", r"Line 2 of answers.jsonl does not say which row it answers, and other lines do"),
        ("odd row", r"Line 1 of answers.jsonl does not say which row it answers"),
        ("stranger", r"Line 1 of answers.jsonl answers turn 1 of `nobody`, which is not asked"),
        ("gap", r"No answer to row 3 \("),
        ("both", r"Line 1 of answers.jsonl must have either `text` or `message`"),
        ("not JSON", r"Line 4 of answers.jsonl is not an answer"),
        ("empty", r"has 0 answers"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason_and_stores_nothing(desk: Desk, how: str, said: str) -> None:
    before = list_models(desk.ws, desk.project_id)
    with pytest.raises(UnreadableError, match=said):
        record(desk, spoil(right_lines(desk), how))
    assert count_looks(desk.ws, desk.project_id) == 0
    assert list_models(desk.ws, desk.project_id) == before


def test_recorded_answers_stand_in_one_look_with_a_model_that_is_asked(desk: Desk) -> None:
    rows = rows_of(desk, desk.tuned)
    texts = right_texts(desk.questions())
    assert len(rows) == len(texts)
    file = AnswerFile("elsewhere", write([{"text": text, "cost": 0.002} for text in texts]), "a.jsonl", is_native=False)
    taken = take_answers(
        desk.ws, desk.actor, desk.project_id, desk.dataset.n, file, [desk.tuned], nonce=desk.ws.new_id()
    )
    job = launch_evaluation(
        desk.ws, desk.actor, desk.project_id, desk.dataset.n, [desk.tuned], recorded=[taken], nonce="both"
    )
    keep(desk.ws, AnsweringProvider())
    view = get_evaluation(desk.ws, job.id)
    assert [one.label for one in view.models] == ["tuned", "elsewhere"]
    asked, recorded = (one.report for one in view.models)
    assert asked is not None
    assert recorded is not None
    assert compare_with_first(asked, [recorded])[0]["argument_match"].value == 0
    assert view.models[1].summary["cost_per_1000"] == 2.0


def test_costs_of_a_file_are_told_with_the_price_that_was_given(desk: Desk) -> None:
    lines = [{**line, "cost": 0.0005} for line in right_lines(desk)]
    view = record(desk, write(lines), price=Price(1.0, 4.0, "EUR", "invoice", "2026-11-02"))
    summary = view.models[0].summary
    assert summary["cost_per_1000"] == 0.5
    assert (summary["price"]["currency"], summary["price"]["source"]) == ("EUR", "invoice")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(callwright, ["evaluate", "Desk", *map(str, arguments)])


def test_questions_go_out_and_answers_come_back_on_the_command_line(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = right_lines(desk)
    monkeypatch.setenv(HOME_VARIABLE, str(desk.ws.home))
    out, back = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    told = run("--questions", out)
    assert told.exit_code == 0, told.output
    assert [json.loads(line)["key"] for line in out.read_text().splitlines()] == [row["key"] for row in rows_of(desk)]
    back.write_bytes(write(lines))
    told = run("--answers", back, "--name", "gpt", "--json")
    assert told.exit_code == 0, told.output
    summary = json.loads(told.stdout)
    assert (summary["model"], summary["metrics"]["argument_match"]["value"]) == ("gpt", 1)
    back.write_bytes(write(lines)[:-20])
    told = run("--answers", back, "--name", "gpt")
    assert told.exit_code != 0
    assert f"Line {len(lines)} of answers.jsonl is not an answer" in str(told.exception)


def test_options_that_need_each_other_are_told(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(desk.ws.home))
    assert "needs the --endpoint" in run("--endpoint-model", "m").output
    assert "needs an --endpoint-model" in run("--endpoint", "http://127.0.0.1:9/v1").output
    assert "go together" in run("--name", "m").output
    assert "Name a model" in run().output
    assert "cannot be read" in str(run("--answers", tmp_path / "gone.jsonl", "--name", "m").exception)


def test_a_host_is_asked_for_its_list_from_the_command_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(desk.ws.home))
    with serve_chat(FakeChatHost(offers=("one", "two"))) as server:
        assert run("--endpoint", server.url, "--list-endpoint").output.splitlines() == ["one", "two"]


@pytest.mark.timeout(150)
def test_a_model_behind_an_address_is_evaluated_from_the_command_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(desk.ws.home))
    price = ("--price-in", 2, "--price-out", 10, "--price-source", "page", "--price-date", "2026-11-01")
    with serve_chat(FakeChatHost(Knowing(desk))) as server:
        told = run("--endpoint", server.url, "--endpoint-model", "m", *price, "--limit", 4, "--wait")
    assert told.exit_code == 0, told.output
    assert "look 1 at the test split" in told.output
    assert "m: 1,000 answers cost 0.7 USD (page, 2026-11-01)" in told.output
