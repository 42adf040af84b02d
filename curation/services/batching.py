"""Many examples as one act: stored in short chunks, shown all at once when complete, undone as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from curation.errors import NotFoundError, StateError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services.acts import Act, find_done, perform
from curation.services.deriving import derive
from curation.services.judging import Bench, read_bench
from curation.services.projects import need_project
from curation.services.sweeping import own_identity, remove_hidden
from curation.services.workspace import Workspace
from db import batches, examples
from db.acts import Deed
from db.batches import BatchRecord
from db.derived import Derived
from db.examples import NewExample

CHUNK = 200
"""Rows stored under one hold of the write lock."""
Progress = Callable[[int], None]
"""Told how many examples have been handled so far."""


class BatchReport(msgspec.Struct, frozen=True):
    """What came of a batch."""

    batch_id: str
    n_added: int
    n_duplicates: int
    n_with_errors: int


class UndoReport(msgspec.Struct, frozen=True):
    """What an undo took away, and what it left because somebody had worked on it or a version holds it."""

    n_removed: int
    n_kept: int


class Incoming(msgspec.Struct, frozen=True):
    """An example on its way in, with its line in a file."""

    example: Example
    line: int | None = None


class Intake:
    """A batch being filled. Nothing of it shows before `finish`; a kill leaves rows that are swept away."""

    def __init__(
        self, ws: Workspace, actor: Actor, project_id: str, *, kind: str, name: str, state: ExampleState
    ) -> None:
        self.ws = ws
        self.actor = actor
        self.batch_id = ws.new_id()
        self.n_duplicates = 0
        self._kind = kind
        self._state = state
        with ws.unit() as unit:
            self.project_id = need_project(unit.connection, project_id).id
            record = BatchRecord(
                self.batch_id, self.project_id, kind, name, "staged", 0, own_identity(), actor.person_id, ws.now()
            )
            batches.add_batch(unit.connection, record)
            self._bench: Bench = read_bench(unit.connection, self.project_id)
            unit.commit()

    def add(self, incoming: Iterable[Incoming]) -> None:
        """Store some examples, hidden; ones the project already has are counted and left out."""
        derived = [(one, derive(self._bench, one.example)) for one in incoming]
        with self.ws.unit() as unit:
            hashes = [what.body_hash for _, what in derived]
            known = examples.known_bodies(unit.connection, self.project_id, hashes, self.batch_id)
            new = [self._new(one, what) for one, what in self._fresh(derived, known)]
            examples.add_examples(unit.connection, new, self.actor.person_id, self.ws.now(), why=self._kind)
            unit.commit()
        self.n_duplicates += len(derived) - len(new)

    def _fresh(self, derived: list[tuple[Incoming, Derived]], known: set[str]) -> Iterator[tuple[Incoming, Derived]]:
        for one, what in derived:
            if what.body_hash not in known:
                known.add(what.body_hash)
                yield one, what

    def _new(self, one: Incoming, derived: Derived) -> NewExample:
        return NewExample(
            self.ws.new_id(), self.project_id, self._state, self._kind, derived, self.batch_id, one.line, is_staged=True
        )

    def finish(self, act: Act) -> BatchReport:
        """Let everything appear, inside the act that answers for it."""
        n_added = batches.complete_batch(act.connection, self.batch_id)
        n_with_errors = batches.count_with_errors(act.connection, self.batch_id)
        act.note(Deed(self.batch_id, after=f"{n_added} examples", project_id=self.project_id))
        return BatchReport(self.batch_id, n_added, self.n_duplicates, n_with_errors)

    def abandon(self) -> None:
        """Take back what was stored so far."""
        with self.ws.unit() as unit:
            batches.set_batch_state(unit.connection, self.batch_id, "undone")
            batches.drop_source(unit.connection, self.batch_id)
            unit.commit()
        remove_hidden(self.ws.unit, self.batch_id)


def add_examples(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    incoming: Iterable[Example],
    *,
    origin: str,
    name: str,
    state: ExampleState = ExampleState.CANDIDATE,
    progress: Progress | None = None,
    nonce: str,
) -> BatchReport:
    """Add many examples as one act, as candidates or drafts."""
    if state not in (ExampleState.CANDIDATE, ExampleState.DRAFT):
        raise StateError(f"New examples cannot begin as {state.value}.", hint="Let them begin as candidates.")
    if done := find_done(ws, actor, "add examples", nonce, BatchReport):
        return done
    intake = Intake(ws, actor, project_id, kind=origin, name=name, state=state)
    try:
        handled = 0
        for chunk in chunks(Incoming(one) for one in incoming):
            intake.add(chunk)
            handled += len(chunk)
            if progress:
                progress(handled)
        report = perform(ws, actor, "add examples", nonce, BatchReport, intake.finish)
    except BaseException:
        intake.abandon()
        raise
    if report.batch_id != intake.batch_id:
        intake.abandon()
    return report


def chunks(incoming: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    """Lists of at most CHUNK."""
    walk = iter(incoming)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def undo_batch(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> UndoReport:
    """Take a batch back: what nobody has worked on and no version holds disappears at once."""

    def work(act: Act) -> UndoReport:
        record = batches.find_batch(act.connection, batch_id)
        if record is None:
            raise NotFoundError("This batch is not here.")
        if record.state != "complete":
            raise StateError(f"The batch `{record.name}` is {record.state}: there is nothing to undo.")
        n_removed = batches.hide_untouched(act.connection, batch_id)
        batches.set_batch_state(act.connection, batch_id, "undone")
        act.note(Deed(batch_id, record.state, f"undone, {n_removed} removed", record.project_id))
        return UndoReport(n_removed, batches.count_shown(act.connection, batch_id))

    report = perform(ws, actor, "undo batch", nonce, UndoReport, work)
    remove_hidden(ws.unit, batch_id)
    return report
