"""What an evaluation is going to do: which model answers which questions, and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from curation.errors import StateError
from curation.llm.budget import Price
from curation.llm.grammar import PACKAGE, is_installed, require_llguidance
from curation.model.definition import Tool
from curation.model.states import Portion
from curation.rendering import RowStyle, load_template, needs_router
from curation.services.judging import bench_of
from curation.services.models import ModelView, distinguish
from curation.services.portions import name_portion
from curation.services.questions import Pool, Question, read_pool, read_questions
from curation.services.served_models import find_served_price
from curation.services.synthesis_sheets import Spending
from curation.services.workspace import Workspace
from db import datasets
from db.evaluations import EvaluationRecord

SHOTS = 4
"""Worked examples shown before each question of a four-shot evaluation."""


class Asking(msgspec.Struct, frozen=True):
    """How fast models elsewhere are asked, and what each may take at most; 0 means nothing is said."""

    at_once: int = 8
    """Requests under way side by side."""
    per_minute: int = 0
    spending: Spending = Spending()
    longest_answer: int = 1024
    """Tokens an answer may have, those in which a model thinks aloud among them."""


class Plan(msgspec.Struct, frozen=True):
    """How one model is asked; stored with its evaluation."""

    label: str
    """The model's name, and what sets this evaluation of it apart; once a plan has its place no other has this one."""
    style: RowStyle
    limit: int | None = None
    shots: int = 0
    grammar: bool = False
    """Whether its answers are held to the tools on offer."""
    repairs: int = 0
    """How often, at most, it is told what is wrong with an answer."""
    position: int = 0
    """Place among the evaluations asked for in one go."""
    every_turn: bool = False
    """Whether a conversation is asked at each of its decisions; False in looks of old, which asked its first alone."""
    asking: Asking = Asking()
    price: Price | None = None
    """What the host asks for a million tokens, where somebody has said so."""
    is_from_file: bool = False
    """Whether somebody brought its answers in a file, although the model itself can be asked."""
    longest_answer: int = 0
    """Tokens an answer of a model of this machine may have; 0: as many as the longest right answer needs."""

    @property
    def is_raw(self) -> bool:
        """Whether it is asked without examples and without a grammar."""
        return not self.shots and not self.grammar


def make_plan(
    model: ModelView,
    style: RowStyle,
    *,
    limit: int | None = None,
    shots: int = 0,
    grammar: bool = False,
    repairs: int = 0,
) -> Plan:
    """How this model is asked; what its host charges is written down with it, since prices change."""
    apart = [f"{shots}-shot"] * bool(shots) + ["grammar"] * grammar
    label = ", ".join([model.name, *apart])
    price = find_served_price(model)
    return Plan(label=label, style=style, limit=limit, shots=shots, grammar=grammar, repairs=repairs, price=price)


def make_plans(
    models: Sequence[ModelView],
    style: RowStyle,
    *,
    limit: int | None,
    four_shot: bool,
    grammar: bool = False,
    repairs: int = 0,
) -> list[tuple[ModelView, Plan]]:
    """One plan a model; with `four_shot` another one for each base, with `grammar` another one for every model.

    Under a grammar there is nothing to repair, as long as it says all of the schemas.
    """
    if grammar:
        _require_grammar(models, style)
    planned = []
    for model in models:
        planned.append((model, make_plan(model, style, limit=limit, repairs=repairs)))
        if four_shot and model.kind == "base":
            planned.append((model, make_plan(model, style, limit=limit, shots=SHOTS, repairs=repairs)))
        if grammar:
            planned.append((model, make_plan(model, style, limit=limit, grammar=True)))
    return place(planned)


def say_no_grammar(style: RowStyle) -> str:
    """Why models that are asked like this cannot be held to a grammar, as half a sentence; empty where they can."""
    if style != "router":
        return "it writes calls in its own form, and a grammar holds answers to the router's form."
    return "" if is_installed() else f"the package `{PACKAGE}` is not installed. Run `make run` (without TRAIN=0)."


