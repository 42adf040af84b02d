"""Whether a training is worth it: what prompting alone reaches on validation rows, against a target written down first.

A base model is asked as it is, after four worked examples, and under a grammar. A run pays where none of them reaches
the target, the schema holds still, and a wrong call is dear; else prompting is cheaper.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import msgspec

from curation.errors import CurationError, StateError
from curation.finetune.answering import choose_shown
from curation.finetune.rows import ask, can_ask, row_asked
from curation.metrics.contract import Rate
from curation.metrics.held import Held
from curation.model.people import Actor
from curation.model.states import Split
from curation.rendering import ChatRow, RowStyle, Template, needs_router, open_template, read_chat_row
from curation.services.acts import Act, perform
from curation.services.askable import walk_takeable
from curation.services.cataloguing import list_catalogues, list_tools
from curation.services.evaluating import launch_evaluation, register_base
from curation.services.evaluation_plans import can_use_grammar, common_style, say_no_grammar
from curation.services.evaluation_views import EvaluationView, ModelResult, get_evaluation, list_evaluations
from curation.services.freezing import get_dataset
from curation.services.jobs import JobView
from curation.services.models import TRAINED, ModelView, list_models
from curation.services.projects import need_project
from curation.services.questions import read_questions
from curation.services.row_files import chat_rows, walk_rows
from curation.services.token_counting import digest_base
from curation.services.workspace import Workspace
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "tuning"
ROWS = 64
"""Validation rows a base is asked, at most: as many as a run looks at."""
MOST_COUNTED = 32
"""Kinds of prompts of a workspace whose tokens are kept counted."""
METRICS: Mapping[str, str] = {
    "argument_match": "right arguments",
    "tool_name_accuracy": "right tool",
    "valid_call_rate": "valid call",
}
"""Rates a target can be set for; of all of them more is better."""
Criterion = Literal["stable", "costly", "choice"]
QUESTIONS: Mapping[Criterion, str] = {
    "stable": "The tools and their schemas hold still",
    "costly": "A wrong call is dear",
    "choice": "The model must choose among several tools",
}


class Plan(msgspec.Struct, frozen=True):
    """What the lead wrote down before anything was measured."""

    metric: str = "argument_match"
    goal: float = 0.9
    note: str = ""
    yes: tuple[Criterion, ...] = ()
    """The criteria that hold."""
    in_price: float = 0.0
    """For a million tokens read; 0: nothing, as on one's own machine."""
    out_price: float = 0.0
    minutes_a_label: float = 3.0
    at: str = ""
    """When it was written down; empty before."""


class Evidence(msgspec.Struct, frozen=True):
    """One criterion, with what this project says about it."""

    criterion: Criterion
    question: str
    fact: str


class Way(msgspec.Struct, frozen=True):
    """One way to get there: what it reaches, and what it costs."""

    name: str
    rate: Rate | None
    """None until it was measured."""
    is_prompting: bool
    labels: int
    prompt_tokens: float | None = None
    answer_tokens: float | None = None
    latency_ms: float | None = None


class Case(msgspec.Struct, frozen=True):
    """All that speaks for and against a training."""

    plan: Plan
    view: EvaluationView | None
    """The newest look of a base at validation rows."""
    ways: tuple[Way, ...]
    no_grammar: str = ""
    """Why the base cannot be asked under a grammar, as half a sentence; empty where it can, or is not there yet."""

    @property
    def can_use_grammar(self) -> bool:
        return not self.no_grammar

    @property
    def held(self) -> Held | None:
        """How far a grammar held the answers; None where none did."""
        return next(iter(self.view.held.values()), None) if self.view else None

    @property
    def is_grammar_asked(self) -> bool:
        return any(one.grammar for one in self.view.models) if self.view else False

    @property
    def best(self) -> Way | None:
        """The way of prompting that reaches most."""
        measured = [way for way in self.ways if way.is_prompting and way.rate and way.rate.value is not None]
        return max(measured, key=_value, default=None)

    @property
    def is_afterthought(self) -> bool:
        """Whether the target is younger than the figures, which it may have been fitted to."""
        return self.view is not None and self.plan.at > self.view.created_at

    @property
    def is_reached(self) -> bool:
        return self.best is not None and _value(self.best) >= self.plan.goal

    @property
    def is_sure(self) -> bool:
        """Whether the target also holds at the lower end of what the rows allow."""
        low = self.best.rate.low if self.best and self.best.rate else None
        return low is not None and low >= self.plan.goal


