"""The gate before production: what a model's raw answers must reach, and that it is no worse than what is in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StaleRevisionError, StateError
from curation.metrics.gate import (
    ALL,
    DEFAULT_FLOORS,
    KNOWN,
    SHIFTED_ROWS,
    Check,
    Floor,
    Rules,
    Ruling,
    State,
    judge,
)
from curation.metrics.report import Report
from curation.metrics.scored import Scored
from curation.model.people import Actor
from curation.model.states import JobState, Shifted, Split
from curation.services.acts import Act, perform
from curation.services.evaluation_views import EvaluationView, ModelResult, get_evaluation, list_evaluations
from curation.services.gate_words import (
    FROM_FILE,
    LEARNT,
    NOT_ASKED,
    OTHERS_UNASKED,
    PRODUCTION_FROM_FILE,
    PRODUCTION_UNASKED,
    UNASKED,
    Alarm,
    CheckView,
    list_alarms,
    say_check,
)
from curation.services.models import ModelView
from curation.services.models_in_use import PRODUCTION, AliasView
from curation.services.portions import name_portion
from curation.services.projects import need_project
from curation.services.rate_words import say_rate, say_share, say_slice
from curation.services.run_watching import digest_facts
from curation.services.workspace import Workspace
from db import aliases
from db.acts import Deed
from db.aliases import GateRecord

MOST_REMEMBERED = 16
"""Rulings of a workspace that are kept worked out."""


class GateView(msgspec.Struct, frozen=True):
    """What the gate says of one model in one look."""

    label: str
    model: ModelView
    evaluation_id: str
    """Of the model's raw answers, which decide."""
    production: str
    """What the model in use is called in this look; empty where there is none, or it did not answer here."""
    is_production: bool
    """Whether it is the model in use itself, so that there is nothing to hold it against."""
    ruling: Ruling
    checks: tuple[CheckView, ...]
    alarms: tuple[Alarm, ...]
    rules: Rules
    """What was asked for."""
    seq: int
    """The number of the change that had brought production what it was held against; 0 before the first."""

    @property
    def stamp(self) -> str:
        """Another word whenever something else is in production, is asked for or is found."""
        return digest_facts((self.seq, self.rules, self.ruling))

    @property
    def state(self) -> State:
        return self.ruling.state

    @property
    def failed(self) -> tuple[CheckView, ...]:
        return self._in(State.FAILED)

    @property
    def not_proven(self) -> tuple[CheckView, ...]:
        return self._in(State.NOT_PROVEN)

    @property
    def summary(self) -> str:
        """How many checks it passes, in one sentence."""
        said = f"{self.label} passes {len(self._in(State.PASSED))} of {len(self.checks)} checks"
        parts = [f"{len(some)} {word}" for some, word in ((self.failed, "failed"), (self.not_proven, "not proven"))]
        told = [part for part in parts if not part.startswith("0 ")]
        return said + (f": {', '.join(told)}." if told else ".")

    def _in(self, state: State) -> tuple[CheckView, ...]:
        return tuple(one for one in self.checks if one.state is state)


class Remembered(msgspec.Struct, frozen=True):
    """A ruling with the looks it was made of."""

    looks: tuple[EvaluationView, EvaluationView | None]
    gate: GateView


_known: WeakKeyDictionary[Workspace, dict[tuple[object, ...], Remembered]] = WeakKeyDictionary()


def read_rules(ws: Workspace, project_id: str, alias: str = PRODUCTION) -> Rules:
    """What a model must reach to be used as this: the usual floors until a lead has set others."""
    with ws.reading() as connection:
        return rules_of(connection, project_id, alias)


def rules_of(connection: Connection, project_id: str, alias: str) -> Rules:
    """As `read_rules`, inside a transaction."""
    record = aliases.find_gate(connection, project_id, alias)
    return Rules(msgspec.json.decode(record.floors, type=tuple[Floor, ...]) if record else DEFAULT_FLOORS)


def set_floors(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    floors: Iterable[Floor],
    *,
    seen: Rules | None = None,
    alias: str = PRODUCTION,
    nonce: str,
) -> Rules:
    """Ask for these floors from now on; that nothing got worse is asked for always.

    Raises:
        StateError: a floor is none, or is there twice.
        StaleRevisionError: `seen` is not what is asked for any more.
    """
    wanted = tuple(floors)
    _require_sound(wanted)

    def work(act: Act) -> Rules:
        project = need_project(act.connection, project_id)
        before = rules_of(act.connection, project.id, alias)
        if seen is not None and seen != before:
            raise StaleRevisionError("Somebody else set the floors in between.", hint="Close this and open it again.")
        record = GateRecord(project.id, alias, _write(wanted), act.actor.person_id, act.at)
        aliases.put_gate(act.connection, record)
        act.note(Deed(f"gate {project.id} {alias}", _write(before.floors), record.floors, project.id))
        return Rules(wanted)

    return perform(ws, actor, "set gate", nonce, Rules, work)


