"""Checks of what a call carries: its id, its type, its name."""

from __future__ import annotations

from functools import lru_cache

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import UNSET
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row
from curation.targets import TARGETS, Target


def _incomplete_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.INFO if finding.values.get("part") in ("id", "type") else Severity.ERROR


@rule("C01", scope="call", grade=_incomplete_grade)
def call_incomplete(call: CallView, _row: Row) -> Found:
    """A call lacks its id, its type or its name.

    Services refuse such a call. Without an id no result can be matched to it; without a name nothing can be run.

    Bad: `{"function": {"name": "search", "arguments": "{}"}}`

    Good: `{"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}`
    """
    source = call.call
    if call.id and source.type == "function" and call.name:
        return None
    if source.whole is not None or source.function is not None:
        return Hit(call.at, "This tool call is not an object with a function in it.")
    hits = []
    if not call.id:
        fix = Fix("Give it an id", call.at + "/id", quote(call.made_id))
        hits.append(
            Hit(call.at + "/id", "The call has no id; give it one and use it in the result.", {"part": "id"}, fix)
        )
    if source.type != "function":
        fix = Fix("Set the type", call.at + "/type", '"function"')
        state = "no type" if source.type is UNSET else "another type"
        hits.append(Hit(call.at + "/type", f'The call has {state}; it must be "function".', {"part": "type"}, fix))
    if not call.name:
        at = call.at + ("/function/name" if call.has_function else "/function")
        hits.append(Hit(at, "The call names no tool.", {"part": "name"}))
    return hits or None


def _repeated_id_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.ERROR if finding.values.get("same_turn") else Severity.WARNING


@rule("C02", scope="row", grade=_repeated_id_grade)
def call_id_repeated(row: Row) -> Found:
    """Two calls have the same id.

    In one turn nobody can tell which result belongs to which call. Across turns most services still manage, but
    some match the wrong one.

    Bad: `call_1` twice in one turn

    Good: `call_1` and `call_2`
    """
    if len(row.calls) < 2:
        return None
    first: dict[str, CallView] = {}
    hits = []
    for call in row.calls:
        if call.id is None:
            continue
        other = first.setdefault(call.id, call)
        if other is not call:
            hits.append(_repeated_id(call, other))
    return hits or None


def _repeated_id(call: CallView, other: CallView) -> Hit:
    is_same = call.turn is other.turn
    where = "in this turn" if is_same else "in an earlier turn"
    message = f"The id `{(call.id or '')[:60]}` is used by another call {where}; give this call its own."
    return Hit(call.at + "/id", message, {"id": call.id, "same_turn": is_same}, None, other.at + "/id")


def _id_form_grade(finding: Finding, target: Target | None) -> Severity | None:
    identifier = str(finding.values.get("id", ""))
    if target is not None:
        return Severity.ERROR if _breaks(identifier, target) else None
    return Severity.ERROR if len(identifier) > _LONGEST_ID else None


_LONGEST_ID = 64


def _breaks(identifier: str, target: Target) -> bool:
    return len(identifier) > _LONGEST_ID or (
        target.id_regex is not None and target.id_regex.fullmatch(identifier) is None
    )


_ID_TARGETS = tuple(target for target in TARGETS.values() if target.call_id_pattern is not None)


@lru_cache(maxsize=4096)
def _is_refused_somewhere(identifier: str) -> bool:
    return any(_breaks(identifier, target) for target in _ID_TARGETS)


@rule("C12", scope="call", grade=_id_form_grade)
def call_id_form(call: CallView, _row: Row) -> Found:
    """A call's id has a form that the target refuses.

    Ids are at most 64 characters, and one service wants exactly nine letters or digits. Exports to it write new
    ids; rows that go there as they are must have them.

    Bad (there): `call_abc-1`

    Good (there): `a1B2c3D4e`
    """
    if call.id is None or not _is_refused_somewhere(call.id):
        return None
    return Hit(call.at + "/id", f"The id `{call.id[:70]}` has a form that some targets refuse.", {"id": call.id})
