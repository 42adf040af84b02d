"""A batch being filled: stored in short chunks, hidden until it is complete, taken back when it never is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import msgspec
from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.reading import Reading
from curation.model.states import ExampleState
from curation.processes import own_identity
from curation.services.acts import Act
from curation.services.deriving import derive
from curation.services.judging import Bench, read_bench
from curation.services.projects import need_project
from curation.services.search_indexing import index_waiting
from curation.services.showing import show
from curation.services.sweeping import remove_hidden
from curation.services.workspace import Workspace
from db import arrivals, batches, examples
from db.acts import Deed
from db.batches import BatchRecord
from db.derived import Derived
from db.examples import NewExample

CHUNK = 400
"""The most rows that gather before they are stored. So few also appear with the act itself."""
SLICE = 100
"""Rows stored before the clock is looked at again."""
LOCK_S = 0.03
"""After so long no further slice is begun under one hold of the write lock; writing it all to the disk comes on top."""
CHUNK_BYTES = 8_000_000
"""Rows are stored as soon as they weigh this much, however few they are."""


class BatchReport(msgspec.Struct, frozen=True):
    """What came of a batch."""

    batch_id: str
    n_added: int
    n_duplicates: int
    n_with_errors: int


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """An example on its way in, judged, with its line in a file."""

    derived: Derived
    line: int | None = None

    @property
    def size_bytes(self) -> int:
        return len(self.derived.body)


def is_full(n_rows: int, size_bytes: int) -> bool:
    """Whether so much has gathered that it is time to store it."""
    return n_rows >= CHUNK or size_bytes >= CHUNK_BYTES


Store = Callable[[Connection, int, int], None]
"""Stores things from one position to another."""


def _nothing(_connection: Connection) -> None:
    """There is nothing to be asked or written beside the things."""


def in_short_holds(
    ws: Workspace,
    n: int,
    store: Store,
    *,
    begin: Callable[[Connection], None] = _nothing,
    sign: Callable[[Connection], None] = _nothing,
) -> None:
    """Store `n` things in transactions that hold the write lock for a short time each.

    `begin` begins each of them, and refuses where nothing may be stored any more; `sign` ends it.
    """
    at = 0
    while at < n:
        with ws.unit() as unit:
            began = monotonic()
            begin(unit.connection)
            while at < n and monotonic() - began < LOCK_S:
                store(unit.connection, at, min(at + SLICE, n))
                at += SLICE
            sign(unit.connection)
            unit.commit()


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


class Counts(msgspec.Struct):
    """What has become of the rows so far."""

    n_added: int = 0
    n_duplicates: int = 0
    n_with_errors: int = 0


class Intake:
    """A batch being filled. Nothing of it shows before `finish`; a kill leaves rows that are swept away.

    Args:
        batch_id: a batch that is arriving already, filled further by this process; a new one when left out.
        counts: what has become of its rows so far.
    """

    def __init__(
        self,
        ws: Workspace,
        actor: Actor,
        project_id: str,
        *,
        kind: str,
        name: str,
        state: ExampleState,
        batch_id: str = "",
        counts: Counts | None = None,
    ) -> None:
        self.ws = ws
        self.actor = actor
        self.batch_id = batch_id or ws.new_id()
        self.counts = counts or Counts()
        self._kind = kind
        self._state = state
        self._owner = str(own_identity())
        with ws.unit() as unit:
            self.project_id = need_project(unit.connection, project_id).id
            if not batch_id:
                self._begin(unit.connection, name)
            self._bench: Bench = read_bench(unit.connection, self.project_id)
            unit.commit()

    def _begin(self, connection: Connection, name: str) -> None:
        by, at = self.actor.person_id, self.ws.now()
        record = BatchRecord(self.batch_id, self.project_id, self._kind, name, "staged", 0, self._owner, by, at)
        batches.add_batch(connection, record)

    def judge(self, example: Example, line: int | None = None) -> Arrival:
        """Make an example ready to be added."""
        return Arrival(derive(self._bench, example), line)

    def judge_errors(self, example: Example, line: int, reading: Reading | None = None) -> Arrival:
        """The same where its warnings follow later; `reading` is what its body gives, where that is known."""
        return Arrival(derive(self._bench, example, errors_only=True, reading=reading), line)

    def add(self, incoming: list[Arrival]) -> None:
        """Store some examples, hidden; ones the project already has are counted and left out."""

        def put(connection: Connection, at: int, to: int) -> None:
            self.put(connection, incoming[at:to])

        in_short_holds(self.ws, len(incoming), put, begin=self.require_open)

    def put(self, connection: Connection, incoming: list[Arrival]) -> dict[int, str]:
        """Store some examples inside a transaction; place among them → id, for those that are new."""
        hashes = [one.derived.body_hash for one in incoming]
        known = examples.known_bodies(connection, self.project_id, hashes, self.batch_id)
        new = {at: self._new(one) for at, one in _fresh(incoming, known)}
        examples.add_examples(connection, list(new.values()), self.actor.person_id, self.ws.now(), why=self._kind)
        self.counts.n_added += len(new)
        self.counts.n_duplicates += len(incoming) - len(new)
        self.counts.n_with_errors += sum(one.derived.n_error > 0 for one in new.values())
        return {at: one.id for at, one in new.items()}

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
        if not batches.is_filled_by(connection, self.batch_id, self._owner):
            raise StateError(
                "Nothing was added: the rows were taken away while more of them came in.",
                hint="Another Callwright took this one for dead. Do it again, with one Callwright at a time.",
            )

    def finish(self, act: Act) -> BatchReport:
        """Decide that everything appears, inside the act that answers for it; `show` then does the most of it."""
        self.require_open(act.connection)
        n_added = self.counts.n_added
        if n_added <= CHUNK:
            arrivals.show_some(act.connection, self.batch_id, 0, CHUNK)
            batches.complete_batch(act.connection, self.batch_id, n_added)
        else:
            arrivals.begin_showing(act.connection, self.batch_id, n_added)
        act.note(Deed(self.batch_id, after=f"{n_added} examples", project_id=self.project_id))
        return BatchReport(self.batch_id, n_added, self.counts.n_duplicates, self.counts.n_with_errors)

    def show(self) -> None:
        """Let appear what did not appear with the act, and let search find it."""
        show(self.ws, self.batch_id)
        index_waiting(self.ws)

    def abandon(self) -> None:
        """Take back what was stored so far. A batch that has appeared stays: only its answer was lost."""
        with self.ws.unit() as unit:
            is_ours = batches.drop_staged(unit.connection, self.batch_id)
            unit.commit()
        if is_ours:
            remove_hidden(self.ws.unit, self.batch_id)


def _fresh(incoming: list[Arrival], known: set[str]) -> Iterator[tuple[int, Arrival]]:
    for at, one in enumerate(incoming):
        if one.derived.body_hash not in known:
            known.add(one.derived.body_hash)
            yield at, one
