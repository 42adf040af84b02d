"""Should we tune? The target is older than the figures, the test split stays shut, and prompting may be enough."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from curation.errors import StateError
from curation.finetune.base_models import tiny_model
from curation.metrics.held import Held
from curation.model.states import ExampleState, JobState, Split
from curation.rendering import Template, open_template
from curation.services import evaluating, tuning_case
from curation.services.evaluation_plans import read_plan as read_evaluation_plan
from curation.services.freezing import freeze, get_dataset
from curation.services.jobs import list_jobs
from curation.services.keeping import Keeper
from curation.services.questions import read_questions
from curation.services.tuning_case import Plan, ask_base, make_case, price_thousand, write_plan
from curation.services.workspace import Workspace
from db import evaluations
from db.models import ModelRecord, save_model
from tests.services.fake_provider import FakeProvider
from tests.shop_rows import Desk, make_example, make_no_tool_example
from tests.worker.test_training_long import CALL_TEMPLATE

pytestmark = pytest.mark.training


class AnsweringProvider(FakeProvider):
    """Leaves answers to all rows it was given: right ones, of those with four examples before them or a grammar.

    Of those under a grammar the first `n_closed` were cut, and what the grammar was is said.
    """

    def __init__(self, ws: Workspace, n_closed: int) -> None:
        super().__init__(steps=1)
        self.ws = ws
        self.n_closed = n_closed

    def prepare(self, launch, spec) -> None:  # type: ignore[no-untyped-def]
        rows = (launch.run_dir / "data" / spec["rows"]).read_text().splitlines()
        right = [json.loads(row)["messages"][-1]["content"] for row in rows]
        answers = right if spec["shots"] or spec["grammar"] else ["Well, let me see"] * len(rows)
        closed = self.n_closed if spec["grammar"] else 0
        lines = [
            json.dumps({"text": text, "tokens": 12, "latency_ms": 50.0, "is_closed": n < closed})
            for n, text in enumerate(answers)
        ]
        (launch.run_dir / "answers.jsonl").write_text("\n".join(lines) + "\n")

    def collect(self, launch, handle):  # type: ignore[no-untyped-def]
        held = {"loosened": ["track_order"], "refused": 2, "unheld": 1}
        return msgspec.structs.replace(super().collect(launch, handle), summary={"grammar": held})


@pytest.fixture
def base(desk: Desk, tmp_path: Path) -> Path:
    asked = [make_example(f"A-{n:03}", group=f"g{n}") for n in range(60)]
    thanked = [make_no_tool_example(f"Thanks {n}", group=f"n{n}") for n in range(12)]
    desk.bring_in([*asked, *thanked], ExampleState.DRAFT)
    freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
    return tiny_model(tmp_path / "tiny", seed=1)


def measure(desk: Desk, base: Path, n_closed: int = 0) -> None:
    ask_base(desk.ws, desk.actor, desk.project_id, 1, base, nonce="ask")
    keeper = Keeper(desk.ws, providers={"local": AnsweringProvider(desk.ws, n_closed)})
    while keeper.step():
        pass
    assert {job.state for job in list_jobs(desk.ws, desk.project_id)} == {JobState.SUCCEEDED}


def test_prompting_that_reaches_the_target_says_so(desk: Desk, base: Path) -> None:
    write_plan(desk.ws, desk.actor, desk.project_id, Plan(goal=0.9, in_price=1.0, out_price=2.0), nonce="plan")
    before = make_case(desk.ws, desk.project_id, 1, base)
    assert (before.best, before.is_reached, before.view) == (None, False, None)
    measure(desk, base)
    case = make_case(desk.ws, desk.project_id, 1, base)
    assert [way.name for way in case.ways] == ["as it is", "after 4 examples", "under a grammar", "tuned"]
    plain, shown, held, tuned = case.ways
    assert case.best == shown
    assert case.is_reached
    assert not case.is_afterthought
    assert plain.rate is not None
    assert plain.rate.value == 0
    assert (plain.labels, shown.labels, held.labels) == (0, 4, 0)
    assert held.is_prompting
    assert held.rate is not None
    assert held.rate.n == shown.rate.n  # type: ignore[union-attr]
    assert held.latency_ms == 50.0
    assert tuned.labels == get_dataset(desk.ws, desk.project_id, 1).counts["train"]
    assert plain.prompt_tokens is not None
    assert shown.prompt_tokens is not None
    assert shown.prompt_tokens > plain.prompt_tokens + 50
    assert price_thousand(case.plan, shown) == pytest.approx((shown.prompt_tokens * 1 + 12 * 2) / 1000)


def test_answers_that_the_grammar_ended_are_no_success_of_prompting(desk: Desk, base: Path) -> None:
    write_plan(desk.ws, desk.actor, desk.project_id, Plan(metric="tool_name_accuracy", goal=0.5), nonce="plan")
    before = make_case(desk.ws, desk.project_id, 1, base)
    assert (before.is_grammar_asked, before.held) == (False, None)
    measure(desk, base, n_closed=1_000)
    case = make_case(desk.ws, desk.project_id, 1, base)
    _, shown, held, _ = case.ways
    asked = held.rate.n  # type: ignore[union-attr]
    assert held.rate.value == 0  # type: ignore[union-attr]
    assert case.best == shown
    assert case.held == Held(("track_order",), refused=2, unheld=1, closed=asked)
    assert case.view is not None
    report = case.view.models[-1].report
    assert report is not None
    assert report.overall.metrics["tool_name_accuracy"].value == 1, "all of them were right as they stand"


def test_each_answer_that_the_grammar_ended_costs_one_row(desk: Desk, base: Path) -> None:
    write_plan(desk.ws, desk.actor, desk.project_id, Plan(metric="valid_call_rate"), nonce="plan")
    measure(desk, base, n_closed=2)
    _, shown, held, _ = make_case(desk.ws, desk.project_id, 1, base).ways
    assert (shown.rate.value, held.rate.value) == (1, pytest.approx(1 - 2 / shown.rate.n))  # type: ignore[union-attr]


def test_base_that_writes_calls_its_own_way_is_not_asked_under_a_grammar(
    desk: Desk, base: Path, tmp_path: Path
) -> None:
    assert make_case(desk.ws, desk.project_id, 1, base).can_use_grammar
    assert make_case(desk.ws, desk.project_id, 1, tmp_path / "not unpacked yet").can_use_grammar
    own = tiny_model(tmp_path / "own", seed=1)
    (own / "chat_template.jinja").write_text(CALL_TEMPLATE)
    case = make_case(desk.ws, desk.project_id, 1, own)
    assert not case.can_use_grammar
    assert "calls in its own form" in case.no_grammar
    ask_base(desk.ws, desk.actor, desk.project_id, 1, own, nonce="ask own")
    assert [job.spec["grammar"] for job in list_jobs(desk.ws, desk.project_id)] == [False, False]


def test_tokens_of_prompts_are_counted_once_and_again_when_the_folder_changes(
    desk: Desk, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(desk, base)
    opened: list[Path] = []

    def count_opened(folder: Path) -> Template:
        opened.append(folder)
        return open_template(folder)

    monkeypatch.setattr(tuning_case, "open_template", count_opened)
    first = make_case(desk.ws, desk.project_id, 1, base)
    n_first = len(opened)
    assert make_case(desk.ws, desk.project_id, 1, base) == first
    assert len(opened) == n_first > 0
    template = base / "chat_template.jinja"
    template.write_text("Be brief and to the point at all times. " + template.read_text())
    later = make_case(desk.ws, desk.project_id, 1, base)
    assert later.ways[0].prompt_tokens > first.ways[0].prompt_tokens  # type: ignore[operator]


def test_a_target_above_what_prompting_reaches_leaves_room_for_a_run(desk: Desk, base: Path) -> None:
    measure(desk, base)
    write_plan(desk.ws, desk.actor, desk.project_id, Plan(metric="valid_call_rate", goal=1.0), nonce="plan")
    case = make_case(desk.ws, desk.project_id, 1, base)
    assert case.best is not None
    assert case.is_reached
    assert not case.is_sure
    assert case.is_afterthought


def test_test_split_is_not_opened_and_no_look_stands_on_the_evaluation_page(desk: Desk, base: Path) -> None:
    measure(desk, base)
    assert evaluating.count_looks(desk.ws, desk.project_id) == 0
    assert evaluating.list_evaluations(desk.ws, desk.project_id) == ()
    with desk.ws.reading() as connection:
        records = evaluations.list_evaluations(connection, desk.project_id)
    assert {record.split for record in records} == {Split.VALIDATION.value}
    dataset = get_dataset(desk.ws, desk.project_id, 1)
    asked = read_questions(desk.ws, dataset.id, Split.VALIDATION, read_evaluation_plan(records[0]).style, 64)
    assert len(asked) <= 64


def test_no_trained_model_is_asked_validation_rows_it_was_chosen_by(desk: Desk, base: Path) -> None:
    model = evaluating.register_base(desk.ws, desk.actor, desk.project_id, base, nonce="base")
    assert evaluating.require_asked(Split.VALIDATION, [model]) is Split.VALIDATION
    with pytest.raises(StateError, match="Nobody is evaluated on train rows"):
        evaluating.require_asked(Split.TRAIN, [model])
    for kind in ("adapter", "full", "hosted"):
        trained = msgspec.structs.replace(model, kind=kind)
        with pytest.raises(StateError, match="No trained model is evaluated on validation rows"):
            evaluating.require_asked(Split.VALIDATION, [model, trained])


@pytest.mark.parametrize("kind", ["adapter", "full"])
def test_a_run_on_this_base_is_the_tuned_way_whichever_weights_it_trained(desk: Desk, base: Path, kind: str) -> None:
    record = ModelRecord(
        id=desk.ws.new_id(),
        project_id=desk.project_id,
        name="run",
        base=str(base),
        kind=kind,
        location="runs/run/model",
        created_at=desk.ws.now(),
        details=json.dumps({"style": "conversation", "validation": {Plan().metric: 0.75}}),
    )
    with desk.ws.unit() as unit:
        save_model(unit.connection, record)
        unit.commit()
    tuned = next(one for one in make_case(desk.ws, desk.project_id, 1, base).ways if one.name == "tuned")
    assert tuned.rate is not None
    assert tuned.rate.value == 0.75


def test_a_target_is_checked_and_kept(desk: Desk) -> None:
    plan = Plan(goal=0.95, note="Refunds go out unseen", yes=("costly",))
    write_plan(desk.ws, desk.actor, desk.project_id, plan, nonce="plan")
    kept = tuning_case.read_plan(desk.ws, desk.project_id)
    assert kept.at
    assert msgspec.structs.replace(kept, at="") == plan
    with pytest.raises(StateError, match="120 %"):
        write_plan(desk.ws, desk.actor, desk.project_id, Plan(goal=1.2), nonce="high")
    with pytest.raises(StateError, match="no target for `loss`"):
        write_plan(desk.ws, desk.actor, desk.project_id, Plan(metric="loss"), nonce="loss")


def test_evidence_comes_from_the_catalogue(desk: Desk) -> None:
    facts = {one.criterion: one.fact for one in tuning_case.list_evidence(desk.ws, desk.project_id)}
    assert set(facts) == {"stable", "costly", "choice"}
