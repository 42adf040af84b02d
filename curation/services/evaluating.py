"""Evaluations: models answer the test split of a frozen version; each one is a look at it, counted and shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from curation.errors import StateError
from curation.llm.budget import Price
from curation.metrics.answers import Answer
from curation.metrics.effects import Tools
from curation.metrics.held import Held
from curation.model.people import Actor
from curation.model.states import JobState, Portion, Split, portion_of
from curation.model.values import Json
from curation.rendering import RowStyle
from curation.services.acts import Act, perform
from curation.services.evaluation_plans import (
    Asking,
    Plan,
    asks_every_turn,
    common_style,
    known_tools,
    make_plan,
    make_plans,
    place,
    plan_questions,
    write_plan,
)
from curation.services.evaluation_results import UNTOLD, make_result, store_result
from curation.services.evaluation_views import (
    EvaluationEntry,
    EvaluationView,
    count_looks,
    get_evaluation,
    list_evaluations,
)
from curation.services.freezing import DatasetView, get_dataset
from curation.services.jobs import JobView, get_job, intend_job
from curation.services.models import (
    HOSTED,
    RECORDED,
    TRAINED,
    ModelView,
    ensure_base,
    find_model,
    get_model,
    list_models,
)
from curation.services.portions import name_portion
from curation.services.questions import Question
from curation.services.served_models import require_served
from curation.services.workspace import Workspace
from db import evaluations
from db.acts import Deed
from db.evaluations import EvaluationRecord

ACT = "launch evaluation"
DECODING = "greedy"
"""The most likely token, always: the same model gives the same answers."""
USUAL = Asking()


class Recorded(msgspec.Struct, frozen=True):
    """Answers of one model that were given elsewhere, one per question, in order."""

    model_id: str
    answers: Sequence[Answer]
    shots: int = 0
    grammar: bool = False
    repairs: int = 0
    """How often, at most, it was told what is wrong with an answer."""
    held: Held = UNTOLD
    """How far a grammar held them, where there was one."""
    price: Price | None = None
    """What a million tokens cost where they were given."""
    is_from_file: bool = False
    """Whether somebody brought them in a file, so that only their word says whose they are."""


def launch_evaluation(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    model_ids: Sequence[str],
    *,
    limit: int | None = None,
    four_shot: bool = False,
    grammar: bool = False,
    repairs: int = 0,
    longest_answer: int = 0,
    split: Portion | str = Split.TEST,
    provider: str = "local",
    asking: Asking = USUAL,
    recorded: Sequence[Recorded] = (),
    nonce: str,
) -> JobView:
    """Let models answer the test split or its shifted copy, one job a model; all of them together are one look.

    With `four_shot` every base answers once more, after four worked examples from the training split; with `grammar`
    every model answers once more, held to the tools on offer. With `repairs` a model is told up to so many times what
    is wrong with an answer; its first answers are what is scored. `longest_answer` is how many tokens an answer of a
    model here may have, 0 as many as the longest right one needs. `asking` is about models that answer elsewhere;
    `recorded` answers belong to the same look. Returns the first job; `get_evaluation` takes its id.
    """
    dataset = get_dataset(ws, project_id, dataset_n)
    chosen = _find_each_once(ws, project_id, model_ids)
    require_askable(chosen, asking)
    also = [find_model(ws, project_id, run.model_id) for run in recorded]
    style = common_style([*chosen, *also])
    plans = make_plans(chosen, style, limit=limit, four_shot=four_shot, grammar=grammar, repairs=repairs)
    planned = _tell_all([*plans, *_plan_all_recorded(also, recorded, style, limit)], asking, longest_answer)
    asked = require_asked(split, [*chosen, *also])
    questions = plan_questions(ws, dataset.id, asked, planned[0][1])
    tools = known_tools(ws, dataset.id)

    def work(act: Act) -> str:
        jobs = [
            _intend(act, project_id, dataset, asked, plan, provider, f"{nonce}/{plan.position}")
            for _, plan in planned[: len(plans)]
        ]
        records = _add_records(act, project_id, dataset, asked, planned, [*jobs, *[None] * len(also)])
        _store_recorded(act, records[len(plans) :], recorded, questions, tools)
        return jobs[0]

    return get_job(ws, perform(ws, actor, ACT, nonce, str, work))


def _find_each_once(ws: Workspace, project_id: str, model_ids: Sequence[str]) -> list[ModelView]:
    """The models in their order; one that is named twice, be it by id and by name, is asked once."""
    found = [find_model(ws, project_id, model_id) for model_id in model_ids]
    return list({one.id: one for one in found}.values())


def require_askable(models: Sequence[ModelView], asking: Asking = USUAL) -> None:
    """Raises where one of the models cannot answer now, with what is to be done about it."""
    for one in models:
        if one.remote_name is not None:
            served = require_served(one)
            if asking.spending.money and served.price is None:
                raise StateError(
                    f"The budget is in money, and nobody has said what a token of `{one.name}` costs.",
                    hint="Add the model with its price, or set the budget in requests or tokens.",
                )
        elif one.is_gone:
            raise StateError(
                f"The model `{one.name}` does not lie in {one.location}, so it cannot answer.",
                hint="Put it back there, or choose another.",
            )


def _tell_all(
    planned: Sequence[tuple[ModelView, Plan]], asking: Asking, longest_answer: int = 0
) -> list[tuple[ModelView, Plan]]:
    """Places, and what all plans of a look share beside their questions' style."""

    def tell(model: ModelView, plan: Plan) -> Plan:
        every_turn = asks_every_turn(plan.style)
        if model.remote_name:
            return msgspec.structs.replace(plan, every_turn=every_turn, asking=asking)
        return msgspec.structs.replace(plan, every_turn=every_turn, asking=USUAL, longest_answer=longest_answer)

    return [(model, tell(model, plan)) for model, plan in place(planned)]


