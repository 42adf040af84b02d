"""Which model is in use: promoted through the gate, with its reason, and taken back in one act.

A change is never rewritten: going back is a change of its own, and the model it goes back to is the one that was
promoted before the one in use, whatever was tried and taken back in between.
"""

from __future__ import annotations

import msgspec

from curation.errors import BlockedError, NotFoundError, StaleRevisionError, StateError
from curation.metrics.gate import ALL, DEFAULT_FLOORS, SHIFTED_ROWS, Check, Floor, Rules, Ruling, State
from curation.model.people import Actor
from curation.services.acts import Act, find_done, perform
from curation.services.evaluation_views import EvaluationView, get_evaluation
from curation.services.gate_words import (
    Alarm,
    CheckView,
    list_alarms,
    say_check,
    say_floor,
    tell_failed,
    tell_not_proven,
)
from curation.services.models import RECORDED, ModelView, find_model
from curation.services.models_in_use import (
    PRODUCTION,
    AliasEvent,
    AliasView,
    StoredRuling,
    alias_history,
    find_alias,
    need_alias,
)
from curation.services.projects import need_project
from curation.services.release_gate import (
    GateView,
    find_label,
    find_look,
    find_obstacle,
    judge_model,
    read_rules,
    remember_ruling,
    rules_of,
    set_floors,
)
from curation.services.workspace import Workspace
from db import aliases
from db.acts import Deed
from db.aliases import AliasEventRecord

PROMOTE, ROLL_BACK = "promote model", "roll back model"
LONGEST_REASON = 2_000


def read_gate(ws: Workspace, project_id: str, view: EvaluationView, label: str, alias: str = PRODUCTION) -> GateView:
    """What the gate of a project says of a model of a look, worked out once as long as nothing changes."""
    return remember_ruling(ws, view, label, read_rules(ws, project_id, alias), find_alias(ws, project_id, alias))


def promote(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    evaluation_id: str,
    model_id: str,
    *,
    reason: str,
    despite_not_proven: bool = False,
    shown: GateView | None = None,
    alias: str = PRODUCTION,
    nonce: str,
) -> AliasView:
    """Use a model from now on, by what its raw answers to the test split showed.

    `shown` is what the gate had said when somebody decided; that it cannot tell is agreed to for those checks alone.

    Raises:
        BlockedError: the gate says no, or cannot tell and nobody said to go on despite that.
        StateError: there is nothing to judge the model by, it is gone from the disk, or no reason is given.
        StaleRevisionError: what is in use, or what is asked for, changed since, or while the gate looked.
    """
    # Read before asking whether it was done: a second click that comes while the first is at work sees what it saw.
    seen, rules = find_alias(ws, project_id, alias), read_rules(ws, project_id, alias)
    if find_done(ws, actor, PROMOTE, nonce, int) is None:
        said = _need_reason(reason)
        gate = _judge(ws, project_id, evaluation_id, model_id, rules, seen)
        _require_as_shown(gate, shown, alias)
        _require_passed(gate, despite_not_proven=despite_not_proven)
        ruling = StoredRuling(gate.state, seen.model.name if seen else "", gate.ruling.checks)

        def work(act: Act) -> int:
            last = aliases.last_seq(act.connection, project_id, alias)
            if last != (seen.seq if seen else 0) or rules_of(act.connection, project_id, alias) != rules:
                raise _say_changed(f"What is in {alias}, or what the gate asks for,")
            return _put(act, project_id, alias, seen, gate.model, said, gate.evaluation_id, ruling)

        perform(ws, actor, PROMOTE, nonce, int, work)
    return need_alias(ws, project_id, alias)


def roll_back(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    *,
    reason: str,
    shown: int | None = None,
    alias: str = PRODUCTION,
    nonce: str,
) -> AliasView:
    """Use the model from before again; no gate is asked, as this is the way out of trouble.

    `shown` is the number of the change that was the last one when somebody decided: they want that one taken back.

    Raises:
        StateError: nothing was in use before, it is gone from the disk, or no reason is given.
        StaleRevisionError: what is in use changed since.
    """
    seen = find_alias(ws, project_id, alias)
    if find_done(ws, actor, ROLL_BACK, nonce, int) is None:
        if shown is not None and shown != (seen.seq if seen else 0):
            raise _say_changed(f"What is in {alias}")
        said, before = _need_reason(reason), _need_previous(seen, alias)

        def work(act: Act) -> int:
            if aliases.last_seq(act.connection, project_id, alias) != (seen.seq if seen else 0):
                raise _say_changed(f"What is in {alias}")
            return _put(act, project_id, alias, seen, before, said, None, None)

        perform(ws, actor, ROLL_BACK, nonce, int, work)
    return need_alias(ws, project_id, alias)


