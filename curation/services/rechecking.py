"""Judges stored examples anew when the checker, the target or the catalogue has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from time import sleep

from sqlalchemy import Connection

from curation.errors import StateError, UnreadableError
from curation.services.deriving import derive_reading
from curation.services.judging import Bench, read_bench, read_body
from curation.services.workspace import Workspace
from db import examples
from db.derived import Derived
from db.examples import ExampleRecord

CHUNK = 100
"""Examples judged anew under one hold of the write lock."""
BREATH_S = 0.002
"""Between two chunks of a pass that nobody waits for."""
CARRIED = 2_000
"""Verdicts carried over under one hold: far less is written for each."""


class StaleVerdictsError(StateError):
    """The checker, the target or the catalogue changed after everything had been judged."""

    hint = "Try again: the examples are checked anew then."
    retryable = True


def recheck_stale(ws: Workspace, project_id: str) -> int:
    """Renew the findings of every example judged by something older; says how many.

    Runs in short chunks. A kill in between costs nothing: the rest is still stale and is found next time.
    """
    renewed, after = 0, 0
    while heads := _recheck_chunk(ws, project_id, after):
        renewed += len(heads)
        after = heads[-1].number
    return renewed


def judge_unjudged(ws: Workspace, is_stopped: Callable[[], bool] = lambda: False) -> int:
    """Find the warnings of what came in with its errors only, in all projects; says of how many."""
    judged = 0
    while not is_stopped():
        with ws.reading() as connection:
            heads = examples.list_unjudged(connection, CHUNK)
        for project_id in {head.project_id for head in heads}:
            _judge_heads(ws, project_id, [head for head in heads if head.project_id == project_id])
        judged += len(heads)
        if not heads:
            break
        sleep(BREATH_S)
    return judged


def _judge_heads(ws: Workspace, project_id: str, heads: list[ExampleRecord]) -> None:
    with ws.reading() as connection:
        bench = read_bench(connection, project_id)
        bodies = {head.head_hash: examples.read_body(connection, head.head_hash) for head in heads}
    readable = [(head, derived) for head in heads if (derived := _judge_if_readable(bench, bodies[head.head_hash]))]
    _store(ws, project_id, bench, readable)
    if len(readable) < len(heads):
        _pass_over(ws, bench, {head.id for head in heads} - {head.id for head, _ in readable})


def _judge_if_readable(bench: Bench, body: bytes) -> Derived | None:
    """None for a body that was erased: nothing can be said of it any more."""
    try:
        return _judge(bench, body)
    except UnreadableError:
        return None


def _pass_over(ws: Workspace, bench: Bench, example_ids: Collection[str]) -> None:
    with ws.unit() as unit:
        examples.leave_verdicts(unit.connection, example_ids, bench.key)
        unit.commit()


def require_fresh(connection: Connection, project_id: str) -> None:
    """Refuse an act on stored verdicts when some of them no longer hold; asked inside the act itself."""
    bench = read_bench(connection, project_id)
    if examples.list_stale(connection, project_id, bench.key, after=0, limit=1):
        raise StaleVerdictsError("The target or the catalogue changed in between, so nothing was done.")


def carry_verdicts(ws: Workspace, project_id: str, before: Bench) -> int:
    """After a catalogue was published: keep the verdicts of all examples that offer no changed tool; says how many.

    Those that do stay stale. So does whatever was judged by something older still, and what a kill leaves out.
    """
    with ws.reading() as connection:
        now = read_bench(connection, project_id)
    changed = {name for name in before.tools.keys() | now.tools.keys() if before.tools.get(name) != now.tools.get(name)}
    carried, after = 0, 0
    while before.key != now.key:
        with ws.reading() as connection:
            numbers = examples.list_judged_by(connection, project_id, before.key, after=after, limit=CARRIED)
        if not numbers:
            break
        with ws.unit() as unit:
            if read_bench(unit.connection, project_id).key != now.key:
                break
            carried += examples.carry_verdicts(unit.connection, numbers, before.key, now.key, changed)
            unit.commit()
        after = numbers[-1]
    return carried


def _recheck_chunk(ws: Workspace, project_id: str, after: int) -> list[ExampleRecord]:
    with ws.reading() as connection:
        bench = read_bench(connection, project_id)
        heads = examples.list_stale(connection, project_id, bench.key, after=after, limit=CHUNK)
        bodies = {head.head_hash: examples.read_body(connection, head.head_hash) for head in heads}
    if heads:
        _store(ws, project_id, bench, [(head, _judge(bench, bodies[head.head_hash])) for head in heads])
    return heads


def _judge(bench: Bench, body: bytes) -> Derived:
    return derive_reading(bench, body, read_body(body))


def _store(ws: Workspace, project_id: str, bench: Bench, judged: list[tuple[ExampleRecord, Derived]]) -> None:
    with ws.unit() as unit:
        if read_bench(unit.connection, project_id).key != bench.key:
            return
        now = examples.head_hashes(unit.connection, [head.id for head, _ in judged])
        unchanged = [(head.id, derived) for head, derived in judged if now.get(head.id) == head.head_hash]
        examples.replace_verdicts(unit.connection, unchanged)
        unit.commit()
