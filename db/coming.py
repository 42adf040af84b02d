"""Acts that are made ready first and then appear: what is to come of each, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from db.batches import BatchRecord, add_batch
from db.tables import batch, bulk, coming_head

STAGED, APPEARING, COMPLETE, RETURNING, UNDONE = "staged", "appearing", "complete", "returning", "undone"


class ComingRecord(NamedTuple):
    """What an act has made ready for one of its examples."""

    position: int
    change: bytes


def add_coming_act(connection: Connection, record: BatchRecord) -> None:
    """Begin an act; what it does is written with its decision."""
    add_batch(connection, record)
    connection.execute(insert(bulk).values(batch_id=record.id, spec="{}"))


def read_spec(connection: Connection, batch_id: str) -> str:
    """What an act does, and what has come of it so far."""
    spec: str = connection.execute(select(bulk.c.spec).where(bulk.c.batch_id == batch_id)).scalar_one()
    return spec


def add_changes(connection: Connection, batch_id: str, first: int, changes: Sequence[bytes]) -> None:
    """Keep some changes until they appear; `first` is the position of the first one."""
    rows = [{"batch_id": batch_id, "position": first + n, "change": one} for n, one in enumerate(changes)]
    connection.execute(insert(coming_head), rows)


def next_changes(connection: Connection, batch_id: str, limit: int) -> list[ComingRecord]:
    """What is to appear next."""
    query = select(coming_head.c.position, coming_head.c.change).where(coming_head.c.batch_id == batch_id)
    return [ComingRecord(*row) for row in connection.execute(query.order_by(coming_head.c.position).limit(limit))]


def drop_changes(connection: Connection, batch_id: str, up_to: int) -> None:
    """Forget the changes up to a position: they have appeared."""
    where = (coming_head.c.batch_id == batch_id, coming_head.c.position <= up_to)
    connection.execute(delete(coming_head).where(*where))


def list_given_up(connection: Connection) -> list[str]:
    """Acts that never came about and still have something ready."""
    query = select(batch.c.id).where(batch.c.state == UNDONE)
    ready = select(coming_head.c.position).where(coming_head.c.batch_id == batch.c.id)
    return list(connection.execute(query.where(ready.exists())).scalars())


def remove_given_up(connection: Connection, batch_id: str, limit: int) -> int:
    """Take away up to `limit` changes that will never appear; says how many."""
    found = next_changes(connection, batch_id, limit)
    if found:
        drop_changes(connection, batch_id, found[-1].position)
    return len(found)


def list_appearing(connection: Connection, project_id: str | None = None) -> list[BatchRecord]:
    """Acts that are decided and not all there yet."""
    query = select(batch).where(batch.c.state == APPEARING)
    if project_id is not None:
        query = query.where(batch.c.project_id == project_id)
    return [BatchRecord(*row) for row in connection.execute(query.order_by(batch.c.id))]


def set_state(connection: Connection, batch_id: str, before: str, after: str) -> bool:
    """Move an act on; False where it does not stand there any more."""
    where = (batch.c.id == batch_id, batch.c.state == before)
    return bool(connection.execute(update(batch).where(*where).values(state=after)).rowcount)


def complete(connection: Connection, batch_id: str, n: int) -> None:
    """All of an act is there."""
    connection.execute(update(batch).where(batch.c.id == batch_id).values(state=COMPLETE, n_added=n, owner=""))