def record_answers(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    runs: Sequence[Recorded],
    *,
    limit: int | None = None,
    split: Portion | str = Split.TEST,
    nonce: str,
) -> EvaluationView:
    """Score answers that were given elsewhere exactly as those of a job, and store them as one look."""
    dataset = get_dataset(ws, project_id, dataset_n)
    chosen = [find_model(ws, project_id, run.model_id) for run in runs]
    style = common_style(chosen)
    planned = _tell_all(_plan_all_recorded(chosen, runs, style, limit), USUAL)
    asked = require_asked(split, chosen)
    questions, tools = plan_questions(ws, dataset.id, asked, planned[0][1]), known_tools(ws, dataset.id)

    def work(act: Act) -> str:
        records = _add_records(act, project_id, dataset, asked, planned, [None] * len(planned))
        _store_recorded(act, records, runs, questions, tools)
        return records[0].id

    return get_evaluation(ws, perform(ws, actor, ACT, nonce, str, work))


def plan_recorded_look(
    ws: Workspace,
    project_id: str,
    dataset_n: int,
    models: Sequence[ModelView],
    *,
    limit: int | None = None,
    split: Portion | str = Split.TEST,
) -> tuple[Question, ...]:
    """What all of these models would be asked in one look, before anything of it is stored."""
    dataset = get_dataset(ws, project_id, dataset_n)
    style = common_style(models)
    planned = _tell_all([(model, make_plan(model, style, limit=limit)) for model in models], USUAL)
    return plan_questions(ws, dataset.id, require_asked(split, models), planned[0][1])


def _store_recorded(
    act: Act, records: Sequence[EvaluationRecord], runs: Sequence[Recorded], questions: Sequence[Question], tools: Tools
) -> None:
    for record, run in zip(records, runs, strict=True):
        store_result(act.connection, record, make_result(record, questions, run.answers, tools, run.held), act.at)