def say_gone(model: ModelView) -> str:
    """Why a model cannot be used as it lies on this machine, as a sentence; empty where it can."""
    if model.kind == RECORDED:
        return f"Of `{model.name}` only recorded answers are known, so there is nothing to put into use."
    if model.is_gone:
        return f"The model `{model.name}` does not lie in {model.location}."
    if model.adapter is not None and not model.base.exists():
        return f"The model `{model.name}` needs its base, which does not lie in {model.base}."
    return ""


def _judge(
    ws: Workspace, project_id: str, evaluation_id: str, model_id: str, rules: Rules, production: AliasView | None
) -> GateView:
    model, view = find_model(ws, project_id, model_id), get_evaluation(ws, evaluation_id)
    if view.project_id != project_id:
        raise NotFoundError("This evaluation is not here.")
    if production is not None and production.model.id == model.id:
        raise StateError(f"`{model.name}` is in {production.name} already.")
    gate = remember_ruling(ws, view, find_label(view, model), rules, production)
    if gate.model.id != model.id:
        raise StateError(
            f"The gate judged another model called `{gate.label}` than the `{model.name}` that was asked for.",
            hint="Evaluate both once more.",
        )
    if gone := say_gone(gate.model):
        raise StateError(gone, hint="Put it back there, or promote another.")
    return gate


def _require_as_shown(gate: GateView, shown: GateView | None, alias: str) -> None:
    if shown is None or gate.stamp == shown.stamp:
        return
    if gate.seq != shown.seq:
        raise _say_changed(f"What is in {alias}")
    raise _say_changed(
        "What the gate asks for" if gate.rules != shown.rules else f"What the look shows of `{gate.label}`"
    )


def _say_changed(what: str) -> StaleRevisionError:
    return StaleRevisionError(f"{what} changed in between.", hint="Look at it again.")


def _require_passed(gate: GateView, *, despite_not_proven: bool) -> None:
    if gate.failed:
        raise BlockedError(
            f"The gate does not let `{gate.label}` through. {tell_failed(gate.failed)}",
            hint="Train on what went wrong, or promote another model.",
        )
    if gate.not_proven and not despite_not_proven:
        raise BlockedError(
            f"The gate cannot tell whether `{gate.label}` is good enough. {tell_not_proven(gate.not_proven)}",
            hint="Prove it, or promote it despite that and say why.",
        )


def _need_reason(text: str) -> str:
    said = text.strip()
    if not any(letter.isalnum() for letter in said):
        raise StateError("A change of what is in use needs a reason.", hint="Say in a few words why.")
    if len(said) > LONGEST_REASON:
        raise StateError(f"A reason has at most {LONGEST_REASON:,} characters.", hint="Make it shorter.")
    return said


def _need_previous(seen: AliasView | None, alias: str) -> ModelView:
    if seen is None or seen.previous is None:
        now = f" before `{seen.model.name}`" if seen else ""
        raise StateError(f"Nothing was in {alias}{now}, so there is no way back.", hint="Promote another model.")
    if gone := say_gone(seen.previous):
        raise StateError(gone, hint="Put it back there, or promote another.")
    return seen.previous


def _put(
    act: Act,
    project_id: str,
    alias: str,
    seen: AliasView | None,
    model: ModelView,
    reason: str,
    evaluation_id: str | None,
    ruling: StoredRuling | None,
) -> int:
    """Append the change and note it; no ruling: it is a way back."""
    project = need_project(act.connection, project_id)
    event = AliasEventRecord(
        project_id=project.id,
        name=alias,
        seq=(seen.seq if seen else 0) + 1,
        from_id=seen.model.id if seen else None,
        to_id=model.id,
        by=act.actor.person_id,
        at=act.at,
        reason=reason,
        evaluation_id=evaluation_id,
        ruling=msgspec.json.encode(ruling).decode() if ruling else "{}",
        is_rollback=int(ruling is None),
    )
    aliases.add_event(act.connection, event)
    said = msgspec.json.encode({"model": model.id, "name": model.name, "reason": reason, "evaluation": evaluation_id})
    act.note(Deed(f"alias {project.id} {alias}", event.from_id, said.decode(), project.id))
    return event.seq


__all__ = [
    "ALL",
    "DEFAULT_FLOORS",
    "PRODUCTION",
    "SHIFTED_ROWS",
    "Alarm",
    "AliasEvent",
    "AliasView",
    "Check",
    "CheckView",
    "Floor",
    "GateView",
    "Rules",
    "Ruling",
    "State",
    "alias_history",
    "find_alias",
    "find_label",
    "find_look",
    "find_obstacle",
    "judge_model",
    "list_alarms",
    "promote",
    "read_gate",
    "read_rules",
    "roll_back",
    "say_check",
    "say_floor",
    "say_gone",
    "set_floors",
]
