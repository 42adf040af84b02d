"""Many examples changed by one act: made ready in short chunks and kept, hidden, until the act is decided."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.finding import Finding
from curation.model.marks import Mark
from curation.model.states import ExampleState
from curation.processes import own_identity
from curation.services.heads import mark
from curation.services.sweeping import remove_given_up
from curation.services.workspace import Workspace
from db import batches, bulk, coming
from db.batches import BatchRecord
from db.bulk import ItemRecord
from db.derived import Derived, Found, put_bodies
from db.examples import ExampleRecord

CHUNK = 100
"""The most examples made ready under one hold of the write lock."""


class Prepared(msgspec.Struct, frozen=True):
    """One example ready to be changed: its next revision, or only its next state (`derived` None)."""

    head: ExampleRecord
    state: ExampleState
    derived: Derived | None
    broken_by: tuple[str, ...] = ()
    """Tools whose change it has to be mended for."""
    reason: str = ""
    place: str = ""

    @property
    def is_left(self) -> bool:
        """Whether the example itself stays as it is."""
        return self.derived is None and self.state is self.head.state

    @property
    def rev(self) -> int:
        return self.head.head_rev + (self.derived is not None)

    @property
    def item(self) -> tuple[str, str]:
        """Where the example stands before and after, as the audit writes it."""
        return mark(self.head), str(Mark(self.state, self.rev))


class HeadChange:
    """One act over many examples being made ready; nothing of it shows before it is decided."""

    def __init__(self, ws: Workspace, person_id: str, project_id: str, kind: str, name: str) -> None:
        self.ws = ws
        self.project_id = project_id
        self.batch_id = ws.new_id()
        self.n = 0
        self._waiting: list[Prepared] = []
        record = BatchRecord(
            self.batch_id, project_id, kind, name, coming.STAGED, 0, str(own_identity()), person_id, ws.now()
        )
        with ws.unit() as unit:
            coming.add_coming_act(unit.connection, record)
            unit.commit()

    def add(self, prepared: Prepared) -> None:
        """Take one example; it is stored with the chunk it is in."""
        self._waiting.append(prepared)
        if len(self._waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Store what has gathered: bodies, and what will have happened to their examples."""
        if not self._waiting:
            return
        changes = [msgspec.msgpack.encode(_slim(one)) for one in self._waiting]
        bodies = [one.derived for one in self._waiting if one.derived is not None]
        with self.ws.unit() as unit:
            self.require_open(unit.connection)
            if bodies:
                put_bodies(unit.connection, bodies)
            bulk.note_items(
                unit.connection, [ItemRecord(self.batch_id, one.head.id, *one.item) for one in self._waiting]
            )
            coming.add_changes(unit.connection, self.batch_id, self.n, changes)
            unit.commit()
        self.n += len(self._waiting)
        self._waiting = []

    def require_open(self, connection: Connection) -> None:
        """Refuse to go on with what another process took for given up."""
        if not batches.is_staged(connection, self.batch_id):
            raise StateError(
                "Nothing was changed: what was made ready was taken away meanwhile.",
                hint="Another Callwright took this one for dead. Do it again, with one Callwright at a time.",
            )

    def abandon(self) -> None:
        """Forget an act that was not decided; one that was goes on. Bodies that belong to nobody do no harm."""
        with self.ws.unit() as unit:
            is_ours = batches.drop_staged(unit.connection, self.batch_id)
            unit.commit()
        if is_ours:
            remove_given_up(self.ws.unit, self.batch_id)


def make_ready(change: HeadChange, fill: Callable[[], None], decided: Callable[[], str]) -> None:
    """Make everything ready, then decide; what was not decided leaves nothing that shows."""
    try:
        fill()
        change.flush()
        decided()
    except BaseException:
        change.abandon()
        raise


def _slim(prepared: Prepared) -> Prepared:
    """Without the values behind the findings, which nothing stores."""
    derived = prepared.derived
    if derived is None:
        return prepared
    found = tuple(Found(_bare(one), one.fingerprint, one.waived) for one in derived.found)
    return msgspec.structs.replace(prepared, derived=msgspec.structs.replace(derived, found=found))


def _bare(found: Found) -> Finding:
    return msgspec.structs.replace(found.finding, values={}, fix=None)
