"""Lists of examples narrowed by any filters at once: along the rarest one's index, the others tested row by row.

Every filter has a way to walk it in the order of the list (newest number first), so that a page costs the same however
many examples there are. Where two or more filters are set, each is counted up to a bound first, and the rarest leads.
The statements are put together from the fragments of this file alone; whatever people typed is bound.
"""

# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import OperationalError

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from db.examples import HEAD_COLUMNS, ExampleRecord, to_record
from db.filter_ways import SPARSE, Way, filter_ways, judge_ways, standing_ways
from db.tables import counter

COLUMNS = ", ".join(f'example."{column.name}"' for column in HEAD_COLUMNS)
PROBES = (200, SPARSE, 20_000)
"""Filters are counted so far, one bound after the other, until the rarest is found."""
STEPS_BETWEEN_LOOKS = 20_000


def page(
    connection: Connection, project_id: str, wanted: ExampleFilter, words: str, *, after: int | None, limit: int
) -> list[ExampleRecord]:
    """The newest below number `after` that fit; `words` is the text search in the index's own language."""
    return _read(connection, project_id, wanted, words, ("<", "DESC", after), limit)


def page_before(
    connection: Connection, project_id: str, wanted: ExampleFilter, words: str, *, before: int, limit: int
) -> list[ExampleRecord]:
    """The `limit` examples just above number `before` in the list, newest first: the page before."""
    return _read(connection, project_id, wanted, words, (">", "ASC", before), limit)[::-1]


def _read(
    connection: Connection,
    project_id: str,
    wanted: ExampleFilter,
    words: str,
    direction: tuple[str, str, int | None],
    limit: int,
) -> list[ExampleRecord]:
    found = []
    for statement, values in statements(connection, project_id, wanted, words, direction):
        rows = connection.execute(text(statement), {**values, "limit": limit})
        found += [to_record(tuple(row)) for row in rows]
    found.sort(key=lambda one: one.number, reverse=direction[1] == "DESC")
    return found[:limit]


