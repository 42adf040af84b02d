"""A model here that calls tools in its template's own words is asked every decision, behind calls and results."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest

from curation.finetune.base_models import tiny_model
from curation.model.example import Call, Example, Label, Message
from curation.model.states import ExampleState, JobState, Split
from curation.model.values import Arguments, Exact
from curation.rendering import open_template
from curation.services import evaluating
from curation.services.evaluation_plans import asks_every_turn
from curation.services.evaluation_views import EvaluationView
from curation.services.freezing import DatasetView, freeze
from curation.services.jobs import JobView, get_job, list_jobs
from curation.services.keeping import Keeper
from curation.services.look_report import write_report
from curation.services.questions import read_pool, read_questions
from curation.services.tuning_case import ask_base, make_case
from tests.services.native_worker import ONE_CALL_TEMPLATE, AnsweringWorker, OwnWorker, native_model
from tests.shop_rows import TRACK_ORDER, Desk, make_example

pytestmark = [pytest.mark.training, pytest.mark.timeout(150)]


def call(order: str, n: int) -> Call:
    return Call("track_order", Arguments(json.dumps({"order_id": order})), f"call_{n}", "function")


def recovery(order: str, group: str) -> Example:
    """As drafted: the failed call is read and never learnt."""
    error = '{"error": {"type": "not_found", "message": "No order x."}}'
    return Example(
        messages=(
            Message(role="user", content=f"Where is my order {order}?"),
            Message(role="assistant", calls=(call("x-0", 1),), weight=Exact("0")),
            Message(role="tool", content=error, tool_call_id="call_1"),
            Message(role="assistant", calls=(call(order, 2),), label=Label(recovery="corrected_argument")),
            Message(role="tool", content='{"status":"sent"}', tool_call_id="call_2"),
            Message(role="assistant", content=f"Order {order} was sent."),
        ),
        tools=(TRACK_ORDER,),
        group=group,
    )


def parallel(order: str, group: str) -> Example:
    return Example(
        messages=(
            Message(role="user", content=f"Where are my orders {order} and {order}b?"),
            Message(role="assistant", calls=(call(order, 1), call(f"{order}b", 2))),
            Message(role="tool", content='{"status":"sent"}', tool_call_id="call_1"),
            Message(role="tool", content='{"status":"lost"}', tool_call_id="call_2"),
            Message(role="assistant", content="One was sent, one is lost."),
        ),
        tools=(TRACK_ORDER,),
        group=group,
    )


def fill(desk: Desk) -> DatasetView:
    """Chains of two decisions, recoveries whose first call weighs nothing, and two calls at once."""
    asked = [make_example(f"A-{n:03}", group=f"a{n}") for n in range(20)]
    recovered = [recovery(f"R-{n:03}", f"r{n}") for n in range(20)]
    desk.bring_in([*asked, *recovered, *(parallel(f"P-{n:03}", f"p{n}") for n in range(20))], ExampleState.DRAFT)
    return freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")


def launch(desk: Desk, base: Path) -> JobView:
    model = evaluating.register_base(desk.ws, desk.actor, desk.project_id, base, nonce="base")
    return evaluating.launch_evaluation(desk.ws, desk.actor, desk.project_id, 1, [model.id], nonce="look")


def finish(desk: Desk, worker: AnsweringWorker) -> None:
    keeper = Keeper(desk.ws, providers={"local": worker})
    while keeper.step():
        pass
    assert {job.state for job in list_jobs(desk.ws, desk.project_id)} == {JobState.SUCCEEDED}, [
        job.error for job in list_jobs(desk.ws, desk.project_id)
    ]


def look(desk: Desk, base: Path, worker: AnsweringWorker) -> EvaluationView:
    job = launch(desk, base)
    finish(desk, worker)
    return evaluating.get_evaluation(desk.ws, job.id)


def test_every_decision_is_asked_behind_the_calls_and_results_before_it(desk: Desk, tmp_path: Path) -> None:
    version, worker = fill(desk), OwnWorker()
    view = look(desk, native_model(tmp_path / "native"), worker)
    wanted = read_questions(desk.ws, version.id, Split.TEST, "conversation", every_turn=True)
    assert {row.turn for row in view.rows} == {1, 3, 4, 5}
    assert [(row.example_id, row.turn) for row in view.rows] == [(one.example_id, one.turn) for one in wanted]
    recoveries = [row.position for row in view.rows if "R-" in row.expected and row.turn == 3]
    assert recoveries
    for at in recoveries:
        asked = worker.prompts[0][at]
        assert asked.index("x-0") < asked.index("No order x.") < asked.rindex("<|start|>assistant")
        assert "was sent" not in asked, "what comes later is not told"
    report = view.models[0].report
    assert report is not None
    assert report.overall.n.recovery == len(recoveries)
    assert view.unasked.notes == ()


def test_look_ordered_before_conversations_were_asked_at_every_decision_stays_as_it_was(
    desk: Desk, tmp_path: Path
) -> None:
    fill(desk)
    job, worker = launch(desk, native_model(tmp_path / "native")), AnsweringWorker()
    with desk.ws.unit() as unit:
        unit.connection.exec_driver_sql(
            "update evaluation set settings = replace(settings, '\"every_turn\":true', '\"every_turn\":false')"
        )
        unit.commit()
    finish(desk, worker)
    view = evaluating.get_evaluation(desk.ws, job.id)
    assert len({row.example_id for row in view.rows}) == len(view.rows) == len(worker.prompts[0])
    assert {row.turn for row in view.rows} == {1, 3}, "of a recovery the first turn that is learnt"
    (note,) = view.unasked.notes
    assert "first decision alone" in note


def test_base_that_calls_in_its_own_form_is_measured_before_a_training(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    base, worker = native_model(tmp_path / "native"), AnsweringWorker()
    ask_base(desk.ws, desk.actor, desk.project_id, 1, base, nonce="ask")
    finish(desk, worker)
    plain, shown, _ = make_case(desk.ws, desk.project_id, 1, base).ways
    template = open_template(base)
    for way, prompts in zip((plain, shown), worker.prompts, strict=True):
        counts = [len(template.tokenize(prompt).ids) for prompt in prompts]
        assert way.rate is not None
        assert way.prompt_tokens == pytest.approx(statistics.mean(counts))


def test_rows_that_a_template_refuses_are_left_out_and_counted(desk: Desk, tmp_path: Path) -> None:
    """Two calls at once are asked for too: only as the right answer does the template refuse them."""
    version, worker = fill(desk), OwnWorker()
    base = native_model(tmp_path / "native", ONE_CALL_TEMPLATE)
    view = look(desk, base, worker)
    n = len(read_questions(desk.ws, version.id, Split.TEST, "conversation", every_turn=True))
    refused = n - len(worker.prompts[0])
    assert refused > 0, "what follows two calls at once"
    assert len(view.rows) == len(worker.prompts[0])
    assert view.unasked.refused == {"native": refused}
    (note,) = view.unasked.notes
    assert f"{refused} of {n} rows were not asked of `native`" in note
    assert f"{refused} of {n} rows were not asked of" in write_report(desk.ws, view)


def test_worked_examples_are_those_that_the_template_writes(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    base, worker = native_model(tmp_path / "native", ONE_CALL_TEMPLATE), AnsweringWorker()
    ask_base(desk.ws, desk.actor, desk.project_id, 1, base, nonce="ask")
    finish(desk, worker)
    assert all(" and P-" not in prompt.split("<|start|>user")[1] for prompt in worker.prompts[1])
    assert make_case(desk.ws, desk.project_id, 1, base).ways[1].prompt_tokens


def test_template_that_writes_no_row_is_refused_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    base = native_model(tmp_path / "native")
    job = launch(desk, base)
    (base / "chat_template.jinja").write_text("{{ raise_exception('No.') }}")
    keeper = Keeper(desk.ws, providers={"local": AnsweringWorker()})
    while keeper.step():
        pass
    ended = get_job(desk.ws, job.id)
    assert ended.state is JobState.FAILED
    assert "`native` writes none of these rows" in (ended.error or "")


def test_decisions_that_a_router_cannot_be_asked_are_counted(desk: Desk, tmp_path: Path) -> None:
    version = fill(desk)
    pool = read_pool(desk.ws, version.id, Split.TEST, "router")
    asked = {(one.example_id, one.turn) for one in pool.questions}
    all_of_them = read_pool(desk.ws, version.id, Split.TEST, "conversation", every_turn=True).questions
    left_out = [one for one in all_of_them if (one.example_id, one.turn) not in asked]
    assert left_out
    assert all("b?" in str(one.gold.messages[0].content) for one in left_out), "from the two calls at once on"
    assert (pool.n_unasked, pool.n_decisions) == (len(left_out), len(all_of_them))
    view = look(desk, tiny_model(tmp_path / "routed", seed=1), AnsweringWorker())
    assert view.unasked.fact == f"{len(left_out)} of {len(all_of_them)} decisions cannot be asked in this way"
    assert view.unasked.fact in write_report(desk.ws, view)


def test_host_beside_a_model_here_is_asked_every_decision_too() -> None:
    assert asks_every_turn("conversation")
    assert not asks_every_turn("router")