class _Prompted(NamedTuple):
    """What decides how many tokens a prompt has."""

    dataset_id: str
    base: Path
    digest: str
    shots: int
    every_turn: bool


_counted: WeakKeyDictionary[Workspace, dict[_Prompted, float | None]] = WeakKeyDictionary()


def _value(way: Way) -> float:
    return way.rate.value if way.rate and way.rate.value is not None else -1.0


def read_plan(ws: Workspace, project_id: str) -> Plan:
    """As it was written down last; the usual target before."""
    with ws.reading() as connection:
        said = read_setting(connection, project_id, SETTING)
    return msgspec.json.decode(said, type=Plan) if said else Plan()


def write_plan(ws: Workspace, actor: Actor, project_id: str, plan: Plan, *, nonce: str) -> Plan:
    """Write the target down, with who and when in the audit: it is to be older than the figures."""
    if plan.metric not in METRICS:
        raise StateError(f"There is no target for `{plan.metric}`.", hint=f"Known: {', '.join(METRICS)}.")
    if not 0 < plan.goal <= 1:
        raise StateError(f"A target of {100 * plan.goal:g} % is none.", hint="Name more than 0 and up to 100 %.")

    def work(act: Act) -> Plan:
        project = need_project(act.connection, project_id)
        kept = msgspec.structs.replace(plan, at=act.at)
        write_setting(act.connection, project.id, SETTING, kept)
        act.note(Deed("tuning", after=f"{plan.metric} {plan.goal:g} {plan.note}".strip(), project_id=project.id))
        return kept

    return perform(ws, actor, "plan tuning", nonce, Plan, work)


def list_evidence(ws: Workspace, project_id: str) -> tuple[Evidence, ...]:
    """What the catalogue says about each criterion; the lead decides."""
    catalogues, tools = list_catalogues(ws, project_id), list_tools(ws, project_id)
    newest = max((one.at for one in catalogues), default="")
    times = "once, " if len(catalogues) == 1 else f"{len(catalogues)} times, last "
    published = f"published {times}on {newest[:10]}" if newest else "never published"
    acting = sorted(one.name for one in tools if one.tool.side_effect not in (None, "read"))
    acts = _count_acting(len(acting), len(tools)) + (f": {', '.join(acting[:4])}" if acting else "")
    facts: dict[Criterion, str] = {"stable": published, "costly": acts, "choice": _count_offered(len(tools))}
    return tuple(Evidence(one, question, facts[one]) for one, question in QUESTIONS.items())


def _count_acting(n: int, of: int) -> str:
    if not n:
        return "no tool changes anything"
    return f"{n} of {of} {'tool' if of == 1 else 'tools'} {'changes' if n == 1 else 'change'} something"


def _count_offered(n: int) -> str:
    return "1 tool is offered" if n == 1 else f"{n} tools are offered"


def ask_base(ws: Workspace, actor: Actor, project_id: str, dataset_n: int, base: Path, *, nonce: str) -> JobView:
    """Let a base answer validation rows, as it is, after four worked examples, and under a grammar.

    The test split stays shut. A base that writes calls in its own form is not asked under a grammar.
    """
    model = register_base(ws, actor, project_id, base, nonce=f"{nonce}/base")
    return launch_evaluation(
        ws,
        actor,
        project_id,
        dataset_n,
        [model.id],
        limit=ROWS,
        four_shot=True,
        grammar=can_use_grammar(common_style([model])),
        split=Split.VALIDATION,
        nonce=nonce,
    )


def find_look(ws: Workspace, project_id: str, dataset_n: int, base: Path | None) -> EvaluationView | None:
    """The newest look of this base at the validation rows of this version."""
    if base is None:
        return None
    looks = [one for one in list_evaluations(ws, project_id, (Split.VALIDATION,)) if one.dataset_n == dataset_n]
    views = (get_evaluation(ws, one.id) for one in looks)
    return next((view for view in views if view.models[0].model.location.resolve() == base.resolve()), None)


def make_case(ws: Workspace, project_id: str, dataset_n: int, base: Path | None) -> Case:
    """The plan, the newest look, and every way with what it costs."""
    plan, view = read_plan(ws, project_id), find_look(ws, project_id, dataset_n, base)
    asked = [_prompted(ws, view, one, plan) for one in view.models] if view else []
    tuned = _tuned(ws, project_id, dataset_n, base, plan)
    return Case(plan, view, (*asked, tuned), _find_no_grammar(base))