def _plan_all_recorded(
    models: Sequence[ModelView], runs: Sequence[Recorded], style: RowStyle, limit: int | None
) -> list[tuple[ModelView, Plan]]:
    return [(model, _plan_recorded(model, run, style, limit)) for model, run in zip(models, runs, strict=True)]


def _plan_recorded(model: ModelView, run: Recorded, style: RowStyle, limit: int | None) -> Plan:
    plan = make_plan(model, style, limit=limit, shots=run.shots, grammar=run.grammar, repairs=run.repairs)
    priced = msgspec.structs.replace(plan, price=run.price or plan.price)
    if not run.is_from_file or model.kind == RECORDED:  # Of that one nothing but such answers is known.
        return priced
    return msgspec.structs.replace(priced, label=f"{plan.label}, from a file", is_from_file=True)


def register_base(ws: Workspace, actor: Actor, project_id: str, folder: Path, *, nonce: str) -> ModelView:
    """Make a base model's folder known to a project, so that it can be evaluated; a known one stays as it is."""

    def work(act: Act) -> str:
        model_id = ensure_base(ws, act.connection, project_id, folder, act.at)
        act.note(Deed(model_id, after=folder.name, project_id=project_id))
        return model_id

    return get_model(ws, perform(ws, actor, ACT, nonce, str, work))


def require_asked(split: Portion | str, models: Sequence[ModelView]) -> Portion:
    """Models are asked from what nothing was learnt or chosen by: the test split, as it is or shifted.

    A base has learnt nothing here, so whether it needs a training at all is asked on validation rows.
    """
    asked = portion_of(split)
    has_learnt = any(one.kind in (*TRAINED, HOSTED) for one in models)
    if asked is Split.TRAIN or (asked is Split.VALIDATION and has_learnt):
        whom = "Nobody" if asked is Split.TRAIN else "No trained model"
        raise StateError(f"{whom} is evaluated on {asked.value} rows.", hint="Ask from the test split.")
    return asked


def _intend(
    act: Act, project_id: str, dataset: DatasetView, split: Portion, plan: Plan, provider: str, nonce: str
) -> str:
    spec: dict[str, Json] = {"dataset_id": dataset.id, "dataset_n": dataset.n, **msgspec.to_builtins(plan)}
    name = f"{plan.label} on version {dataset.n}"
    if split is not Split.TEST:
        spec["split"] = split.value
        name += f", {name_portion(split)}"
    return intend_job(act, project_id=project_id, kind="evaluate", name=name, provider=provider, spec=spec, nonce=nonce)


def _add_records(
    act: Act,
    project_id: str,
    dataset: DatasetView,
    split: Portion,
    planned: Sequence[tuple[ModelView, Plan]],
    jobs: Sequence[str | None],
) -> list[EvaluationRecord]:
    """One record a plan; opening the split is counted here, in the transaction that asks for it."""
    look_no = evaluations.last_look(act.connection, project_id, split.value) + 1
    records = [
        EvaluationRecord(
            id=act.ws.new_id(),
            project_id=project_id,
            model_id=model.id,
            dataset_id=dataset.id,
            job_id=job_id,
            split=split.value,
            decoding=DECODING,
            settings=write_plan(plan),
            look_no=look_no,
            state=JobState.INTENT.value,
            by=act.actor.person_id,
            created_at=act.at,
        )
        for (model, plan), job_id in zip(planned, jobs, strict=True)
    ]
    for record in records:
        evaluations.add_evaluation(act.connection, record)
    labels = ", ".join(plan.label for _, plan in planned)
    act.note(Deed(records[0].id, after=f"look {look_no}: {labels}", project_id=project_id))
    return records


__all__ = [
    "Asking",
    "EvaluationEntry",
    "EvaluationView",
    "Recorded",
    "count_looks",
    "get_evaluation",
    "launch_evaluation",
    "list_evaluations",
    "list_models",
    "record_answers",
    "register_base",
]
