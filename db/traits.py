"""What examples show: what waits to be counted, what is kept of each example, and the sums."""

# ruff: noqa: S608

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import ExampleState
from curation.model.traits import Trait
from db.tables import body, health_told, trait_kept, trait_todo

CHANGES = Trait("changes")
"""Counts how often anything was counted: where it is the same, nothing has changed."""
NO_STATE = ""
_EDITION = "edition"
_ROWS = """SELECT e.number, e.project_id, e.head_hash, e.state, e.author, e.origin,
        e.n_calls, e.n_decisions, e.n_no_tool, e.n_error, coalesce(s.split, ''), e.verdict_key, e.categories
    FROM json_each(:numbers) n CROSS JOIN example e ON e.number = n.value
    LEFT JOIN split_group s ON s.project_id = e.project_id AND s.group_key = e.group_key WHERE e.staged = 0"""
_RULES = """SELECT DISTINCT e.number, f.code, f.rule
    FROM json_each(:numbers) n CROSS JOIN example e ON e.number = n.value
    CROSS JOIN finding f ON f.example_id = e.id WHERE f.waived = 0"""
_CALLED = """SELECT DISTINCT e.number, t.name
    FROM json_each(:numbers) n CROSS JOIN example e ON e.number = n.value
    CROSS JOIN example_tool t ON t.example_id = e.id WHERE t.called > 0"""
_IDS = """SELECT t.kind, t.name, t.id FROM json_each(:wanted) w CROSS JOIN trait t
    ON t.project_id = :project AND t.kind = w.value ->> 0 AND t.name = w.value ->> 1"""
_SUMS = """SELECT t.kind, t.name, sum(c.n_rows), sum(c.n)
    FROM json_each(:kinds) k CROSS JOIN trait t ON t.project_id = :project AND t.kind = k.value
    CROSS JOIN trait_count c ON c.trait_id = t.id
    WHERE c.state IN (SELECT value FROM json_each(:states)) GROUP BY t.id HAVING sum(c.n_rows) > 0"""
_SHOWING = """SELECT sum(c.n_rows) FROM trait t CROSS JOIN trait_count c ON c.trait_id = t.id
    WHERE t.project_id = :project AND t.kind = :kind AND t.name = :name
        AND c.state IN (SELECT value FROM json_each(:states))"""
_OPENINGS = """SELECT t.name, sum(c.n_rows) FROM trait t INDEXED BY trait_common_opening
    CROSS JOIN trait_count c ON c.trait_id = t.id
    WHERE t.project_id = :project AND t.kind = 'opening' AND t.n_rows >= 20
        AND c.state IN (SELECT value FROM json_each(:states))
    GROUP BY t.id ORDER BY sum(c.n_rows) DESC LIMIT :most"""
_TOOL_OPENINGS = """WITH common AS MATERIALIZED (
        SELECT id, name FROM trait INDEXED BY trait_common_opening
        WHERE project_id = :project AND kind = 'opening' AND n_rows >= 20 ORDER BY n_rows DESC LIMIT :most)
    SELECT u.name, o.name, count(DISTINCT e.number) AS n
    FROM common o CROSS JOIN trait_row r ON r.trait_id = o.id CROSS JOIN example e ON e.number = r.number
    CROSS JOIN example_tool u ON u.example_id = e.id
    WHERE u.called > 0 AND e.staged = 0 AND e.state IN (SELECT value FROM json_each(:states))
    GROUP BY u.name, o.name ORDER BY n DESC, u.name, o.name"""
_ADD_COUNT = """INSERT INTO trait_count (trait_id, state, n_rows, n) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n_rows = n_rows + excluded.n_rows, n = n + excluded.n"""


class TraitRow(NamedTuple):
    """What the narrow table says of an example; while it is the same, what was worked out from it holds."""

    number: int
    project_id: str
    head_hash: str
    state: str
    author: str
    origin: str
    n_calls: int
    n_decisions: int
    n_no_tool: int
    n_error: int
    split: str
    verdict_key: str
    categories: str


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """Trait id → how often: what follows from a body, what from the row beside it; and those it is looked up by."""

    body: dict[int, int] = {}
    row: dict[int, int] = {}
    opens: tuple[int, ...] = ()


