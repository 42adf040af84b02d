"""Moves examples to the tools as they are now, in one act: with the catalogue, all at once, and undone as one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import StateError
from curation.migrations import Step
from curation.model.finding import Finding
from curation.model.people import Actor
from curation.model.transitions import follow
from curation.services import cataloguing
from curation.services.acts import Act, find_done, perform
from curation.services.appearing import Coming, appear, decide, finish_decided, require_all_there
from curation.services.deriving import derive
from curation.services.head_changes import HeadChange, Prepared, make_ready
from curation.services.impact import Progress, Verdict, judge_moved
from curation.services.judging import Bench, read_bench
from curation.services.move_undoing import MoveUndone, undo_move
from curation.services.moves import KIND, MoveView, accept_again, last_move, list_acceptable_again, list_undone_moves
from curation.services.rechecking import carry_verdicts, recheck_stale
from curation.services.roles import require
from curation.services.tool_moves import Plan, coming_bench, read_plan
from curation.services.undoing import MOVE
from curation.services.workspace import Workspace
from db import catalogue, impacts
from db.acts import Deed
from db.coming import APPEARING
from db.derived import Derived

__all__ = [
    "MoveReport",
    "MoveUndone",
    "MoveView",
    "accept_again",
    "last_move",
    "list_acceptable_again",
    "list_undone_moves",
    "move_examples",
    "undo_move",
]


class MoveReport(msgspec.Struct, frozen=True):
    """What came of a move."""

    batch_id: str
    catalogue_n: int
    n_moved: int
    n_quarantined: int
    """Of the moved, the ones that wait for repair."""
    n_passed_over: int
    """Changed by somebody while the move was made ready; they are still behind."""
    n_accepted: int = 0
    """Of the moved, the ones that were accepted and still are: nothing but an offered definition changed."""
    tool_ids: tuple[str, ...] = ()
    """The tools whose definitions were changed in examples."""


def move_examples(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    *,
    steps: Sequence[Step],
    digest: str,
    is_leaving: bool = False,
    progress: Progress | None = None,
    nonce: str,
) -> MoveReport:
    """Publish the tools as they are now, where they are not yet, and move every example that is behind them.

    What has an error after the steps that it did not have before is sent back with a comment and waits for repair.
    An expert may also leave all examples as they are: what the change breaks waits for repair, outside new versions.

    `steps` are those a person chose (one that lacks a value changes nothing), `digest` is that of the tools the person
    saw, `is_leaving` changes no example, and `progress` is told how many of how many examples are ready.
    """
    require(actor, "publish catalogue")
    if done := find_done(ws, actor, MOVE, nonce, str):
        return _report(done, appear(ws, done))
    finish_decided(ws)
    with ws.reading() as connection:
        plan = read_plan(connection, project_id, steps)
        bench = coming_bench(connection, project_id)
        numbers = impacts.list_numbers(connection, project_id, plan.hashes)
    _require_same(plan.digest, digest)
    n = _next_n(ws, project_id, digest)
    change = HeadChange(ws, actor.person_id, plan.project_id, KIND, f"catalogue v{n}")
    judged_by: list[Bench] = []

    def work(act: Act) -> str:
        judged_by.append(read_bench(act.connection, plan.project_id))
        _decide(act, plan, change.batch_id, n, is_leaving=is_leaving)
        return change.batch_id

    def fill() -> None:
        for verdict in judge_moved(ws, plan, numbers, progress):
            prepared = _leave(plan, verdict) if is_leaving else _prepare(plan, bench, verdict)
            if prepared is not None:
                change.add(prepared)

    make_ready(change, fill, lambda: perform(ws, actor, MOVE, nonce, str, work))
    report = _report(change.batch_id, appear(ws, change.batch_id))
    for before in judged_by:
        carry_verdicts(ws, project_id, before)
    recheck_stale(ws, project_id)
    return report


def _decide(act: Act, plan: Plan, batch_id: str, n: int, *, is_leaving: bool) -> None:
    """Publish, and let the examples follow."""
    with_tools = [one.tool for one in catalogue.list_tools(act.connection, plan.project_id)]
    _require_same(cataloguing.hash_catalogue(with_tools), plan.digest)
    require_all_there(act.connection, plan.project_id)
    cataloguing.publish_if_new(act, plan.project_id)
    tool_ids = tuple(dict.fromkeys(plan.tool_ids))
    decide(act, batch_id, Coming(act.kind, f"moved to catalogue v{n}", act.at, n, tool_ids, is_leaving))
    act.note(Deed(batch_id, None, APPEARING, plan.project_id))


def _report(batch_id: str, now: Coming) -> MoveReport:
    n_moved, n_accepted = (0, 0) if now.is_leaving else (now.n_done, now.n_accepted)
    return MoveReport(batch_id, now.n, n_moved, now.n_broken, now.n_passed, n_accepted, now.tool_ids)


def _prepare(plan: Plan, bench: Bench, verdict: Verdict) -> Prepared | None:
    """None for an example that stays as it is."""
    head = verdict.head
    derived = derive(bench, verdict.moved)
    is_same = derived.body_hash == head.head_hash
    if is_same and not verdict.left:
        return None
    state = follow(_step_of(verdict, derived), head.state, f"Example {head.number}")
    prepared = Prepared(head, state, None if is_same else derived)
    if not verdict.left:
        return prepared
    return _with_reason(plan, verdict, verdict.left, prepared)


def _step_of(verdict: Verdict, derived: Derived) -> str:
    if verdict.left:
        return "quarantine"
    still_holds = verdict.keeps_acceptance and not derived.n_error
    return "swap definitions" if still_holds else "move to new tools"


def _leave(plan: Plan, verdict: Verdict) -> Prepared | None:
    """The example as it is, noted as waiting where the change breaks it."""
    as_it_is = Prepared(verdict.head, verdict.head.state, None)
    return _with_reason(plan, verdict, verdict.broken, as_it_is) if verdict.broken else None


def _with_reason(plan: Plan, verdict: Verdict, found: Sequence[Finding], prepared: Prepared) -> Prepared:
    named = {plan.tool_of(str(one.values.get("tool") or one.values.get("name") or "")) for one in found}
    broken_by = tuple(sorted(one for one in named if one)) or _moved_tools(plan, verdict)
    return msgspec.structs.replace(prepared, broken_by=broken_by, reason=found[0].message, place=found[0].at)


def _moved_tools(plan: Plan, verdict: Verdict) -> tuple[str, ...]:
    """The first tool of the plan that the example offers, where a finding names none."""
    offered = {one.text for one in verdict.moved.tools} if isinstance(verdict.moved.tools, tuple) else set()
    for tool_id, move in zip(plan.tool_ids, plan.moves, strict=True):
        if move.after is None or move.after.text in offered:
            return (tool_id,)
    return plan.tool_ids[:1]


def _require_same(now: str, seen: str) -> None:
    if now != seen:
        raise StateError(
            "A tool has changed since this was looked at, so nothing was moved.", hint="Look at it again, then repeat."
        )


def _next_n(ws: Workspace, project_id: str, digest: str) -> int:
    """The number of the catalogue that examples are moved to."""
    current = cataloguing.current_catalogue(ws, project_id)
    if current is None:
        return 1
    return current.n if current.hash == digest else current.n + 1