def find_label(view: EvaluationView, model: ModelView) -> str:
    """How a model is called in a look, whichever way it was asked."""
    asked = next((one.label for one in view.models if one.model.id == model.id), None)
    if asked is None:
        raise StateError(f"`{model.name}` did not answer in this look.", hint="Evaluate it on the test split.")
    return asked


def find_obstacle(view: EvaluationView, label: str) -> str:
    """Why the gate cannot look at a model of this look, as a sentence; empty where it can."""
    if view.split is not Split.TEST:
        return f"The gate looks at answers to the test split; this look is at {name_portion(view.split)} rows."
    asked = next((one for one in view.models if one.label == label), None)
    if asked is None:
        return f"`{label}` did not answer in this look."
    raw = _find_raw(view, asked.model.id)
    if raw is None:
        return f"`{asked.model.name}` was asked only with help in this look, and its raw answers decide."
    if not _is_over(raw):
        return f"`{raw.label}` has not answered every question of this look."
    return ""


def judge_model(
    view: EvaluationView,
    label: str,
    rules: Rules,
    production: AliasView | None,
    shifted: EvaluationView | None = None,
) -> GateView:
    """What the gate says of a model by a look that is over.

    Args:
        view: a look at the test split.
        label: the model, by any of the ways it was asked; its raw answers are what is judged.
        rules: what is asked for.
        production: what is in use now.
        shifted: a look at the shifted copy of the same version, where the model answered that too.

    Raises:
        StateError: the gate cannot look at this; `find_obstacle` says so beforehand.
    """
    if obstacle := find_obstacle(view, label):
        raise StateError(obstacle, hint="Evaluate it on the test split, as it is.")
    raw = _need_raw(view, next(one.model.id for one in view.models if one.label == label))
    in_use = _find_raw(view, production.model.id) if production else None
    is_production = in_use is raw
    theirs = _answers_of(in_use) if not is_production else None
    ruling = judge(_report_of(raw), rules, theirs, _find_shifted(raw, shifted))
    opened = tuple(_list_open(view, raw, in_use if theirs else None, shifted))
    if production is not None and theirs is None and not is_production and rules.against_production:
        opened = (_leave_open(NOT_ASKED), *opened)
    ruling = Ruling((*ruling.checks, *opened))
    name = production.model.name if production else ""
    return GateView(
        label=raw.label,
        model=raw.model,
        evaluation_id=raw.evaluation_id,
        production=in_use.label if in_use and theirs else "",
        is_production=is_production,
        ruling=ruling,
        checks=tuple(say_check(one, name) for one in ruling.checks),
        alarms=list_alarms(ruling.checks),
        rules=rules,
        seq=production.seq if production else 0,
    )


def find_look(ws: Workspace, project_id: str, model_id: str, look: str = "") -> EvaluationView:
    """A look at the test split by its number or id; unnamed, the newest in which this model gave its raw answers."""
    entries = list_evaluations(ws, project_id, (Split.TEST,))
    if look:
        named = next((one for one in entries if look in (one.id, str(one.look_no))), None)
        view = get_evaluation(ws, named.id if named else look)
        if view.project_id != project_id:
            raise NotFoundError("This evaluation is not here.")
        return view
    views = (get_evaluation(ws, one.id) for one in entries if model_id in one.raw_models)
    found = next((one for one in views if _is_over(_find_raw(one, model_id))), None)
    if found is None:
        raise NotFoundError("This model has not answered the test split yet.", hint="`callwright evaluate` asks it.")
    return found


def find_shifted(ws: Workspace, view: EvaluationView, model_id: str) -> EvaluationView | None:
    """The newest look at the shifted copy of the same version in which this model gave its raw answers."""
    for entry in list_evaluations(ws, view.project_id, (Shifted.TEST,)):
        if entry.dataset_n != view.dataset_n or model_id not in entry.raw_models:
            continue  # A look is worked out only to be read.
        found = get_evaluation(ws, entry.id)
        if _is_over(_find_raw(found, model_id)):
            return found
    return None