class KeptTraits(NamedTuple):
    """What is counted of an example now."""

    number: int
    project_id: str
    head_hash: str
    state: str
    shown: Shown


class Sum(NamedTuple):
    """How many examples show something, and how often."""

    n_rows: int = 0
    n: int = 0


def list_todo(connection: Connection, limit: int) -> list[int]:
    """The numbers of examples that wait, in order."""
    return list(connection.execute(select(trait_todo.c.number).order_by(trait_todo.c.number).limit(limit)).scalars())


def count_todo(connection: Connection, project_id: str, most: int) -> int:
    """How many examples of a project wait, counted up to a bound."""
    query = text(
        "SELECT count(*) FROM (SELECT 1 FROM trait_todo t CROSS JOIN example e ON e.number = t.number"
        " WHERE e.project_id = :project AND e.staged = 0 LIMIT :most)"
    )
    n: int = connection.execute(query, {"project": project_id, "most": most}).scalar_one()
    return n


def read_rows(connection: Connection, numbers: Sequence[int]) -> dict[int, TraitRow]:
    """Number → the narrow row, of those that are there."""
    rows = connection.execute(text(_ROWS), {"numbers": _json(numbers)})
    return {row[0]: TraitRow(*row) for row in rows}


def read_rules(connection: Connection, numbers: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Number → (code, rule) of what was found in it and not kept."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(text(_RULES), {"numbers": _json(numbers)}):
        found[row[0]].append((row[1], row[2]))
    return found


def read_called(connection: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    """Number → the tools it offers and calls."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(text(_CALLED), {"numbers": _json(numbers)}):
        found[row[0]].append(row[1])
    return found


def read_bodies(connection: Connection, hashes: Iterable[str]) -> dict[str, bytes]:
    """Hash → body."""
    query = select(body.c.hash, body.c.bytes).where(body.c.hash.in_(sorted(set(hashes))))
    return {row[0]: bytes(row[1]) for row in connection.execute(query)}


def read_kept(connection: Connection, numbers: Sequence[int]) -> dict[int, KeptTraits]:
    """Number → what is counted of it."""
    query = select(trait_kept).where(trait_kept.c.number.in_(numbers))
    return {
        row[0]: KeptTraits(row[0], row[1], row[2], row[3], msgspec.msgpack.decode(row[4], type=Shown))
        for row in connection.execute(query)
    }


def put_kept(connection: Connection, kept: Sequence[KeptTraits]) -> None:
    """Keep what is counted of some examples."""
    if kept:
        statement = upsert(trait_kept)
        names = KeptTraits._fields[1:]
        new = {name: statement.excluded[name] for name in names}
        rows = [{**one._asdict(), "shown": msgspec.msgpack.encode(one.shown)} for one in kept]
        connection.execute(statement.on_conflict_do_update(set_=new), rows)


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    connection.execute(delete(trait_kept).where(trait_kept.c.number.in_(numbers)))


def drop_todo(connection: Connection, numbers: Sequence[int]) -> None:
    """Some examples have been counted."""
    if numbers:
        one = delete(trait_todo).where(trait_todo.c.number == bindparam("done"))
        connection.execute(one, [{"done": number} for number in numbers])


def find_ids(connection: Connection, project_id: str, wanted: Iterable[Trait]) -> dict[Trait, int]:
    """The ids of traits; new ones get one."""
    listed = [tuple(one) for one in dict.fromkeys(wanted)]
    values = {"wanted": msgspec.json.encode(listed).decode(), "project": project_id}
    known = {Trait(row[0], row[1]): row[2] for row in connection.execute(text(_IDS), values)}
    new = [(project_id, kind, name) for kind, name in listed if Trait(kind, name) not in known]
    if not new:
        return known
    connection.exec_driver_sql("INSERT INTO trait (project_id, kind, name) VALUES (?, ?, ?)", new)
    return {Trait(row[0], row[1]): row[2] for row in connection.execute(text(_IDS), values)}


def add_counts(connection: Connection, counts: Mapping[tuple[int, str], Sequence[int]]) -> None:
    """(trait, state) → rows and times more; less where they are negative."""
    changed = sorted((trait, state, more[0], more[1]) for (trait, state), more in counts.items() if any(more))
    if not changed:
        return
    connection.exec_driver_sql(_ADD_COUNT, changed)
    rows: defaultdict[int, int] = defaultdict(int)
    for trait, _, n_rows, _ in changed:
        rows[trait] += n_rows
    # Only where it differs: every write of this one may move an entry of its index.
    moved = [(n, trait) for trait, n in rows.items() if n]
    if moved:
        connection.exec_driver_sql("UPDATE trait SET n_rows = n_rows + ? WHERE id = ?", moved)


def move_rows(connection: Connection, gone: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]]) -> None:
    """Have examples no longer found by some traits (trait, number), and found by others."""
    if gone:
        connection.exec_driver_sql("DELETE FROM trait_row WHERE trait_id = ? AND number = ?", sorted(gone))
    if new:
        connection.exec_driver_sql("INSERT OR IGNORE INTO trait_row VALUES (?, ?)", sorted(new))


def sum_traits(
    connection: Connection, project_id: str, states: Sequence[ExampleState], kinds: Iterable[str]
) -> dict[str, dict[str, Sum]]:
    """Kind → name → what examples of these states show."""
    values = {"kinds": msgspec.json.encode(list(kinds)).decode(), "project": project_id, "states": _json(states)}
    summed: defaultdict[str, dict[str, Sum]] = defaultdict(dict)
    for kind, name, n_rows, n in connection.execute(text(_SUMS), values):
        summed[kind][name] = Sum(n_rows, n)
    return summed


def list_openings(
    connection: Connection, project_id: str, states: Sequence[ExampleState], most: int
) -> list[tuple[str, int]]:
    """The commonest beginnings of requests, and in how many examples; rare ones are left out."""
    values = {"project": project_id, "states": _json(states), "most": most}
    return [(row[0], row[1]) for row in connection.execute(text(_OPENINGS), values)]


def list_tool_openings(
    connection: Connection, project_id: str, states: Sequence[ExampleState], most: int
) -> list[tuple[str, str, int]]:
    """(tool, beginning, examples that begin so and call it) for the commonest beginnings, the commonest pair first.

    It walks over their examples: for a pass in the background, or for few.
    """
    values = {"project": project_id, "states": _json(states), "most": most}
    return [(row[0], row[1], row[2]) for row in connection.execute(text(_TOOL_OPENINGS), values)]


def count_showing(connection: Connection, project_id: str, wanted: Trait, states: Sequence[ExampleState]) -> int:
    """How many examples of these states show a trait."""
    values = {"project": project_id, "kind": wanted.kind, "name": wanted.name, "states": _json(states)}
    return connection.execute(text(_SHOWING), values).scalar_one() or 0


def read_changes(connection: Connection, project_id: str) -> int:
    """How often anything of a project was counted."""
    query = text(
        "SELECT c.n FROM trait t JOIN trait_count c ON c.trait_id = t.id"
        " WHERE t.project_id = :project AND t.kind = :kind AND t.name = ''"
    )
    return connection.execute(query, {"project": project_id, "kind": CHANGES.kind}).scalar_one_or_none() or 0


def read_edition(connection: Connection) -> str | None:
    """By which rules all examples were counted."""
    query = select(health_told.c.basis).where(health_told.c.project_id == "", health_told.c.states == _EDITION)
    return connection.execute(query).scalar_one_or_none()


def write_edition(connection: Connection, edition: str, at: str) -> None:
    row = {"project_id": "", "states": _EDITION, "basis": edition, "at": at, "told": b""}
    statement = upsert(health_told).values(**row)
    connection.execute(statement.on_conflict_do_update(set_={"basis": edition, "at": at}))


def list_kept(connection: Connection, after: int, limit: int) -> list[int]:
    """Numbers of examples that are counted, above one."""
    query = select(trait_kept.c.number).where(trait_kept.c.number > after).order_by(trait_kept.c.number).limit(limit)
    return list(connection.execute(query).scalars())


def count_again(connection: Connection, numbers: Sequence[int]) -> None:
    """Let some examples be counted as if their bodies were others."""
    values = {"numbers": _json(numbers)}
    ours = "SELECT value FROM json_each(:numbers)"
    connection.execute(text(f"UPDATE trait_kept SET head_hash = '' WHERE number IN ({ours})"), values)
    connection.execute(text(f"INSERT OR IGNORE INTO trait_todo {ours}"), values)


def _json(values: Iterable[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
