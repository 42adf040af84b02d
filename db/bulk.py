"""Bulk acts: what one act does to each of many examples, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, update
from sqlalchemy.dialects.sqlite import insert

from db.batches import BatchRecord, add_batch
from db.tables import batch, bulk, bulk_item

KIND = "bulk"
MOST = 500
"""Rows of one statement."""
TODO = ""
"""What an item says before anything was done to it."""


class ItemRecord(msgspec.Struct, frozen=True):
    """One example of an act over many: where it stood, and where the act left it (both as the audit writes it).

    A move of examples knows both beforehand; a bulk act notes the second when it is there, or why it never was.
    """

    batch_id: str
    example_id: str
    before: str
    after: str


class BulkRecord(msgspec.Struct, frozen=True):
    """One bulk act with its batch."""

    id: str
    project_id: str
    name: str
    state: str
    n_added: int
    owner: str
    by: str
    at: str
    spec: str
    n_items: int


def add_bulk(connection: Connection, record: BatchRecord, spec: str) -> None:
    add_batch(connection, record)
    connection.execute(insert(bulk).values(batch_id=record.id, spec=spec))


def set_spec(connection: Connection, batch_id: str, spec: str) -> None:
    """Write down what else is to be known of an act."""
    connection.execute(update(bulk).where(bulk.c.batch_id == batch_id).values(spec=spec))


def find_bulk(connection: Connection, batch_id: str) -> BulkRecord | None:
    row = connection.execute(_select().where(batch.c.id == batch_id)).one_or_none()
    return BulkRecord(*row) if row else None


def list_bulks(connection: Connection, states: Sequence[str]) -> list[BulkRecord]:
    """Those in one of these states, the oldest first."""
    query = _select().where(batch.c.state.in_(states)).order_by(batch.c.at, batch.c.id)
    return [BulkRecord(*row) for row in connection.execute(query)]


def newest_bulk(connection: Connection, project_id: str, person_id: str) -> BulkRecord | None:
    """The last one of a person in a project."""
    query = _select().where(batch.c.project_id == project_id, batch.c.by == person_id)
    row = connection.execute(query.order_by(batch.c.at.desc(), batch.c.id.desc()).limit(1)).one_or_none()
    return BulkRecord(*row) if row else None


def _is_mark() -> ColumnElement[bool]:
    """Whether an item says where its example stands now; reasons are words with blanks between them."""
    return and_(bulk_item.c.after.contains("@"), ~bulk_item.c.after.contains(" "))


def _select() -> Select[Any]:
    columns = (batch.c.id, batch.c.project_id, batch.c.name, batch.c.state, batch.c.n_added, batch.c.owner)
    chosen = select(*columns, batch.c.by, batch.c.at, bulk.c.spec, bulk.c.n_items)
    return chosen.join(bulk, bulk.c.batch_id == batch.c.id).where(batch.c.kind == KIND)


def set_state(
    connection: Connection, batch_id: str, state: str, *, before: Sequence[str], owner: str | None = None
) -> bool:
    """Move a bulk act on; False when somebody else has moved it already."""
    values = {"state": state} if owner is None else {"state": state, "owner": owner}
    where = (batch.c.id == batch_id, batch.c.state.in_(before))
    return bool(connection.execute(update(batch).where(*where).values(**values)).rowcount)


def take_over(connection: Connection, record: BulkRecord, owner: str) -> bool:
    """Go on with an act whose process is gone; False when another process was quicker."""
    where = (batch.c.id == record.id, batch.c.owner == record.owner, batch.c.state == record.state)
    return bool(connection.execute(update(batch).where(*where).values(owner=owner)).rowcount)


def count_changed(connection: Connection, batch_id: str) -> int:
    """Note how many the act has changed, and say it."""
    query = select(func.count()).where(bulk_item.c.batch_id == batch_id, _is_mark())
    changed = connection.execute(query).scalar_one()
    connection.execute(update(batch).where(batch.c.id == batch_id).values(n_added=changed))
    return changed


def add_items(connection: Connection, batch_id: str, marks: Sequence[tuple[str, str]]) -> None:
    """Plan examples, each with where it stands now; one that was planned before a stop keeps where it stood then."""
    if not marks:
        return
    rows = [{"batch_id": batch_id, "example_id": one, "before": mark, "after": TODO} for one, mark in marks]
    added = connection.execute(insert(bulk_item).values(rows).on_conflict_do_nothing()).rowcount
    more = update(bulk).where(bulk.c.batch_id == batch_id)
    connection.execute(more.values(n_items=bulk.c.n_items + added))


def note_items(connection: Connection, items: Sequence[ItemRecord]) -> None:
    """Write down what an act will have done, before it appears."""
    if items:
        connection.execute(insert(bulk_item), [msgspec.structs.asdict(one) for one in items])


def pass_over(connection: Connection, batch_id: str, ids: Sequence[str], why: str) -> None:
    """Write why an act left some examples as they were."""
    where = (bulk_item.c.batch_id == batch_id, bulk_item.c.example_id.in_(ids))
    connection.execute(update(bulk_item).where(*where).values(after=why))


def list_changed(connection: Connection, batch_id: str) -> list[ItemRecord]:
    """Everything an act that is over has changed."""
    query = select(bulk_item).where(bulk_item.c.batch_id == batch_id, _is_mark()).order_by(bulk_item.c.example_id)
    return [ItemRecord(*row) for row in connection.execute(query)]


def list_items(connection: Connection, batch_id: str, *, after_id: str, limit: int, is_done: bool) -> list[ItemRecord]:
    """Items still to do (or already done) behind one id, in the order of ids."""
    state = _is_mark() if is_done else bulk_item.c.after == TODO
    query = select(bulk_item).where(bulk_item.c.batch_id == batch_id, bulk_item.c.example_id > after_id, state)
    return [ItemRecord(*row) for row in connection.execute(query.order_by(bulk_item.c.example_id).limit(limit))]


def finish_item(connection: Connection, item: ItemRecord, after: str) -> bool:
    """Write what became of an item; False when another hand has done it already."""
    where = (
        bulk_item.c.batch_id == item.batch_id,
        bulk_item.c.example_id == item.example_id,
        bulk_item.c.after == item.after,
    )
    return bool(connection.execute(update(bulk_item).where(*where).values(after=after)).rowcount)


def count_words(connection: Connection, batch_id: str) -> dict[str, int]:
    """What became of the items: `changed`, "" for those to do, and in words why others were left."""
    said = func.iif(_is_mark(), "changed", bulk_item.c.after)
    query = select(said, func.count()).where(bulk_item.c.batch_id == batch_id).group_by(said)
    return {row[0]: row[1] for row in connection.execute(query)}
