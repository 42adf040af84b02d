"""How many tokens base models make of bodies: counted once for each body, whoever holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import ExampleState
from db.tables import token_count, token_todo

_UNCOUNTED = text(
    "SELECT e.number, e.project_id, e.head_hash, b.bytes FROM json_each(:numbers) n"
    " CROSS JOIN example e ON e.number = n.value CROSS JOIN body b ON b.hash = e.head_hash WHERE e.staged = 0"
)
_LENGTHS = text(
    "SELECT t.n, count(*) FROM example e INDEXED BY example_by_state"
    " CROSS JOIN token_count t ON t.base = :base AND t.body_hash = e.head_hash"
    " WHERE e.project_id = :project AND e.staged = 0 AND e.state IN (SELECT value FROM json_each(:states))"
    " GROUP BY t.n ORDER BY t.n"
)


class Uncounted(NamedTuple):
    """An example whose tokens are to be counted."""

    number: int
    project_id: str
    body_hash: str
    body: bytes


def add_todo(connection: Connection, numbers: Iterable[int]) -> None:
    """Let the tokens of some examples be counted."""
    rows = [{"number": number} for number in numbers]
    if rows:
        connection.execute(upsert(token_todo).on_conflict_do_nothing(), rows)


def list_todo(connection: Connection, limit: int) -> list[int]:
    return list(connection.execute(select(token_todo.c.number).order_by(token_todo.c.number).limit(limit)).scalars())


def count_todo(connection: Connection, most: int) -> int:
    """How many examples wait, counted up to a bound."""
    return connection.execute(
        select(func.count()).select_from(select(token_todo.c.number).limit(most).subquery())
    ).scalar_one()


def drop_todo(connection: Connection, numbers: Sequence[int]) -> None:
    if numbers:
        one = delete(token_todo).where(token_todo.c.number == bindparam("done"))
        connection.execute(one, [{"done": number} for number in numbers])


def list_numbers(connection: Connection, project_id: str, after: int, limit: int) -> list[int]:
    """Numbers of a project's examples above one, in order."""
    query = text(
        "SELECT number FROM example INDEXED BY example_by_number"
        " WHERE project_id = :project AND staged = 0 AND number > :after ORDER BY number LIMIT :most"
    )
    return list(connection.execute(query, {"project": project_id, "after": after, "most": limit}).scalars())


def read_uncounted(connection: Connection, numbers: Sequence[int]) -> list[Uncounted]:
    """These examples with their bodies."""
    rows = connection.execute(_UNCOUNTED, {"numbers": msgspec.json.encode(list(numbers)).decode()})
    return [Uncounted(row[0], row[1], row[2], bytes(row[3])) for row in rows]


def find_counted(connection: Connection, base: str, hashes: Sequence[str]) -> set[str]:
    """Those of these bodies that were counted before."""
    query = select(token_count.c.body_hash).where(token_count.c.base == base, token_count.c.body_hash.in_(hashes))
    return set(connection.execute(query).scalars())


def put_counts(connection: Connection, base: str, counts: Mapping[str, int]) -> None:
    """Body → tokens, for one base."""
    rows = [{"base": base, "body_hash": one, "n": n} for one, n in counts.items()]
    if rows:
        connection.execute(upsert(token_count).on_conflict_do_nothing(), rows)


def list_lengths(
    connection: Connection, project_id: str, states: Sequence[ExampleState], base: str
) -> list[tuple[int, int]]:
    """(tokens, examples of so many), the shortest first."""
    values = {"base": base, "project": project_id, "states": msgspec.json.encode(list(states)).decode()}
    return [(row[0], row[1]) for row in connection.execute(_LENGTHS, values)]
