"""A batch being filled: stored in short chunks, hidden until it is complete, taken back when it never is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.processes import own_identity
from curation.services.acts import Act
from curation.services.deriving import derive
from curation.services.judging import Bench, read_bench
from curation.services.projects import need_project
from curation.services.sweeping import remove_hidden
from curation.services.workspace import Workspace
from db import batches, examples
from db.acts import Deed
from db.batches import BatchRecord
from db.derived import Derived
from db.examples import NewExample

CHUNK = 200
"""The most rows stored under one hold of the write lock."""
CHUNK_BYTES = 8_000_000
"""Rows are stored as soon as they weigh this much, however few they are."""


class BatchReport(msgspec.Struct, frozen=True):
    """What came of a batch."""

    batch_id: str
    n_added: int
    n_duplicates: int
    n_with_errors: int


class Arrival(msgspec.Struct, frozen=True):
    """An example on its way in, judged, with its line in a file."""

    derived: Derived
    line: int | None = None

    @property
    def size_bytes(self) -> int:
        return len(self.derived.body)


def is_full(n_rows: int, size_bytes: int) -> bool:
    """Whether so much has gathered that it is time to store it."""
    return n_rows >= CHUNK or size_bytes >= CHUNK_BYTES


def chunks(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """Lists to be stored one after the other."""
    chunk: list[Arrival] = []
    size_bytes = 0
    for one in arrivals:
        chunk.append(one)
        size_bytes += one.size_bytes
        if is_full(len(chunk), size_bytes):
            yield chunk
            chunk, size_bytes = [], 0
    if chunk:
        yield chunk


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
            owner = str(own_identity())
            record = BatchRecord(
                self.batch_id, self.project_id, kind, name, "staged", 0, owner, actor.person_id, ws.now()
            )
            batches.add_batch(unit.connection, record)
            self._bench: Bench = read_bench(unit.connection, self.project_id)
            unit.commit()

    def judge(self, example: Example, line: int | None = None) -> Arrival:
        """Make an example ready to be added."""
        return Arrival(derive(self._bench, example), line)

    def add(self, arrivals: list[Arrival]) -> None:
        """Store some examples, hidden; ones the project already has are counted and left out."""
        with self.ws.unit() as unit:
            self.require_open(unit.connection)
            hashes = [one.derived.body_hash for one in arrivals]
            known = examples.known_bodies(unit.connection, self.project_id, hashes, self.batch_id)
            new = [self._new(one) for one in _fresh(arrivals, known)]
            examples.add_examples(unit.connection, new, self.actor.person_id, self.ws.now(), why=self._kind)
            unit.commit()
        self.n_duplicates += len(arrivals) - len(new)

    def _new(self, one: Arrival) -> NewExample:
        return NewExample(
            self.ws.new_id(),
            self.project_id,
            self._state,
            self._kind,
            one.derived,
            self.batch_id,
            one.line,
            is_staged=True,
        )

    def require_open(self, connection: Connection) -> None:
        """Refuse to go on with a batch that was swept away: what it held is gone."""
        if not batches.is_staged(connection, self.batch_id):
            raise StateError(
                "Nothing was added: the rows were taken away while more of them came in.",
                hint="Another Callwright took this one for dead. Do it again, with one Callwright at a time.",
            )

    def finish(self, act: Act) -> BatchReport:
        """Let everything appear, inside the act that answers for it."""
        self.require_open(act.connection)
        n_added = batches.complete_batch(act.connection, self.batch_id)
        n_with_errors = batches.count_with_errors(act.connection, self.batch_id)
        act.note(Deed(self.batch_id, after=f"{n_added} examples", project_id=self.project_id))
        return BatchReport(self.batch_id, n_added, self.n_duplicates, n_with_errors)

    def abandon(self) -> None:
        """Take back what was stored so far. A batch that has appeared stays: only its answer was lost."""
        with self.ws.unit() as unit:
            is_ours = batches.drop_staged(unit.connection, self.batch_id)
            unit.commit()
        if is_ours:
            remove_hidden(self.ws.unit, self.batch_id)


def _fresh(arrivals: list[Arrival], known: set[str]) -> Iterator[Arrival]:
    for one in arrivals:
        if one.derived.body_hash not in known:
            known.add(one.derived.body_hash)
            yield one