def remember_ruling(
    ws: Workspace, view: EvaluationView, label: str, rules: Rules, production: AliasView | None
) -> GateView:
    """As `judge_model`, with the look at the shifted rows beside it, worked out once: a page asks on every rerun."""
    model = next((one.model for one in view.models if one.label == label), None)
    asks = view.split is Split.TEST and any(floor.slice == SHIFTED_ROWS for floor in rules.floors)
    shifted = find_shifted(ws, view, model.id) if model and asks else None
    looks, known = (view, shifted), _known.setdefault(ws, {})
    key = (view.id, label, rules, production.seq if production else 0)
    held = known.get(key)
    # The same look is another object as soon as one of its models has answered anew.
    if held is None or any(one is not other for one, other in zip(held.looks, looks, strict=True)):
        if len(known) >= MOST_REMEMBERED:
            known.pop(next(iter(known)), None)
        held = known[key] = Remembered(looks, judge_model(view, label, rules, production, shifted))
    return held.gate


def _leave_open(why: str) -> Check:
    """One more thing that nobody knows."""
    return Check(ALL, why, State.NOT_PROVEN, 0, None)


def _list_open(
    view: EvaluationView, raw: ModelResult, in_use: ModelResult | None, shifted: EvaluationView | None
) -> Iterator[Check]:
    """What no figure of a look tells: who gave answers that came in a file, and rows that somebody was not asked.

    Args:
        view: the look.
        raw: the answers that are judged.
        in_use: those of production that they are held against.
        shifted: the look at the shifted rows.
    """
    beside = _find_raw(shifted, raw.model.id) if shifted else None
    if any(one is not None and one.is_from_file for one in (raw, beside)):
        yield _leave_open(FROM_FILE)
    if in_use is not None and in_use.is_from_file:
        yield _leave_open(PRODUCTION_FROM_FILE)
    if raw.n_learnt:
        yield Check(ALL, LEARNT, State.NOT_PROVEN, len(view.rows), None, mute=raw.n_learnt)
    if beside is not None and shifted is not None and beside.n_learnt:
        yield Check(SHIFTED_ROWS, LEARNT, State.NOT_PROVEN, len(shifted.rows), None, mute=beside.n_learnt)
    yield from _list_unasked(view, raw.label, in_use.label if in_use else "")
    if shifted is not None and beside is not None:
        yield from _list_unasked(shifted, beside.label, slice_name=SHIFTED_ROWS)


def _list_unasked(view: EvaluationView, label: str, production: str = "", slice_name: str = ALL) -> Iterator[Check]:
    """A check for the rows that count for nobody, as this model, production or another was not asked them."""
    named = {label: UNASKED, production: PRODUCTION_UNASKED}
    most: dict[str, int] = {}
    for one, n in view.unasked.refused.items():
        kind = named.get(one, OTHERS_UNASKED)
        most[kind] = max(n, most.get(kind, 0))
    for kind, n in most.items():
        yield Check(slice_name, kind, State.NOT_PROVEN, view.unasked.n_rows, None, mute=n)


def _find_raw(view: EvaluationView, model_id: str) -> ModelResult | None:
    """The answers a model gave without examples and without a grammar; those it gave here before those of a file."""
    raw = (one for one in view.models if one.model.id == model_id and one.is_raw)
    return min(raw, key=lambda one: one.is_from_file, default=None)


def _need_raw(view: EvaluationView, model_id: str) -> ModelResult:
    found = _find_raw(view, model_id)
    assert found is not None  # noqa: S101 - `find_obstacle` said so
    return found


def _is_over(result: ModelResult | None) -> bool:
    return result is not None and result.report is not None and result.state is JobState.SUCCEEDED


def _answers_of(result: ModelResult | None) -> tuple[Scored, ...] | None:
    return result.report.scored if result is not None and result.report is not None and _is_over(result) else None


def _report_of(raw: ModelResult) -> Report:
    assert raw.report is not None  # noqa: S101 - `find_obstacle` said so
    return raw.report


def _find_shifted(raw: ModelResult, shifted: EvaluationView | None) -> Report | None:
    """The figures of the same model on the shifted rows."""
    other = _find_raw(shifted, raw.model.id) if shifted else None
    return other.report if other else None


def _require_sound(floors: Sequence[Floor]) -> None:
    seen: set[tuple[str, str]] = set()
    for floor in floors:
        where = f"{say_rate(floor.metric)}{' in ' * bool(floor.slice)}{say_slice(floor.slice)}"
        if floor.metric not in KNOWN:
            raise StateError(f"There is no floor for `{floor.metric}`.", hint=f"Known: {', '.join(KNOWN)}.")
        if not 0 <= floor.bound <= 1:
            raise StateError(
                f"{say_share(floor.bound)} % is no bound for {where}.", hint="Name a share between 0 and 100 %."
            )
        if (floor.metric, floor.slice) in seen:
            raise StateError(f"There are two floors for {where}.", hint="Keep one of them.")
        seen.add((floor.metric, floor.slice))


def _write(floors: Sequence[Floor]) -> str:
    return msgspec.json.encode(floors).decode()
