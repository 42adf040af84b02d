"""Which model is in use as what, and every change of that, as screens and commands see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from curation.errors import NotFoundError
from curation.metrics.gate import Check, State
from curation.services.gate_words import CheckView, say_check
from curation.services.models import ModelView, list_models
from curation.services.workspace import Workspace
from db import aliases, evaluations, people
from db.aliases import AliasEventRecord

PRODUCTION = "production"
"""The name under which a model is used."""


class AliasView(msgspec.Struct, frozen=True):
    """A model in use."""

    name: str
    model: ModelView
    since: str
    by: str
    reason: str
    previous: ModelView | None
    """What going back leads to."""
    evaluation_id: str | None
    """What its promotion rested on."""
    seq: int


class AliasEvent(msgspec.Struct, frozen=True):
    """One change of what is in use."""

    seq: int
    from_name: str | None
    to_name: str
    by: str
    at: str
    reason: str
    is_rollback: bool
    evaluation_id: str | None
    look_no: int | None
    state: State | None
    """What the gate said; None for a way back, which asks no gate."""
    checks: tuple[CheckView, ...] = ()
    """What the gate said in full, as it was at that time."""


class StoredRuling(msgspec.Struct, frozen=True):
    """What the gate said when a model was promoted."""

    state: State | None = None
    production: str = ""
    checks: tuple[Check, ...] = ()


def find_alias(ws: Workspace, project_id: str, alias: str = PRODUCTION) -> AliasView | None:
    """What is in use; None before the first promotion."""
    with ws.reading() as connection:
        events = aliases.list_events(connection, project_id, alias)
        names = people.name_people(connection)
    return _view(alias, events, _models_of(ws, project_id), names) if events else None


def alias_history(ws: Workspace, project_id: str, alias: str = PRODUCTION) -> tuple[AliasEvent, ...]:
    """Every change of what is in use, newest first."""
    with ws.reading() as connection:
        events = aliases.list_events(connection, project_id, alias)
        if not events:
            return ()
        looks = {one.id: one.look_no for one in evaluations.list_evaluations(connection, project_id)}
        names = people.name_people(connection)
    models = _models_of(ws, project_id)
    return tuple(_tell(one, models, looks, names) for one in reversed(events))


def need_alias(ws: Workspace, project_id: str, alias: str) -> AliasView:
    found = find_alias(ws, project_id, alias)
    if found is None:
        raise NotFoundError(f"Nothing is in {alias}.", hint="Promote a model first.")
    return found


def _standing(events: Sequence[AliasEventRecord]) -> list[AliasEventRecord]:
    """The promotions that were not taken back, oldest first: the last is in use, the one before is the way back."""
    standing: list[AliasEventRecord] = []
    for event in events:
        if event.is_rollback:
            standing.pop()
        else:
            standing.append(event)
    return standing


def _view(
    alias: str, events: Sequence[AliasEventRecord], models: Mapping[str, ModelView], names: Mapping[str, str]
) -> AliasView:
    last, standing = events[-1], _standing(events)
    return AliasView(
        name=alias,
        model=models[last.to_id],
        since=last.at,
        by=names.get(last.by, last.by),
        reason=last.reason,
        previous=models[standing[-2].to_id] if len(standing) > 1 else None,
        evaluation_id=standing[-1].evaluation_id,
        seq=last.seq,
    )


def _tell(
    event: AliasEventRecord, models: Mapping[str, ModelView], looks: Mapping[str, int], names: Mapping[str, str]
) -> AliasEvent:
    ruling = msgspec.json.decode(event.ruling, type=StoredRuling)
    return AliasEvent(
        seq=event.seq,
        from_name=models[event.from_id].name if event.from_id else None,
        to_name=models[event.to_id].name,
        by=names.get(event.by, event.by),
        at=event.at,
        reason=event.reason,
        is_rollback=bool(event.is_rollback),
        evaluation_id=event.evaluation_id,
        look_no=looks.get(event.evaluation_id or ""),
        state=ruling.state,
        checks=tuple(say_check(one, ruling.production) for one in ruling.checks),
    )


def _models_of(ws: Workspace, project_id: str) -> dict[str, ModelView]:
    return {one.id: one for one in list_models(ws, project_id)}
