"""Evaluations: what is asked, what is counted, what is stored, and that scoring again gives the same figures."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from curation.errors import NotFoundError, StateError, UnreadableError
from curation.finetune.contract import Handle, Launch, Outcome
from curation.metrics.answers import Answer, Repair
from curation.metrics.held import Held
from curation.metrics.lengths import Lengths
from curation.metrics.report import digest
from curation.model.example import Label
from curation.model.states import JobState
from curation.model.values import Json
from curation.services.evaluating import (
    Recorded,
    count_looks,
    get_evaluation,
    launch_evaluation,
    list_evaluations,
    record_answers,
    register_base,
)
from curation.services.evaluation_plans import Plan, make_plans, write_plan
from curation.services.evaluation_results import make_result
from curation.services.jobs import get_job, retry_job
from curation.services.keeping import Keeper
from curation.services.look_parts import compare_part, take_part
from curation.services.look_report import write_report
from curation.services.models import get_model
from curation.services.projects import create_project
from curation.services.questions import Question
from curation.services.workspace import open_workspace
from db import evaluations
from db.evaluations import EvaluationRecord
from tests.services.evaluating_desk import AnsweringProvider, Desk, keep, right_texts

SILENCE = '{"tool": "no_tool", "reason": "small_talk", "message": "Hello."}'


@pytest.fixture
def desk(evaluating_desk: Desk) -> Desk:
    return evaluating_desk


def test_oracle_scores_everything_right_on_recorded_answers(desk: Desk) -> None:
    view = desk.record(Recorded(desk.tuned, desk.right_answers()))
    (one,) = view.models
    assert one.report is not None
    metrics = one.report.overall.metrics
    assert one.report.overall.n.call > 5
    assert one.report.overall.n.no_tool > 1
    for name in ("valid_call_rate", "tool_name_accuracy", "argument_match", "reason_accuracy"):
        assert metrics[name].value == 1, name
    assert metrics["false_call_rate"].value == 0
    assert all(row.answers[0] and row.answers[0].failure is None for row in view.rows)


def test_summary_is_the_machine_shape_with_its_cost(desk: Desk) -> None:
    (one,) = desk.record(Recorded(desk.tuned, desk.right_answers())).models
    n = len(desk.questions())
    assert set(one.summary) >= {"n", "metrics", "failures", "slices", "model", "decoding", "look"}
    assert (one.summary["model"], one.summary["decoding"], one.summary["look"]) == ("tuned", "greedy", 1)
    assert one.summary["tokens"] == 7 * n
    assert one.summary["latency_ms"]["p50"] <= one.summary["latency_ms"]["p90"] <= 9 + n
    assert one.summary["cost"] is None


def test_scoring_stored_answers_again_gives_the_same_digest(desk: Desk) -> None:
    (one,) = desk.record(Recorded(desk.tuned, desk.right_answers())).models
    (again,) = get_evaluation(desk.ws, one.evaluation_id).models
    with desk.ws.reading() as connection:
        record = evaluations.find_evaluation(connection, one.evaluation_id)
    assert record is not None
    assert again.report is not None
    assert json.loads(record.summary)["digest"] == again.summary["digest"] == digest(again.report)


def test_a_row_after_a_result_says_what_was_asked_too(desk: Desk) -> None:
    rows = desk.record(Recorded(desk.tuned, desk.right_answers())).rows
    after_result = [
        (row, one.gold) for row, one in zip(rows, desk.questions(), strict=True) if one.gold.messages[-2].role == "tool"
    ]
    assert after_result
    for row, gold in after_result:
        words = [str(one.content) for one in gold.messages if one.role == "user"]
        assert row.request == f"{words[-1]} → {gold.messages[-2].content}"


def test_models_of_one_look_are_compared_row_by_row(desk: Desk) -> None:
    right = desk.right_answers()
    silent = [Answer(text=SILENCE) for _ in right]
    view = desk.record(Recorded(desk.base, silent), Recorded(desk.base, silent, shots=4), Recorded(desk.tuned, right))
    assert [one.label for one in view.models] == ["tiny", "tiny, 4-shot", "tuned"]
    differences = compare_part(take_part(view, [one.label for one in view.models]))
    difference = differences["tuned"]["argument_match"]
    assert (difference.value, difference.is_clear) == (1, True)
    assert differences["tiny, 4-shot"]["argument_match"].value == 0
    differing = [row for row in view.rows if row.differs]
    assert differing
    assert {row.answers[0].failure for row in differing if row.answers[0]} == {"missed_call"}
    assert differing[0].request
    assert "{" in differing[0].expected


def test_every_look_is_counted_once(desk: Desk) -> None:
    run = Recorded(desk.tuned, desk.right_answers())
    assert count_looks(desk.ws, desk.project_id) == 0
    first = desk.record(run, nonce="one")
    assert desk.record(run, nonce="one").id == first.id
    second = desk.record(run, nonce="two")
    assert (first.look_no, second.look_no, count_looks(desk.ws, desk.project_id)) == (1, 2, 2)
    assert [entry.look_no for entry in list_evaluations(desk.ws, desk.project_id)] == [2, 1]


def test_many_looks_are_listed_with_as_few_questions_as_one_and_without_their_figures(desk: Desk) -> None:
    said: list[str] = []
    event.listen(desk.ws.engine, "before_cursor_execute", lambda *run: said.append(run[2]))
    right = Recorded(desk.tuned, desk.right_answers())
    asked = []
    for nonce in ("one", "two", "three"):
        desk.record(right, nonce=nonce)
        said.clear()
        assert list_evaluations(desk.ws, desk.project_id)[0].labels == ("tuned",)
        asked.append(len(said))
    assert asked == asked[:1] * 3
    assert not any("summary" in one for one in said)


def test_wrong_number_of_answers_stores_nothing(desk: Desk) -> None:
    with pytest.raises(UnreadableError, match="answers"):
        desk.record(Recorded(desk.tuned, desk.right_answers()[:-1]))
    assert count_looks(desk.ws, desk.project_id) == 0


def test_sample_depends_on_content_alone(desk: Desk) -> None:
    whole, some = desk.questions(), desk.questions(limit=5)
    assert len(some) == 5
    assert [one.key for one in whole if one.key in {it.key for it in some}] == [one.key for one in some]
    assert {one.key for one in some} < {one.key for one in desk.questions(limit=8)}
    assert len(desk.questions(limit=10_000)) == len(whole)


def test_small_sample_holds_both_kinds_in_the_splits_shares(desk: Desk) -> None:
    def count_calls(questions: tuple[Question, ...]) -> int:
        return sum(bool(one.gold.messages[-1].calls) for one in questions)

    whole, pair, half = desk.questions(), desk.questions(limit=2), desk.questions(limit=len(desk.questions()) // 2)
    assert 0 < count_calls(whole) < len(whole)
    assert count_calls(pair) == 1
    assert abs(count_calls(half) - count_calls(whole) / 2) <= 1
    assert half == tuple(one for one in whole if one in half)


def test_gold_of_a_question_ends_with_the_decision_and_keeps_its_label(desk: Desk) -> None:
    for question in desk.questions():
        assert question.gold.messages[-1].role == "assistant"
        assert len(question.gold.messages) == question.turn + 1
    labels = [question.gold.messages[-1].label or Label() for question in desk.questions()]
    assert any(label.reason for label in labels)


def test_jobs_answer_and_are_scored_when_they_end(desk: Desk) -> None:
    provider = AnsweringProvider()
    job = desk.launch(desk.base, desk.tuned, limit=6, four_shot=True)
    assert get_evaluation(desk.ws, job.id).state is JobState.INTENT
    keep(desk.ws, provider)
    view = get_evaluation(desk.ws, job.id)
    assert (view.state, len(view.rows), len(view.models)) == (JobState.SUCCEEDED, 6, 3)
    assert all(one.report and one.report.overall.metrics["valid_call_rate"].value == 1 for one in view.models)
    base, shots, tuned = provider.specs
    assert (base.adapter, base.shots, shots.shots) == (None, 0, 4)
    assert (tuned.model, tuned.adapter) == (desk.ws.home / "models/tiny", desk.ws.home / "models/tuned")
    assert (desk.ws.runs / get_job(desk.ws, job.id).id / "data" / "test.jsonl").exists()


def test_grammar_and_repairs_are_ways_of_asking_of_their_own(desk: Desk) -> None:
    provider = AnsweringProvider()
    job = desk.launch(desk.base, desk.tuned, limit=6, grammar=True, repairs=2)
    keep(desk.ws, provider)
    assert [(spec.grammar, spec.repairs) for spec in provider.specs] == [(False, 2), (True, 0)] * 2
    view = get_evaluation(desk.ws, job.id)
    assert [one.label for one in view.models] == ["tiny", "tiny, grammar", "tuned", "tuned, grammar"]
    plain, held = view.models[:2]
    assert (plain.summary["decoding"], held.summary["decoding"]) == ("greedy", "grammar")
    assert plain.repairs is not None
    assert (plain.repairs.most, plain.repairs.rounds, plain.held) == (2, 0, None)
    assert held.repairs is None
    assert view.held == dict.fromkeys(("tiny, grammar", "tuned, grammar"), Held())


def test_answer_that_a_grammar_ended_is_counted_and_marked(desk: Desk) -> None:
    right = desk.right_answers()
    cut = [Answer(text=one.text, is_closed=n < 3) for n, one in enumerate(right)]
    told = Held(loosened=("track_order",), refused=1, unheld=0)
    view = desk.record(Recorded(desk.base, cut, grammar=True, held=told), Recorded(desk.tuned, right))
    held, free = view.models
    assert held.held == Held(("track_order",), refused=1, unheld=0, closed=3)
    assert free.held is None
    assert held.report is not None
    assert held.own is not None
    assert held.report.overall.metrics["valid_call_rate"].value == 1
    assert held.own.overall.metrics["valid_call_rate"].value == pytest.approx(1 - 3 / len(right))
    assert free.own == free.report
    assert [one.is_closed for row in view.rows for one in row.answers if one].count(True) == 3


def test_answer_that_was_cut_is_counted_and_marked_in_the_look_and_its_report(desk: Desk) -> None:
    right = desk.right_answers()
    cut = [msgspec.structs.replace(one, tokens=128, is_cut=n < 3) for n, one in enumerate(right)]
    view = desk.record(Recorded(desk.base, cut), Recorded(desk.tuned, right))
    first, second = view.models
    assert (first.lengths.cut, first.lengths.notes) == (3, ("3 answers were cut at 128 tokens.",))
    assert first.summary["answer_length"]["cut"] == 3
    assert (second.lengths.cut, second.lengths.notes) == (0, ())
    assert [one.is_cut for row in view.rows for one in row.answers if one].count(True) == 3
    assert "3 answers were cut at 128 tokens." in write_report(desk.ws, view)


def test_longest_answer_is_told_to_models_of_this_machine(desk: Desk) -> None:
    provider = AnsweringProvider()
    desk.launch(desk.base, desk.tuned, limit=3, longest_answer=300)
    keep(desk.ws, provider)
    assert {spec.max_new_tokens for spec in provider.specs} == {300}


def test_unless_somebody_says_it_the_worker_finds_out_how_long_an_answer_may_be(desk: Desk) -> None:
    provider = AnsweringProvider()
    desk.launch(desk.tuned, limit=3)
    keep(desk.ws, provider)
    assert [spec.max_new_tokens for spec in provider.specs] == [0]


def test_what_the_worker_tells_of_lengths_stands_beside_the_figures(desk: Desk) -> None:
    class Telling(AnsweringProvider):
        def collect(self, launch: Launch, handle: Handle) -> Outcome:
            lengths: dict[str, Json] = {"limit": 128, "longest_right": 150, "beyond": 2}
            return Outcome(launch.run_dir, summary={"answer_length": lengths})

    job = desk.launch(desk.tuned, limit=3)
    keep(desk.ws, Telling())
    (one,) = get_evaluation(desk.ws, job.id).models
    assert one.lengths == Lengths(limit=128, longest_right=150, beyond=2)
    assert "The right answers of 2 rows are longer than the 128 tokens" in one.lengths.notes[0]


def test_look_of_an_earlier_version_is_read_without_a_word_about_lengths(desk: Desk) -> None:
    view = desk.record(Recorded(desk.base, [Answer(text="x", is_closed=True)] * len(desk.questions()), grammar=True))
    with desk.ws.unit() as unit:
        for column, key in (("summary", "answer_length"), ("settings", "longest_answer")):
            unit.connection.exec_driver_sql(f"UPDATE evaluation SET {column} = json_remove({column}, '$.{key}')")
        unit.commit()
    again = open_workspace(desk.ws.home)
    (one,) = get_evaluation(again, view.id).models
    again.close()
    assert (one.lengths.limit, one.lengths.cut) == (0, len(view.rows))


def test_look_is_worked_out_again_only_when_one_of_its_models_comes_further(desk: Desk) -> None:
    job = desk.launch(desk.base, desk.tuned)
    waiting = get_evaluation(desk.ws, job.id)
    assert get_evaluation(desk.ws, job.id) is waiting
    keep(desk.ws, AnsweringProvider(ends_as=JobState.FAILED))
    failed = get_evaluation(desk.ws, job.id)
    assert failed.state is JobState.FAILED
    assert get_evaluation(desk.ws, job.id) is failed
    for one in failed.models:
        retry_job(desk.ws, desk.actor, one.job_id or "", nonce=f"again {one.job_id}")
    assert get_evaluation(desk.ws, job.id).state is JobState.INTENT
    keep(desk.ws, AnsweringProvider())
    assert get_evaluation(desk.ws, job.id).state is JobState.SUCCEEDED


def test_repairs_are_kept_beside_first_answers_which_alone_are_scored(desk: Desk) -> None:
    right = desk.right_answers()
    broken = [Answer(text="Well", repairs=(Repair(one.text or "", "J15", 4, 2.0),)) for one in right]
    record = EvaluationRecord(
        id="e",
        project_id=desk.project_id,
        model_id=desk.base,
        dataset_id=desk.dataset.id,
        split="test",
        decoding="greedy",
        settings=write_plan(Plan(label="tiny", style="router", repairs=2)),
        look_no=1,
        state="running",
        by="x",
        created_at="now",
    )
    result = make_result(record, desk.questions(), broken, {})
    assert result.report.overall.metrics["valid_call_rate"].value == 0
    assert result.summary["repairs"]["metrics"]["valid_call_rate"]["value"] == 1
    assert result.summary["repairs"]["rounds"] == len(right)
    view = desk.record(Recorded(desk.base, broken, repairs=2))
    (given,) = view.rows[0].answers
    assert given is not None
    assert given.repairs == broken[0].repairs


def test_grammar_is_refused_where_answers_are_no_router_answers(desk: Desk) -> None:
    with pytest.raises(StateError, match="in their own form"):
        make_plans([get_model(desk.ws, desk.base)], "conversation", limit=None, four_shot=False, grammar=True)


def test_same_nonce_launches_once(desk: Desk) -> None:
    def go() -> str:
        return launch_evaluation(desk.ws, desk.actor, desk.project_id, desk.dataset.n, [desk.tuned], nonce="once").id

    assert go() == go()
    assert count_looks(desk.ws, desk.project_id) == 1


@pytest.mark.parametrize("ends_as", [JobState.FAILED, JobState.CANCELLED, JobState.LOST])
def test_a_run_that_did_not_finish_gives_no_figures(desk: Desk, ends_as: JobState) -> None:
    job = desk.launch(desk.tuned)
    keep(desk.ws, AnsweringProvider(leave_out=2, ends_as=ends_as))
    view = get_evaluation(desk.ws, job.id)
    assert view.state is ends_as
    assert view.models[0].report is None
    assert view.look_no == 1


def test_half_a_run_never_counts_as_a_whole_one(desk: Desk) -> None:
    job = desk.launch(desk.tuned)
    keep(desk.ws, AnsweringProvider(leave_out=1))
    assert get_job(desk.ws, job.id).state is JobState.FAILED
    assert get_evaluation(desk.ws, job.id).state is JobState.FAILED


def test_bases_from_folders_of_one_name_are_told_apart(desk: Desk, tmp_path: Path) -> None:
    found = []
    for run in ("a", "b", "a"):
        folder = tmp_path / run / "final"
        folder.mkdir(parents=True, exist_ok=True)
        found.append(register_base(desk.ws, desk.actor, desk.project_id, folder, nonce=desk.ws.new_id()))
    assert [one.name for one in found] == ["final", "final (2)", "final"]
    assert found[0].id == found[2].id


def test_models_of_one_name_have_labels_of_their_own(desk: Desk) -> None:
    other = desk.add_model("tuned", "adapter")
    alike = desk.add_model("tuned (2)", "adapter")
    job = desk.launch(desk.tuned, other, alike, repairs=1)
    labels = [one.label for one in get_evaluation(desk.ws, job.id).models]
    assert labels == ["tuned", "tuned (3)", "tuned (2)"]
    keep(desk.ws, AnsweringProvider())
    view = get_evaluation(desk.ws, job.id)
    assert [one.summary["model"] for one in view.models] == labels
    assert list(compare_part(take_part(view, labels))) == labels[1:]


def test_a_model_that_is_named_twice_answers_once(desk: Desk) -> None:
    job = desk.launch(desk.tuned, desk.base, "tuned", desk.base)
    assert [one.label for one in get_evaluation(desk.ws, job.id).models] == ["tuned", "tiny"]


def test_models_trained_on_other_rows_cannot_share_questions(desk: Desk) -> None:
    native = desk.add_model("native", "adapter", style="conversation")
    with pytest.raises(StateError, match="different kinds"):
        desk.launch(desk.tuned, native)


def test_a_model_that_is_gone_is_refused_by_name(desk: Desk) -> None:
    (desk.ws.home / "models/tuned").rmdir()
    with pytest.raises(StateError, match="`tuned` does not lie in"):
        desk.launch(desk.base, desk.tuned)
    assert count_looks(desk.ws, desk.project_id) == 0


def test_no_model_and_no_evaluation_are_told(desk: Desk) -> None:
    with pytest.raises(StateError, match="No model"):
        desk.launch()
    with pytest.raises(NotFoundError):
        get_evaluation(desk.ws, "nothing")


def test_a_model_of_another_project_is_not_here(desk: Desk) -> None:
    other = create_project(desk.ws, desk.actor, "Other", nonce="other")
    with pytest.raises(NotFoundError, match="no model"):
        desk.launch("nobody")
    with pytest.raises(NotFoundError, match="no dataset version"):
        launch_evaluation(desk.ws, desk.actor, other.id, desk.dataset.n, [desk.tuned], nonce="go")


def test_stored_answers_stay_with_their_questions_when_the_sampling_changes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = right_texts(desk.questions(limit=6))
    run = Recorded(desk.tuned, [Answer(text=text) for text in right])
    first = record_answers(desk.ws, desk.actor, desk.project_id, desk.dataset.n, [run], limit=6, nonce="six")
    monkeypatch.setattr("curation.services.questions._evenly", lambda found: list(range(len(found))))
    later = open_workspace(desk.ws.home)  # another process, which has worked nothing out yet
    try:
        again = get_evaluation(later, first.id)
    finally:
        later.close()
    assert [row.request for row in again.rows] == [row.request for row in first.rows]
    assert all(row.answers[0] and row.answers[0].failure is None for row in again.rows)


def test_job_that_ends_under_another_sampling_is_scored_by_what_it_was_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = launch_evaluation(
        desk.ws, desk.actor, desk.project_id, desk.dataset.n, [desk.tuned], limit=6, nonce="sampled"
    )
    provider = AnsweringProvider()
    keeper = Keeper(desk.ws, providers={"local": provider})
    while not (desk.ws.runs / job.id / "answers.jsonl").exists():
        keeper.step()
    monkeypatch.setattr("curation.services.questions._evenly", lambda found: list(range(len(found))))
    keep(desk.ws, provider)
    (one,) = get_evaluation(desk.ws, job.id).models
    assert one.report is not None
    assert one.report.overall.metrics["argument_match"].value == 1


@pytest.mark.parametrize("is_sampled_otherwise", [False, True])
def test_answers_stored_without_a_key_can_still_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, is_sampled_otherwise: bool
) -> None:
    asked = desk.questions(limit=6)
    run = Recorded(desk.tuned, [Answer(text=text) for text in right_texts(asked)])
    first = record_answers(desk.ws, desk.actor, desk.project_id, desk.dataset.n, [run], limit=6, nonce="six")
    with desk.ws.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE answer SET question_key = ''")
        unit.commit()
    if is_sampled_otherwise:
        monkeypatch.setattr("curation.services.questions._evenly", lambda found: list(range(len(found))))
    later = open_workspace(desk.ws.home)
    try:
        again = get_evaluation(later, first.id)
    finally:
        later.close()
    assert [row.example_id for row in again.rows] == [one.example_id for one in asked]
    assert all(row.answers[0] for row in again.rows)
