"""The one way an example's head changes: a new revision, or a move to another state, always on an exact revision."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, NotFoundError, StaleRevisionError
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.marks import Mark
from curation.model.places import place_words
from curation.model.states import ExampleState
from curation.model.transitions import follow
from curation.services.acts import Act
from curation.services.deriving import derive
from curation.services.judging import check_example, read_bench, read_body
from curation.services.regrouping import keep_split
from curation.services.repairs import close_mended
from curation.services.second_looks import WAITING, draw_all
from curation.services.workspace import Workspace
from db import examples
from db.acts import Deed
from db.derived import Derived
from db.examples import ExampleRecord


class Saved(msgspec.Struct, frozen=True):
    """Which revision of which example an act left behind."""

    example_id: str
    rev: int


def need_example(connection: Connection, example_id: str) -> ExampleRecord:
    record = examples.find_example(connection, example_id)
    if record is None:
        raise NotFoundError("This example is not here.", hint="Go back to the list and choose another.")
    return record


def mark(head: ExampleRecord) -> str:
    """Where an example stands, as the audit writes it."""
    return str(Mark(head.state, head.head_rev))


def require_rev(head: ExampleRecord, rev: int) -> None:
    """Refuse an act on a revision that is no longer the newest."""
    if head.head_rev != rev:
        raise StaleRevisionError(
            f"Example {head.number} is at revision {head.head_rev}, saved by somebody in between; you began from {rev}."
        )


def prepare(ws: Workspace, project_id: str, example: Example) -> Derived:
    """Check an example before the write lock is taken: a schema that is slow to judge holds nobody up."""
    with ws.reading() as connection:
        bench = read_bench(connection, project_id)
    return derive(bench, example)


def derive_if_stale(
    connection: Connection, project_id: str, example: Example, prepared: Derived | None = None
) -> Derived:
    """What was prepared, unless the target or the catalogue has changed since."""
    bench = read_bench(connection, project_id)
    return prepared if prepared and prepared.verdict_key == bench.key else derive(bench, example)


def revise(
    act: Act,
    head: ExampleRecord,
    base_rev: int,
    example: Example,
    why: str,
    prepared: Derived | None = None,
    *,
    state: ExampleState | None = None,
) -> Saved:
    """Save a new revision on top of the one it began from; whatever was accepted is accepted no more.

    Only an undo names the state: the one the text was in.

    Raises:
        KeptSplitError: another group would take it to another split.
    """
    require_rev(head, base_rev)
    state = state or follow("save", head.state, f"Example {head.number}")
    derived = derive_if_stale(act.connection, head.project_id, example, prepared)
    if derived.body_hash == head.head_hash:
        act.note(Deed(head.id, mark(head), mark(head), head.project_id))
        return Saved(head.id, head.head_rev)
    keep_split(act, head, derived.group or head.id)
    examples.add_revision(act.connection, head, state, derived, act.actor.person_id, act.at, why)
    close_mended(act.connection, head.id, derived, act.at)
    rev = head.head_rev + 1
    act.note(Deed(head.id, mark(head), str(Mark(state, rev)), head.project_id))
    if state in WAITING:
        draw_all(act, head.project_id, {head.id: rev})
    return Saved(head.id, rev)


def move(act: Act, head: ExampleRecord, rev: int, step: str) -> Saved:
    """Take one step of the transition table on exactly this revision."""
    require_rev(head, rev)
    return place(act, head, follow(step, head.state, f"Example {head.number}"))


def place(act: Act, head: ExampleRecord, state: ExampleState) -> Saved:
    """Write a state that a step or an undo has found right."""
    examples.set_state(act.connection, head, state, act.actor.person_id, act.at)
    act.note(Deed(head.id, mark(head), str(Mark(state, head.head_rev)), head.project_id))
    if state in WAITING:
        draw_all(act, head.project_id, {head.id: head.head_rev})
    return Saved(head.id, head.head_rev)


def require_no_errors(act: Act, head: ExampleRecord, done: str) -> None:
    """Check the head as it is stored, now; refuse with the first error."""
    reading = read_body(examples.read_body(act.connection, head.head_hash))
    _, judged = check_example(read_bench(act.connection, head.project_id), reading)
    errors = [one.finding for one in judged if one.severity is Severity.ERROR]
    if errors:
        rest = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise BlockedError(
            f"Example {head.number} cannot be {done}: {errors[0].message} ({place_words(errors[0].at)}){rest}",
            hint="Put the errors right first.",
        )
