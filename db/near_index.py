"""The index of near-duplicates: what waits to be compared, what is kept of each example, and the keys they share."""

# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import repeat
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import GONE
from db.tables import body, example, near_conflict, near_key, near_run, near_text, near_todo

SMALL_RUN = 1_000
"""Rows that come one by one are put into the same run until it has so many."""
_GONE = tuple(state.value for state in GONE)
_MERGE = (
    "INSERT INTO near_key SELECT ?, key, number FROM near_key"
    " WHERE run IN (SELECT value FROM json_each(?)) AND key >= ? AND key < ? ORDER BY key, number"
)
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


def find_meeting(connection: Connection, keys: Sequence[int], most: int = -1) -> list[tuple[int, int]]:
    """(key, number) of who has one of these keys, at most so many; each key is one step into each run."""
    runs = ",".join(str(row[0]) for row in connection.exec_driver_sql("SELECT DISTINCT stored FROM near_run"))
    if not (runs and keys):
        return []
    # Written out: from a list in one value SQLite steps four times as slowly.
    marks = ",".join("?" * len(keys))
    query = f"SELECT key, number FROM near_key WHERE run IN ({runs}) AND key IN ({marks}) LIMIT {most:d}"
    return [(row[0], row[1]) for row in connection.exec_driver_sql(query, tuple(keys))]


def count_in_families(connection: Connection, families: Sequence[int]) -> dict[int, int]:
    """Family → how many are in it."""
    # Said twice, so that SQLite sees that its index of those in families will do.
    ours = (near_text.c.family.in_(families), near_text.c.family.is_not(None))
    query = select(near_text.c.family, func.count()).where(*ours)
    return {row[0]: row[1] for row in connection.execute(query.group_by(near_text.c.family))}


def newest_family(connection: Connection) -> int:
    query = select(func.max(near_text.c.family)).where(near_text.c.family.is_not(None))
    return connection.execute(query).scalar_one() or 0


def next_run(connection: Connection) -> int:
    """A number above every run's, also above one that a kill left incomplete."""
    newest = (func.max(near_run.c.run), func.max(near_run.c.stored), func.max(near_key.c.run))
    return 1 + max(connection.execute(select(one)).scalar_one() or 0 for one in newest)


def find_small_run(connection: Connection, n_rows: int) -> int | None:
    """A run that has room for some more, and whose keys are still where it began."""
    query = select(near_run.c.run).where(near_run.c.n_rows + n_rows <= SMALL_RUN, near_run.c.stored == near_run.c.run)
    return connection.execute(query.order_by(near_run.c.run.desc()).limit(1)).scalar_one_or_none()


def list_stored(connection: Connection) -> dict[int, int]:
    """Where keys are → of how many examples."""
    query = select(near_run.c.stored, func.sum(near_run.c.n_rows)).group_by(near_run.c.stored)
    return {row[0]: row[1] for row in connection.execute(query)}


def add_entries(connection: Connection, run: int, keys: Sequence[int], numbers: Sequence[int]) -> None:
    """Put examples under keys, side by side."""
    with closing(connection.connection.cursor()) as cursor:
        # Straight to the driver, which takes an iterator: so many tuples would set off the collector under the lock.
        cursor.executemany("INSERT OR IGNORE INTO near_key VALUES (?, ?, ?)", zip(repeat(run), keys, numbers))  # type: ignore[arg-type]


def open_run(connection: Connection, run: int, n_rows: int) -> None:
    """A run is complete, or has more rows now."""
    grown = {"n_rows": near_run.c.n_rows + n_rows}
    statement = upsert(near_run).values(run=run, n_rows=n_rows, stored=run)
    connection.execute(statement.on_conflict_do_update(set_=grown))


def copy_keys(connection: Connection, runs: Sequence[int], into: int, first: int, end: int) -> None:
    """Put the keys of some runs from one on, up to another, together into a new one."""
    connection.exec_driver_sql(_MERGE, (into, _json(runs), first, end))


def move_runs(connection: Connection, runs: Sequence[int], into: int) -> None:
    """All keys of some runs are found in the new one from now on."""
    connection.execute(update(near_run).where(near_run.c.stored.in_(runs)).values(stored=into))


def leave_run(connection: Connection, run: int, number: int, keys: Sequence[int]) -> None:
    """Take one example out of a run; a run without any is gone."""
    stored = connection.execute(select(near_run.c.stored).where(near_run.c.run == run)).scalar_one_or_none()
    if stored is not None and keys:
        connection.exec_driver_sql(_TAKE_OUT, [(stored, key, number) for key in keys])
    connection.execute(update(near_run).where(near_run.c.run == run).values(n_rows=near_run.c.n_rows - 1))
    connection.execute(delete(near_run).where(near_run.c.run == run, near_run.c.n_rows <= 0))


def find_leftover(connection: Connection) -> int | None:
    """A run of keys that nobody is led to: left from a kill, or put together with others since."""
    stored = list_stored(connection)
    run: int | None = connection.execute(select(func.min(near_key.c.run))).scalar_one()
    while run is not None and run in stored:
        run = connection.execute(select(func.min(near_key.c.run)).where(near_key.c.run > run)).scalar_one()
    return run


def drop_keys(connection: Connection, run: int, about: int) -> bool:
    """Take away about so many keys of a run, the first ones; whether there are more."""
    ours = near_key.c.run == run
    query = select(near_key.c.key).where(ours).order_by(near_key.c.key).limit(1).offset(about)
    last = connection.execute(query).scalar_one_or_none()
    connection.execute(
        delete(near_key).where(ours) if last is None else delete(near_key).where(ours, near_key.c.key <= last)
    )
    return last is not None


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
