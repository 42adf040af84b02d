"""What the health screen counts, from the narrow tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from curation.model.states import ExampleState
from db.tables import body, decision, example, example_tool, finding, split_group


def _ours(project_id: str, states: Sequence[ExampleState]) -> ColumnElement[bool]:
    return and_(
        example.c.project_id == project_id,
        example.c.staged == 0,
        example.c.state.in_([state.value for state in states]),
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def sum_decisions(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> tuple[int, int, int, int]:
    """Rows, rows without any call, decisions, and decisions not to call."""
    query = select(
        func.count(),
        func.coalesce(_how_many(example.c.n_calls == 0), 0),
        func.coalesce(func.sum(example.c.n_decisions), 0),
        func.coalesce(func.sum(example.c.n_no_tool), 0),
    ).where(_ours(project_id, states))
    row = connection.execute(query).one()
    return row[0], row[1], row[2], row[3]


def count_reasons(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> dict[str, int]:
    """Reason → how many decisions not to call carry it; one that reports a result decides nothing."""
    return _count_labels(connection, decision.c.reason, _ours(project_id, states), decision.c.kind == "abstains")


def count_recoveries(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> dict[str, int]:
    """Recovery kind → how many turns carry it; giving up or escalating after a failed call is a turn of words."""
    return _count_labels(connection, decision.c.recovery, _ours(project_id, states))


def _count_labels(connection: Connection, what: ColumnElement[str], *kept: ColumnElement[bool]) -> dict[str, int]:
    query = (
        select(what, func.count())
        .join(example, example.c.id == decision.c.example_id)
        .where(*kept, what.is_not(None))
        .group_by(what)
        .order_by(what)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def count_cells(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> list[tuple[str, str, int, int]]:
    """(tool, categories, rows that call it, rows that only offer it)."""
    query = (
        select(
            example_tool.c.name,
            example.c.categories,
            _how_many(example_tool.c.called > 0),
            _how_many(example_tool.c.called == 0),
        )
        .join(example, example.c.id == example_tool.c.example_id)
        .where(_ours(project_id, states))
        .group_by(example_tool.c.name, example.c.categories)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def count_callers(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> list[tuple[str, str | None, int]]:
    """(tool, split, rows that call it); None for rows whose group has not been drawn."""
    same = and_(split_group.c.project_id == example.c.project_id, split_group.c.group_key == example.c.group_key)
    query = (
        select(example_tool.c.name, split_group.c.split, func.count(example.c.id.distinct()))
        .select_from(example_tool.join(example, example.c.id == example_tool.c.example_id).outerjoin(split_group, same))
        .where(_ours(project_id, states), example_tool.c.called > 0)
        .group_by(example_tool.c.name, split_group.c.split)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def count_splits(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> dict[str | None, int]:
    """Split → rows; None for groups that have not been drawn."""
    same = and_(split_group.c.project_id == example.c.project_id, split_group.c.group_key == example.c.group_key)
    query = (
        select(split_group.c.split, func.count())
        .select_from(example.outerjoin(split_group, same))
        .where(_ours(project_id, states))
        .group_by(split_group.c.split)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def list_twins(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> list[tuple[str, str, int, str | None]]:
    """(normal form, example, number, split) of every row that occurs more than once."""
    repeated = (
        select(example.c.normal_hash)
        .where(_ours(project_id, states))
        .group_by(example.c.normal_hash)
        .having(func.count() > 1)
    )
    same = and_(split_group.c.project_id == example.c.project_id, split_group.c.group_key == example.c.group_key)
    query = (
        select(example.c.normal_hash, example.c.id, example.c.number, split_group.c.split)
        .select_from(example.outerjoin(split_group, same))
        .where(_ours(project_id, states), example.c.normal_hash.in_(repeated))
        .order_by(example.c.normal_hash, example.c.number)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def list_sizes(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> list[int]:
    """The size of every row's body, smallest first."""
    query = select(example.c.size_bytes).where(_ours(project_id, states)).order_by(example.c.size_bytes)
    return list(connection.execute(query).scalars())


def count_findings(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> list[tuple[str, str, int]]:
    """(rule, code, rows that have it), the commonest first; kept ones are left out."""
    n_rows = func.count(finding.c.example_id.distinct())
    query = (
        select(finding.c.rule, finding.c.code, n_rows)
        .join(example, example.c.id == finding.c.example_id)
        .where(_ours(project_id, states), finding.c.waived == 0)
        .group_by(finding.c.rule, finding.c.code)
        .order_by(n_rows.desc(), finding.c.code)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def walk_bodies(connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int) -> Iterator[bytes]:
    """The bodies of the newest rows that call something."""
    return _walk(connection, (_ours(project_id, states), example.c.n_calls > 0), limit)


def walk_newest(connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int) -> Iterator[bytes]:
    """The bodies of the newest rows."""
    return _walk(connection, (_ours(project_id, states),), limit)


def walk_newest_placed(
    connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int
) -> Iterator[tuple[int, str | None, bytes]]:
    """Number, split and body of the newest rows."""
    same = and_(split_group.c.project_id == example.c.project_id, split_group.c.group_key == example.c.group_key)
    query = (
        select(example.c.number, split_group.c.split, body.c.bytes)
        .select_from(example.join(body, example.c.head_hash == body.c.hash).outerjoin(split_group, same))
        .where(_ours(project_id, states))
        .order_by(example.c.number.desc())
        .limit(limit)
    )
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        yield row[0], row[1], bytes(row[2])


def _walk(connection: Connection, kept: Sequence[ColumnElement[bool]], limit: int) -> Iterator[bytes]:
    query = (
        select(body.c.bytes)
        .join(example, example.c.head_hash == body.c.hash)
        .where(*kept)
        .order_by(example.c.number.desc())
        .limit(limit)
    )
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        yield bytes(row[0])
