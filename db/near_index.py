"""The index of near-duplicates: what waits to be compared, what is kept of each example, and the keys they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import GONE
from db.tables import body, example, near_conflict, near_key, near_run, near_text, near_todo

SMALL_RUN = 1_000
"""Rows that come one by one are put into the same run until it has so many."""
_GONE = tuple(state.value for state in GONE)
_MEETING = (
    "SELECT k.value, b.number FROM near_run r CROSS JOIN json_each(?) k CROSS JOIN near_key b"
    " WHERE b.run = r.run AND b.key = k.value LIMIT ?"
)
"""The joins in this order: each key is one step into each run."""
_TAKE_OUT = "DELETE FROM near_key WHERE run = ? AND key = ? AND number = ?"


class Waiting(NamedTuple):
    """An example that is to be compared; without a body it is gone, or nobody works on it any more."""

    number: int
    project_id: str
    head_hash: str
    body: bytes


class Kept(NamedTuple):
    """What is kept of an example that was compared."""

    number: int
    project_id: str
    head_hash: str
    run: int
    asked: bytes
    whole: bytes
    choices: bytes
    family: int | None


def list_todo(connection: Connection, limit: int) -> list[int]:
    """The numbers of examples that wait, in order."""
    return list(connection.execute(select(near_todo.c.number).order_by(near_todo.c.number).limit(limit)).scalars())


def count_todo(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(near_todo)).scalar_one()


def read_waiting(connection: Connection, numbers: Sequence[int]) -> list[Waiting]:
    """Those of these that are to be compared, with their bodies; what is gone is left out."""
    query = (
        select(example.c.number, example.c.project_id, example.c.head_hash, body.c.bytes)
        .join(body, body.c.hash == example.c.head_hash)
        .where(example.c.number.in_(numbers), example.c.staged == 0, example.c.state.not_in(_GONE))
        .order_by(example.c.number)
    )
    return [Waiting(row[0], row[1], row[2], bytes(row[3])) for row in connection.execute(query)]


def read_heads(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Number → the body it holds now, of those that are to be compared."""
    query = select(example.c.number, example.c.head_hash).where(
        example.c.number.in_(numbers), example.c.staged == 0, example.c.state.not_in(_GONE)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def read_kept(connection: Connection, numbers: Iterable[int]) -> dict[int, Kept]:
    """Number → what is kept of it."""
    query = text(
        "SELECT t.number, project_id, head_hash, run, asked, whole, choices, family"
        " FROM json_each(:numbers) n CROSS JOIN near_text t WHERE t.number = n.value"
    )
    rows = connection.execute(query, {"numbers": _json(numbers)})
    return {row[0]: Kept(*row) for row in rows}


def find_meeting(connection: Connection, keys: Iterable[int], most: int = -1) -> list[tuple[int, int]]:
    """(key, number) of who has one of these keys; at most so many."""
    return [(row[0], row[1]) for row in connection.exec_driver_sql(_MEETING, (_json(keys), most))]


def count_in_families(connection: Connection, families: Sequence[int]) -> dict[int, int]:
    """Family → how many are in it."""
    query = select(near_text.c.family, func.count()).where(near_text.c.family.in_(families), near_text.c.family > 0)
    return {row[0]: row[1] for row in connection.execute(query.group_by(near_text.c.family))}


def newest_family(connection: Connection) -> int:
    query = select(func.max(near_text.c.family)).where(near_text.c.family.is_not(None))
    return connection.execute(query).scalar_one() or 0


def next_run(connection: Connection) -> int:
    """A number above every run's, also above one that a kill left incomplete."""
    newest = [select(func.max(table.c.run)).select_from(table) for table in (near_run, near_key)]
    return 1 + max(connection.execute(query).scalar_one() or 0 for query in newest)


def find_small_run(connection: Connection, n_rows: int) -> int | None:
    """A run that has room for some more."""
    query = select(near_run.c.run).where(near_run.c.n_rows + n_rows <= SMALL_RUN)
    return connection.execute(query.order_by(near_run.c.run.desc()).limit(1)).scalar_one_or_none()


def add_entries(connection: Connection, run: int, entries: Iterable[tuple[int, int]]) -> None:
    """Put examples under keys."""
    rows = [(run, key, number) for key, number in entries]
    if rows:
        connection.exec_driver_sql("INSERT OR IGNORE INTO near_key VALUES (?, ?, ?)", rows)


def open_run(connection: Connection, run: int, n_rows: int) -> None:
    """A run is complete, or has more rows now."""
    grown = {"n_rows": near_run.c.n_rows + n_rows}
    connection.execute(upsert(near_run).values(run=run, n_rows=n_rows).on_conflict_do_update(set_=grown))


def leave_run(connection: Connection, run: int, number: int, keys: Sequence[int]) -> None:
    """Take one example out of a run; a run without any is gone."""
    rows = [(run, key, number) for key in keys]
    if rows:
        connection.exec_driver_sql(_TAKE_OUT, rows)
    connection.execute(update(near_run).where(near_run.c.run == run).values(n_rows=near_run.c.n_rows - 1))
    connection.execute(delete(near_run).where(near_run.c.run == run, near_run.c.n_rows <= 0))


def drop_leftovers(connection: Connection, limit: int) -> int:
    """Take away keys of a run that a kill left incomplete, which is always the newest; says how many."""
    newest = connection.execute(select(func.max(near_key.c.run))).scalar_one()
    if newest is None or connection.execute(select(near_run.c.run).where(near_run.c.run == newest)).first():
        return 0
    some = "SELECT run, key, number FROM near_key WHERE run = ? LIMIT ?"
    rows = [tuple(row) for row in connection.exec_driver_sql(some, (newest, limit))]
    connection.exec_driver_sql(_TAKE_OUT, rows)
    return len(rows)


def put_kept(connection: Connection, kept: Sequence[Kept]) -> None:
    """Keep what some examples are compared by."""
    if kept:
        statement = upsert(near_text)
        new = {name: statement.excluded[name] for name in Kept._fields if name != "number"}
        connection.execute(statement.on_conflict_do_update(set_=new), [one._asdict() for one in kept])


def set_family(connection: Connection, numbers: Sequence[int], family: int | None) -> None:
    connection.execute(update(near_text).where(near_text.c.number.in_(numbers)).values(family=family))


def merge_family(connection: Connection, before: int, family: int) -> None:
    """All of one family belong to another from now on."""
    connection.execute(update(near_text).where(near_text.c.family == before).values(family=family))


def list_family(connection: Connection, family: int, limit: int) -> list[int]:
    query = select(near_text.c.number).where(near_text.c.family == family).order_by(near_text.c.number).limit(limit)
    return list(connection.execute(query).scalars())


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Keep nothing of some examples any more; their keys are taken away before."""
    connection.execute(delete(near_text).where(near_text.c.number.in_(numbers)))


def list_opponents(connection: Connection, numbers: Sequence[int], limit: int) -> list[int]:
    """Other examples that call differently from one of these on the same request."""
    ours = select(near_conflict.c.seen).where(near_conflict.c.number.in_(numbers))
    query = select(near_conflict.c.number).where(near_conflict.c.seen.in_(ours)).distinct().limit(limit)
    return [number for number in connection.execute(query).scalars() if number not in set(numbers)]


def drop_conflicts(connection: Connection, numbers: Sequence[int]) -> None:
    connection.execute(delete(near_conflict).where(near_conflict.c.number.in_(numbers)))


def add_conflicts(connection: Connection, project_id: str, conflicts: Iterable[tuple[bytes, int]]) -> None:
    """Note (request, example) of examples that contradict each other."""
    rows = [{"seen": seen, "number": number, "project_id": project_id} for seen, number in conflicts]
    if rows:
        connection.execute(upsert(near_conflict).on_conflict_do_nothing(), rows)


def add_todo(connection: Connection, numbers: Iterable[int]) -> None:
    """Let some examples be compared again."""
    rows = [{"number": number} for number in numbers]
    if rows:
        connection.execute(upsert(near_todo).on_conflict_do_nothing(), rows)


def drop_todo(connection: Connection, numbers: Sequence[int]) -> None:
    """Some examples have been compared."""
    if numbers:
        one = delete(near_todo).where(near_todo.c.number == bindparam("done"))
        connection.execute(one, [{"done": number} for number in numbers])


def _json(values: Iterable[int]) -> str:
    return msgspec.json.encode(list(values)).decode()