def _find_no_grammar(base: Path | None) -> str:
    """Nothing is said of a base that is not unpacked yet, or that asking will refuse by its own sentence."""
    digest = digest_base(base) if base is not None else ""
    try:
        return say_no_grammar(_style_of(base, digest)) if base is not None and digest else ""
    except CurationError:
        return ""


@lru_cache(maxsize=16)
def _style_of(base: Path, _digest: str) -> RowStyle:
    """How a base is asked, worked out once for each state of its folder."""
    return "router" if needs_router(open_template(base)) else "conversation"


def _prompted(ws: Workspace, view: EvaluationView, result: ModelResult, plan: Plan) -> Way:
    """What one way of asking reaches; an answer that the model did not bring to its end is no success of prompting."""
    name = f"after {result.shots} examples" if result.shots else "under a grammar" if result.grammar else "as it is"
    if result.own is None:
        return Way(name, None, is_prompting=True, labels=result.shots)
    n = result.own.overall.n.rows
    return Way(
        name,
        result.own.overall.metrics[plan.metric],
        is_prompting=True,
        labels=result.shots,
        prompt_tokens=count_prompt_tokens(ws, view, result),
        answer_tokens=result.summary["tokens"] / n if n else None,
        latency_ms=result.summary["latency_ms"]["p50"],
    )


def count_prompt_tokens(ws: Workspace, view: EvaluationView, result: ModelResult) -> float | None:
    """Tokens the model reads for one answer, on average over the rows asked; counted once, as a page asks often."""
    dataset, base = get_dataset(ws, view.project_id, view.dataset_n), result.model.base
    known = _counted.setdefault(ws, {})
    # A version never changes; a model's folder may, under its name.
    key = _Prompted(dataset.id, base, digest_base(base), result.shots, view.every_turn)
    if key not in known:
        if len(known) >= MOST_COUNTED:
            known.pop(next(iter(known)), None)
        known[key] = _count_prompts(ws, key)
    return known[key]


def _count_prompts(ws: Workspace, prompted: _Prompted) -> float | None:
    template = open_template(prompted.base)
    if template.tokenizer is None:
        return None
    style: RowStyle = "router" if needs_router(template) else "conversation"
    shown: tuple[ChatRow, ...] = ()
    if prompted.shots:
        rows = walk_rows(ws, prompted.dataset_id, Split.TRAIN, style)
        examples = list(rows if style == "router" else walk_takeable(rows, template))
        shown = choose_shown(chat_rows(examples, style), prompted.shots)
    questions = read_questions(ws, prompted.dataset_id, Split.VALIDATION, style, ROWS, every_turn=prompted.every_turn)
    asked = [read_chat_row(one.row, style) for one in questions]
    counts = [_count_asked(template, row, shown) for row in asked if style == "router" or can_ask(template, row, shown)]
    return statistics.mean(counts) if counts else None


def _count_asked(template: Template, row: ChatRow, shown: tuple[ChatRow, ...]) -> int:
    asked = row_asked(ask(row, shown), row.style)
    return len(template.tokenize(template.render(asked, prompt=True)).ids)


def _tuned(ws: Workspace, project_id: str, dataset_n: int, base: Path | None, plan: Plan) -> Way:
    """The newest run on this base, by its best look at validation rows; a bare row before there is one."""
    labels = get_dataset(ws, project_id, dataset_n).counts.get(Split.TRAIN.value, 0)
    model = next((one for one in list_models(ws, project_id) if _is_run_on(one, base)), None)
    said = (model.details.get("validation") or {}).get(plan.metric) if model else None
    return Way("tuned", None if said is None else Rate(float(said), 0), is_prompting=False, labels=labels)


def _is_run_on(model: ModelView, base: Path | None) -> bool:
    return model.kind in TRAINED and base is not None and model.base.resolve() == base.resolve()


def price_thousand(plan: Plan, way: Way) -> float | None:
    """What a thousand requests cost, by the prices written down."""
    if way.prompt_tokens is None or way.answer_tokens is None:
        return None
    return (way.prompt_tokens * plan.in_price + way.answer_tokens * plan.out_price) / 1000
