"""Moves examples to the tools as they are now, in one act: with the catalogue, all at once, and undone as one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.migrations import Step
from curation.model.finding import Finding
from curation.model.marks import Mark, mark_of
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.transitions import follow
from curation.services import cataloguing
from curation.services.acts import Act, find_done, perform
from curation.services.appearing import Coming, appear, decide, finish_decided, require_all_there
from curation.services.deriving import derive
from curation.services.head_changes import HeadChange, Prepared
from curation.services.impact import Progress, Verdict, judge_moved
from curation.services.judging import Bench, read_bench, read_body
from curation.services.rechecking import carry_verdicts, recheck_stale, require_fresh
from curation.services.reviewing import accept_in_batch
from curation.services.roles import require
from curation.services.tool_moves import Plan, coming_bench, read_plan
from curation.services.undoing import MOVE, UNDO_MOVE
from curation.services.workspace import Workspace
from db import acts, batches, bulk, catalogue, coming, impacts, many_heads, people
from db.acts import Deed
from db.batches import BatchRecord
from db.bulk import ItemRecord
from db.coming import APPEARING, COMPLETE, RETURNING
from db.derived import Derived
from db.examples import ExampleRecord

KIND = "migration"


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


class MoveUndone(msgspec.Struct, frozen=True):
    """What taking a move back did, and what it left because somebody has worked on it since."""

    n_restored: int
    n_kept: int


class MoveView(msgspec.Struct, frozen=True):
    """A move of examples, and who took it back."""

    batch_id: str
    name: str
    n_examples: int
    by: str
    at: str
    undone_by: str = ""
    undone_at: str = ""


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
        with_tools = [one.tool for one in catalogue.list_tools(act.connection, plan.project_id)]
        _require_same(cataloguing.hash_catalogue(with_tools), digest)
        require_all_there(act.connection, plan.project_id)
        judged_by.append(read_bench(act.connection, plan.project_id))
        cataloguing.publish_if_new(act, plan.project_id)
        tool_ids = tuple(dict.fromkeys(plan.tool_ids))
        move = Coming(act.kind, f"moved to catalogue v{n}", act.at, n, tool_ids, is_leaving)
        decide(act, change.batch_id, move)
        act.note(Deed(change.batch_id, None, APPEARING, plan.project_id))
        return change.batch_id

    def fill() -> None:
        for verdict in judge_moved(ws, plan, numbers, progress):
            prepared = _leave(plan, verdict) if is_leaving else _prepare(plan, bench, verdict)
            if prepared is not None:
                change.add(prepared)

    _make_ready(change, fill, lambda: perform(ws, actor, MOVE, nonce, str, work))
    report = _report(change.batch_id, appear(ws, change.batch_id))
    for before in judged_by:
        carry_verdicts(ws, project_id, before)
    recheck_stale(ws, project_id)
    return report


def _report(batch_id: str, now: Coming) -> MoveReport:
    n_moved, n_accepted = (0, 0) if now.is_leaving else (now.n_done, now.n_accepted)
    return MoveReport(batch_id, now.n, n_moved, now.n_broken, now.n_passed, n_accepted, now.tool_ids)


def undo_move(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> MoveUndone:
    """Give every example of a move its body and its state back, in one act; the catalogue stays published.

    What was accepted before the move is accepted again, at a revision that says exactly what was accepted.
    """
    require(actor, "publish catalogue")
    if done := find_done(ws, actor, UNDO_MOVE, nonce, str):
        return _undone(ws, batch_id, appear(ws, done))
    finish_decided(ws)
    with ws.reading() as connection:
        record = batches.find_batch(connection, batch_id)
        if record is None or record.kind != KIND:
            raise NotFoundError("This move of examples is not here.")
        if record.state != COMPLETE:
            raise StateError(f"The move to {record.name} is {record.state}: there is nothing to undo.")
        items = bulk.list_changed(connection, batch_id)
        bench = read_bench(connection, record.project_id)
    change = HeadChange(ws, actor.person_id, record.project_id, f"undo of {KIND}", record.name)

    def work(act: Act) -> str:
        require_all_there(act.connection, record.project_id)
        (moved,) = acts.last_of(act.connection, batch_id)
        if not coming.set_state(act.connection, batch_id, COMPLETE, RETURNING):
            raise StateError(f"The move to {record.name} was undone already.")
        back = Coming(act.kind, f"back from {record.name}", act.at, undoes=batch_id)
        decide(act, change.batch_id, msgspec.structs.replace(back, undone_by=moved.person_id, undone_at=moved.at))
        act.note(Deed(batch_id, COMPLETE, RETURNING, record.project_id))
        return change.batch_id

    def fill() -> None:
        for at in range(0, len(items), many_heads.MOST):
            for prepared in _restore(ws, bench, items[at : at + many_heads.MOST]):
                change.add(prepared)

    _make_ready(change, fill, lambda: perform(ws, actor, UNDO_MOVE, nonce, str, work))
    return _undone(ws, batch_id, appear(ws, change.batch_id))


def _undone(ws: Workspace, batch_id: str, back: Coming) -> MoveUndone:
    with ws.reading() as connection:
        n_moved = len(bulk.list_changed(connection, batch_id))
    return MoveUndone(back.n_done, n_moved - back.n_done)


def accept_again(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> int:
    """Accept what was accepted before a move, is free of errors and was not touched since; says how many. For leads."""

    def work(act: Act) -> int:
        record = batches.find_batch(act.connection, batch_id)
        if record is None or record.state != COMPLETE:
            raise NotFoundError("This move of examples is not here, or was undone.")
        require_fresh(act.connection, record.project_id)
        n_accepted = accept_in_batch(act, _acceptable_again(act.connection, batch_id))
        if not n_accepted:
            raise StateError("There is nothing to accept again.", hint="Review what is left one by one.")
        return n_accepted

    recheck_stale(ws, _project_of(ws, batch_id))
    return perform(ws, actor, "accept batch", nonce, int, work)


def list_acceptable_again(ws: Workspace, batch_id: str) -> tuple[ExampleRecord, ...]:
    """What `accept_again` would accept, in no order of its own: the first ones are a fair sample."""
    with ws.reading() as connection:
        found = _acceptable_again(connection, batch_id)
    return tuple(sorted(found, key=lambda head: hashlib.sha256(f"{batch_id}{head.id}".encode()).digest()))


def _acceptable_again(connection: Connection, batch_id: str) -> list[ExampleRecord]:
    items = {one.example_id: one for one in bulk.list_changed(connection, batch_id)}
    were = [one for one in items if mark_of(items[one].before).state is ExampleState.ACCEPTED]
    heads = many_heads.read_heads_of(connection, were).values()
    return [
        head
        for head in heads
        if not head.n_error
        and head.state is ExampleState.SUBMITTED
        and mark_of(items[head.id].after) == Mark(head.state, head.head_rev)
    ]


def _project_of(ws: Workspace, batch_id: str) -> str:
    with ws.reading() as connection:
        record = batches.find_batch(connection, batch_id)
    if record is None:
        raise NotFoundError("This move of examples is not here.")
    return record.project_id


def last_move(ws: Workspace, project_id: str) -> MoveView | None:
    """The newest move that was not taken back."""
    with ws.reading() as connection:
        found = many_heads.list_last(connection, project_id, KIND, states=(COMPLETE,), limit=1)
        names = people.name_people(connection)
    return next((_view(one, names) for one in found), None)


def list_undone_moves(ws: Workspace, project_id: str, *, limit: int = 5) -> tuple[MoveView, ...]:
    """The moves that were taken back, newest first, with who took them back."""
    views = []
    with ws.reading() as connection:
        names = people.name_people(connection)
        for one in many_heads.list_last(connection, project_id, KIND, states=("undone",), limit=limit):
            undone = acts.last_of(connection, one.id)[0]
            by = names.get(undone.person_id, undone.person_id)
            views.append(msgspec.structs.replace(_view(one, names), undone_by=by, undone_at=undone.at))
    return tuple(views)


def _view(record: BatchRecord, names: Mapping[str, str]) -> MoveView:
    return MoveView(record.id, record.name, record.n_added, names.get(record.by, record.by), record.at)


def _make_ready(change: HeadChange, fill: Callable[[], None], decided: Callable[[], str]) -> None:
    """Make everything ready, then decide; what was not decided leaves nothing that shows."""
    try:
        fill()
        change.flush()
        decided()
    except BaseException:
        change.abandon()
        raise


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


def _restore(ws: Workspace, bench: Bench, items: Sequence[ItemRecord]) -> list[Prepared]:
    """The examples that are still as the move left them, as they were before it."""
    ids = [one.example_id for one in items]
    with ws.reading() as connection:
        heads = many_heads.read_heads_of(connection, ids)
        bodies = many_heads.read_bodies_at(connection, [(one.example_id, mark_of(one.before).rev) for one in items])
    found = []
    for one in items:
        before, after, head = mark_of(one.before), mark_of(one.after), heads[one.example_id]
        if (head.state, head.head_rev) == (after.state, after.rev):
            found.append(_before(bench, head, before, after, bodies[one.example_id]))
    return found


def _before(bench: Bench, head: ExampleRecord, before: Mark, after: Mark, body: bytes) -> Prepared:
    if before == after:
        return Prepared(head, head.state, None)
    derived = derive(bench, read_body(body).example) if before.rev != after.rev else None
    return Prepared(head, before.state, derived)


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
