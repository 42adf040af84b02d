"""Many heads changed by one act, in a few statements a table, and what each of them was before."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from curation.model.states import ExampleState
from db.batches import BatchRecord
from db.derived import Derived, clear_derived, put_bodies, put_derived
from db.examples import HEAD_COLUMNS, ExampleRecord, head_values, to_record
from db.tables import batch, body, example, revision

MOST = 500
"""Rows of one statement."""


class NextHead(msgspec.Struct, frozen=True):
    """The next revision of an example, and the state it leads to."""

    head: ExampleRecord
    state: ExampleState
    derived: Derived


def add_revisions(connection: Connection, new: Sequence[NextHead], by: str, at: str, why: str) -> None:
    """Store the next revision of many examples; the caller has checked the ones they build on."""
    for start in range(0, len(new), MOST):
        _add_revisions(connection, new[start : start + MOST], by, at, why)


def _add_revisions(connection: Connection, new: Sequence[NextHead], by: str, at: str, why: str) -> None:
    put_bodies(connection, [one.derived for one in new])
    rows = [
        {
            "example_id": one.head.id,
            "rev": one.head.head_rev + 1,
            "body_hash": one.derived.body_hash,
            "by": by,
            "at": at,
            "why": why,
        }
        for one in new
    ]
    connection.execute(insert(revision), rows)
    values = [_head_row(one, by, at) for one in new]
    names = [name for name in values[0] if not name.startswith("_")]
    connection.execute(
        update(example).where(example.c.id == bindparam("_id")).values({name: bindparam(name) for name in names}),
        values,
    )
    clear_derived(connection, [one.head.id for one in new])
    put_derived(connection, [(one.head.id, one.derived) for one in new])


def _head_row(one: NextHead, by: str, at: str) -> dict[str, object]:
    return {
        "_id": one.head.id,
        "head_rev": one.head.head_rev + 1,
        "state": one.state.value,
        "accepted_rev": one.head.head_rev + 1 if one.state is ExampleState.ACCEPTED else None,
        "updated_by": by,
        "updated_at": at,
        **head_values(one.head.id, one.derived),
    }


def set_states(connection: Connection, heads: Sequence[ExampleRecord], state: ExampleState, by: str, at: str) -> None:
    """Move many examples to a state, at the revisions they are at."""
    ids = [one.id for one in heads]
    accepted_rev = example.c.head_rev if state is ExampleState.ACCEPTED else None
    for start in range(0, len(ids), MOST):
        connection.execute(
            update(example)
            .where(example.c.id.in_(ids[start : start + MOST]))
            .values(state=state.value, accepted_rev=accepted_rev, updated_by=by, updated_at=at)
        )


def read_heads_of(connection: Connection, ids: Sequence[str]) -> dict[str, ExampleRecord]:
    """The heads of some examples as they are now."""
    found: dict[str, ExampleRecord] = {}
    for start in range(0, len(ids), MOST):
        query = select(*HEAD_COLUMNS).where(example.c.id.in_(ids[start : start + MOST]))
        found |= {record.id: record for record in map(to_record, connection.execute(query))}
    return found


def list_last(
    connection: Connection, project_id: str, kind: str, *, states: Sequence[str], limit: int
) -> list[BatchRecord]:
    """The newest bulk acts of a kind that changed something, newest first."""
    query = (
        select(batch)
        .where(batch.c.project_id == project_id, batch.c.kind == kind, batch.c.state.in_(states), batch.c.n_added > 0)
        .order_by(batch.c.at.desc(), batch.c.id.desc())
        .limit(limit)
    )
    return [BatchRecord(*row) for row in connection.execute(query)]


def read_bodies_at(connection: Connection, pairs: Sequence[tuple[str, int]]) -> dict[str, bytes]:
    """Example → the body it had at a revision."""
    wanted = dict(pairs)
    found: dict[str, bytes] = {}
    ids = list(wanted)
    for start in range(0, len(ids), MOST):
        query = (
            select(revision.c.example_id, revision.c.rev, body.c.bytes)
            .join(body, body.c.hash == revision.c.body_hash)
            .where(revision.c.example_id.in_(ids[start : start + MOST]))
        )
        for example_id, rev, content in connection.execute(query):
            if wanted[example_id] == rev:
                found[example_id] = bytes(content)
    return found