def statements(
    connection: Connection,
    project_id: str,
    wanted: ExampleFilter,
    words: str,
    direction: tuple[str, str, int | None] = ("<", "DESC", None),
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements a page is read by: one, or one for each state, whose rows are merged."""
    sign, order, edge = direction
    for lead, tests, values in _plans(connection, project_id, wanted, words):
        where = [lead.where, *tests]
        if edge is not None:
            where.append(f"{lead.number} {sign} :edge")
            values = {**values, "edge": edge}
        group = f" GROUP BY {lead.number}" if lead.repeats else ""
        yield (
            f"SELECT {COLUMNS} FROM {_from(lead)} WHERE {' AND '.join(where)}{group}"
            f" ORDER BY {lead.number} {order} LIMIT :limit",
            values,
        )


def count(
    connection: Connection, project_id: str, wanted: ExampleFilter, words: str, *, cap: int, budget_s: float
) -> tuple[int, bool]:
    """How many fit, and whether that is exact: counting ends at the cap, or when the time is up (then 0 is said)."""
    total = 0
    try:
        with _deadline(connection, budget_s):
            for lead, tests, values in _plans(connection, project_id, wanted, words):
                group = f" GROUP BY {lead.number}" if lead.repeats else ""
                inner = f"SELECT 1 FROM {_from(lead)} WHERE {' AND '.join([lead.where, *tests])}{group} LIMIT :limit"
                query = text(f"SELECT count(*) FROM ({inner})")
                total += connection.execute(query, {**values, "limit": cap - total + 1}).scalar_one()
                if total > cap:
                    return cap, False
    except OperationalError as error:
        if "interrupted" not in str(error.orig):
            raise
        return total, False
    return total, True


def newest_number(connection: Connection, project_id: str) -> int:
    """The number of the newest example, 0 where there is none."""
    query = text(
        "SELECT max(number) FROM example INDEXED BY example_by_number WHERE project_id = :project AND staged = 0"
    )
    return int(connection.execute(query, {"project": project_id}).scalar_one() or 0)


MARKS = {
    "tag": "EXISTS (SELECT 1 FROM example_tag AS m WHERE m.tag = :mark AND m.number = example.number)",
    "group": "example.group_key = :mark",
    "rule": "EXISTS (SELECT 1 FROM finding AS m WHERE m.rule = :mark AND m.waived = 0 AND m.number = example.number)",
    "": "0",
}
"""What may be asked of every example beside its state."""


class Standing(NamedTuple):
    """How many examples are in one state, with or without errors, with or without a mark."""

    state: ExampleState
    has_errors: bool
    is_marked: bool
    n: int


def group_standing(
    connection: Connection, project_id: str, wanted: ExampleFilter, words: str, *, mark: tuple[str, str]
) -> list[Standing]:
    """Everything that fits, by state, errors and one mark: its kind and its value."""
    found = []
    for lead, tests, values in _plans(connection, project_id, wanted, words):
        group = f" GROUP BY {lead.number}" if lead.repeats else ""
        inner = f"{_select_standing(mark[0])} FROM {_from(lead)} WHERE {' AND '.join([lead.where, *tests])}{group}"
        found += _group(connection, inner, {**values, "mark": mark[1]})
    return found


def group_chosen(
    connection: Connection, project_id: str, ids: Sequence[str], *, mark: tuple[str, str]
) -> list[Standing]:
    """The same of some examples by their ids."""
    values = {"project": project_id, "mark": mark[1], **{f"id{n}": one for n, one in enumerate(ids)}}
    listed = ", ".join(f":id{n}" for n in range(len(ids)))
    where = f"example.id IN ({listed}) AND example.project_id = :project AND example.staged = 0"
    return _group(connection, f"{_select_standing(mark[0])} FROM example WHERE {where}", values)


def _select_standing(kind: str) -> str:
    return f"SELECT example.state AS state, example.n_error > 0 AS bad, {MARKS[kind]} AS marked"


def _group(connection: Connection, inner: str, values: dict[str, Any]) -> list[Standing]:
    query = text(f"SELECT state, bad, marked, count(*) FROM ({inner}) GROUP BY 1, 2, 3")
    return [
        Standing(ExampleState(row[0]), bool(row[1]), bool(row[2]), row[3]) for row in connection.execute(query, values)
    ]


def _from(lead: Way) -> str:
    if lead.source.startswith("example "):
        return lead.source
    # CROSS JOIN keeps SQLite from turning the loops round.
    return f"{lead.source} CROSS JOIN example ON example.number = {lead.number}"


def _plans(
    connection: Connection, project_id: str, wanted: ExampleFilter, words: str
) -> Iterator[tuple[Way, list[str], dict[str, Any]]]:
    ways = [*filter_ways(wanted, words)]
    if wanted.judge and len(ways) == 1 and (walks := judge_ways(wanted)):
        for walk in walks:
            yield walk, [], {"project": project_id, **walk.values}
        return
    standing = standing_ways(wanted)
    values: dict[str, Any] = {"project": project_id}
    for way in (*ways, *standing):
        values |= way.values
    lead = _rarest(connection, ways, standing, values)
    leads = [lead] if lead else standing
    for one in leads:
        tests = ["example.project_id = :project", "example.staged = 0"]
        tests += [way.test.format(number=one.number) for way in ways if way is not one]
        if one not in standing:
            tests.append("(" + " OR ".join(way.test for way in standing) + ")")
        yield one, tests, values


def _rarest(connection: Connection, ways: Sequence[Way], standing: Sequence[Way], values: dict[str, Any]) -> Way | None:
    """The filter to walk along; None where walking along the states is best."""
    in_states = _count_standing(connection, standing, values)
    if len(ways) == 1 and ways[0].is_sorted and in_states is None:
        return ways[0]
    lead, size, racing = None, 0, [way for way in ways if way.can_lead]
    for bound in PROBES:
        if not racing:
            return None
        size, lead = min(((_probe(connection, way, values, bound), way) for way in racing), key=lambda one: one[0])
        if size < bound:
            break
        # What has no order of its own leads only when it is rare.
        racing = [way for way in racing if way.is_sorted or bound < SPARSE]
    return None if in_states is not None and in_states < size else lead


def _count_standing(connection: Connection, standing: Sequence[Way], values: dict[str, Any]) -> int | None:
    """How many examples are in these states, as the counters say; None for all of them."""
    states = [way.counted for way in standing if way.counted is not None]
    if not states:
        return None
    query = select(func.sum(counter.c.n)).where(
        counter.c.project_id == values["project"], counter.c.name == "state", counter.c.key.in_(states)
    )
    return connection.execute(query).scalar_one() or 0


def _probe(connection: Connection, way: Way, values: dict[str, Any], bound: int) -> int:
    inner = f"SELECT 1 FROM {way.source} WHERE {way.where} LIMIT {bound}"
    return int(connection.execute(text(f"SELECT count(*) FROM ({inner})"), values).scalar_one())


@contextmanager
def _deadline(connection: Connection, budget_s: float) -> Iterator[None]:
    """Interrupt the statement under way when the time is up."""
    driver: Any = connection.connection.driver_connection
    end = monotonic() + budget_s
    driver.set_progress_handler(lambda: monotonic() > end, STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