def can_use_grammar(style: RowStyle) -> bool:
    """A grammar holds answers to the router's form, and needs its package."""
    return not say_no_grammar(style)


def _require_grammar(models: Sequence[ModelView], style: RowStyle) -> None:
    """Raises where no grammar can be used: before a job is launched that would fail."""
    native = next((one for one in models if one.is_native), None)
    if native is not None:
        raise StateError(
            f"The model `{native.name}` calls tools of its own; a grammar holds answers to the router's form.",
            hint="Add it once more with the router's prompt, or evaluate without a grammar.",
        )
    if style != "router":
        raise StateError(
            "These models answer with calls in their own form; a grammar holds answers to the router's form.",
            hint="Evaluate them without a grammar.",
        )
    if any(one.remote_name is None for one in models):
        require_llguidance()


def place(planned: Sequence[tuple[ModelView, Plan]]) -> list[tuple[ModelView, Plan]]:
    """The plans with their places, and each with a label of its own."""
    labels = distinguish([plan.label for _, plan in planned])
    return [
        (model, msgspec.structs.replace(plan, position=i, label=label))
        for i, ((model, plan), label) in enumerate(zip(planned, labels, strict=True))
    ]


def common_style(models: Sequence[ModelView]) -> RowStyle:
    """How all models are asked: as the trained ones were trained, else as the first base's template needs it."""
    if not models:
        raise StateError("No model was chosen.", hint="Choose at least one model to evaluate.")
    bound = [one for one in models if not one.is_native]
    if not bound:
        return "conversation"
    trained: set[RowStyle] = {one.details["style"] for one in bound if "style" in one.details}
    if len(trained) > 1:
        raise StateError(
            "These models were trained on rows of different kinds, so they cannot be asked the same questions.",
            hint="Evaluate router models and native models apart.",
        )
    return next(iter(trained)) if trained else _style_of_base(bound[0])


def asks_every_turn(style: RowStyle) -> bool:
    """Whether a row stands for a conversation that is asked at each of its decisions; a router's is one already."""
    return style == "conversation"


def _style_of_base(model: ModelView) -> RowStyle:
    return "router" if needs_router(load_template(model.location)) else "conversation"


def read_plan(record: EvaluationRecord) -> Plan:
    return msgspec.json.decode(record.settings, type=Plan)


def write_plan(plan: Plan) -> str:
    return msgspec.json.encode(plan).decode()


def plan_questions(ws: Workspace, dataset_id: str, split: Portion, plan: Plan) -> tuple[Question, ...]:
    """The questions of a plan; a version without any is worth a sentence."""
    return _some(read_questions(ws, dataset_id, split, plan.style, plan.limit, every_turn=plan.every_turn), split)


def plan_everything(ws: Workspace, dataset_id: str, split: Portion, plan: Plan) -> tuple[Question, ...]:
    """All questions of the split, those the plan leaves out included."""
    return plan_pool(ws, dataset_id, split, plan).questions


def plan_pool(ws: Workspace, dataset_id: str, split: Portion, plan: Plan) -> Pool:
    """All questions of the split, and how many decisions are none in this way of asking."""
    pool = read_pool(ws, dataset_id, split, plan.style, every_turn=plan.every_turn)
    _some(pool.questions, split)
    return pool


def known_tools(ws: Workspace, dataset_id: str) -> Mapping[str, Tool]:
    """What was known of the tools when the version was frozen: what they change, and what they bring back."""
    with ws.reading() as connection:
        record = datasets.find_version(connection, dataset_id)
        return bench_of(connection, None, record.catalogue_id if record else None).tools


def _some(questions: tuple[Question, ...], split: Portion) -> tuple[Question, ...]:
    if not questions:
        raise StateError(
            f"The version has no {name_portion(split)} rows that a model can be asked.",
            hint="Freeze a larger version first.",
        )
    return questions
