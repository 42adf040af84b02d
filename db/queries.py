"""What lists and counters read: narrow rows in keyset pages, never a body."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, TextClause, column, exists, select, table, text

from curation.model.states import ExampleState
from db.examples import HEAD_COLUMNS, ExampleRecord, to_record
from db.tables import HAS_ERRORS, counter, example, example_tool

Condition = ColumnElement[bool] | TextClause
_search = table("example_search", column("rowid"))


def page_examples(
    connection: Connection,
    project_id: str,
    *,
    states: Sequence[ExampleState],
    words: str,
    tool: str | None,
    batch_id: str | None,
    has_errors: bool | None,
    after: int | None,
    limit: int,
) -> list[ExampleRecord]:
    """The newest examples below number `after` that fit every filter; no states: all but archived ones."""
    filters = _filters(batch_id, has_errors, after)
    if words:
        filters += [*_in_states(states), *_offers(tool)]
        return _search_page(connection, project_id, words, filters, after, limit)
    if tool is not None:
        return _tool_page(connection, project_id, tool, [*filters, *_in_states(states)], after, limit)
    if has_errors or not states:
        return _page(connection, project_id, [*filters, *_in_states(states)], limit)
    # One walk per state along the index, merged: a list of states in one query would sort everything.
    pages = [[example.c.state == state.value] for state in states]
    found = [record for one in pages for record in _page(connection, project_id, [*filters, *one], limit)]
    return sorted(found, key=lambda record: -record.number)[:limit]


def _in_states(states: Sequence[ExampleState]) -> list[Condition]:
    if not states:
        return [example.c.state != ExampleState.ARCHIVED.value]
    return [example.c.state.in_([state.value for state in states])]


def _filters(batch_id: str | None, has_errors: bool | None, after: int | None) -> list[Condition]:
    filters: list[Condition] = []
    if after is not None:
        filters.append(example.c.number < after)
    if batch_id is not None:
        filters.append(example.c.batch_id == batch_id)
    if has_errors is not None:
        filters.append(HAS_ERRORS if has_errors else example.c.n_error == 0)
    return filters


def _offers(tool: str | None) -> list[Condition]:
    if tool is None:
        return []
    return [exists().where(example_tool.c.name == tool, example_tool.c.number == example.c.number)]


def _tool_page(
    connection: Connection, project_id: str, tool: str, filters: Sequence[Condition], after: int | None, limit: int
) -> list[ExampleRecord]:
    # Along the tool's own index; grouped, because a row may offer two definitions of one name.
    query = (
        select(*HEAD_COLUMNS)
        .select_from(example_tool.join(example, example.c.number == example_tool.c.number))
        .where(example_tool.c.name == tool, example.c.project_id == project_id, example.c.staged == 0, *filters)
        .group_by(example_tool.c.number)
        .order_by(example_tool.c.number.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(example_tool.c.number < after)
    return [to_record(row) for row in connection.execute(query)]


def _page(connection: Connection, project_id: str, filters: Sequence[Condition], limit: int) -> list[ExampleRecord]:
    query = (
        select(*HEAD_COLUMNS)
        .where(example.c.project_id == project_id, example.c.staged == 0, *filters)
        .order_by(example.c.number.desc())
        .limit(limit)
    )
    return [to_record(row) for row in connection.execute(query)]


def _search_page(
    connection: Connection,
    project_id: str,
    words: str,
    filters: Sequence[Condition],
    after: int | None,
    limit: int,
) -> list[ExampleRecord]:
    # Newest first is the index's own order, so common words cost no more than rare ones.
    query = (
        select(*HEAD_COLUMNS)
        .select_from(_search.join(example, example.c.number == _search.c.rowid))
        .where(text("example_search MATCH :words"), example.c.project_id == project_id, example.c.staged == 0, *filters)
        .order_by(_search.c.rowid.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(_search.c.rowid < after)
    return [to_record(row) for row in connection.execute(query, {"words": words})]


def count_states(connection: Connection, project_id: str) -> dict[str, int]:
    """State → how many, kept by triggers."""
    query = select(counter.c.key, counter.c.n).where(counter.c.project_id == project_id, counter.c.name == "state")
    counted = {row.key: row.n for row in connection.execute(query)}
    return {state.value: counted.get(state.value, 0) for state in ExampleState}
