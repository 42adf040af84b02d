"""Lists of examples, fifty at a time, and the figures of a project at a glance."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.states import ExampleState
from curation.services.workspace import Workspace
from db import catalogue, datasets, glances, people, queries
from db.examples import ExampleRecord

PAGE = 50


class ExampleRow(msgspec.Struct, frozen=True):
    """One line of a list."""

    id: str
    number: int
    title: str
    state: ExampleState
    head_rev: int
    categories: tuple[str, ...]
    n_error: int
    n_warning: int
    origin: str
    updated_at: str
    updated_by: str


class ExamplePage(msgspec.Struct, frozen=True):
    """One page of a list; `next_after` opens the next one, None at the end."""

    rows: tuple[ExampleRow, ...]
    next_after: int | None


class Glance(msgspec.Struct, frozen=True):
    """A project in figures."""

    n_tools: int
    n_unpublished: int
    """Tools whose newest revision is not in the current catalogue."""
    catalogue_n: int | None
    states: dict[str, int]
    n_examples: int
    """Without rejected and archived ones."""
    n_with_errors: int
    dataset_n: int | None
    dataset_counts: dict[str, int]
    n_models: int
    n_evaluations: int
    n_jobs_open: int


def list_examples(
    ws: Workspace,
    project_id: str,
    *,
    states: Sequence[ExampleState | str] = (),
    search: str = "",
    tool: str | None = None,
    batch_id: str | None = None,
    has_errors: bool | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> ExamplePage:
    """The newest first; `after` is the `next_after` of the page before. No states: all but archived ones."""
    wanted = tuple(ExampleState(state) for state in states)
    with ws.reading() as connection:
        found = queries.page_examples(
            connection,
            project_id,
            states=wanted,
            words=to_match(search),
            tool=tool,
            batch_id=batch_id,
            has_errors=has_errors,
            after=after,
            limit=limit + 1,
        )
        names = people.name_people(connection)
    rows = tuple(_row(record, names) for record in found[:limit])
    return ExamplePage(rows, rows[-1].number if len(found) > limit else None)


def to_match(search: str) -> str:
    """What a person typed as a full-text query: every word must occur, the last one may be unfinished."""
    kept = "".join(letter if letter.isalnum() else " " for letter in search)
    words = [f'"{word}"' for word in kept.split()]
    return " ".join(words) + "*" if words else ""


def count_states(ws: Workspace, project_id: str) -> dict[str, int]:
    """State → how many examples; every state is there."""
    with ws.reading() as connection:
        return queries.count_states(connection, project_id)


def glance(ws: Workspace, project_id: str) -> Glance:
    """Cheap figures for the first screen."""
    with ws.reading() as connection:
        return _glance(connection, project_id)


def _glance(connection: Connection, project_id: str) -> Glance:
    states = queries.count_states(connection, project_id)
    gone = states[ExampleState.REJECTED.value] + states[ExampleState.ARCHIVED.value]
    current = catalogue.newest_catalogue(connection, project_id)
    published = catalogue.count_items(connection, current.id) if current else 0
    n_tools, n_published_heads = catalogue.count_tools(connection, project_id, current.id if current else "")
    version = next(iter(datasets.list_versions(connection, project_id)), None)
    return Glance(
        n_tools=n_tools,
        n_unpublished=max(n_tools - n_published_heads, published - n_published_heads),
        catalogue_n=current.n if current else None,
        states=states,
        n_examples=sum(states.values()) - gone,
        n_with_errors=glances.count_with_errors(connection, project_id),
        dataset_n=version.n if version else None,
        dataset_counts=msgspec.json.decode(version.counts, type=dict[str, int]) if version else {},
        n_models=glances.count_models(connection, project_id),
        n_evaluations=glances.count_evaluations(connection, project_id),
        n_jobs_open=glances.count_open_jobs(connection, project_id),
    )


def _row(record: ExampleRecord, names: dict[str, str]) -> ExampleRow:
    return ExampleRow(
        id=record.id,
        number=record.number,
        title=record.title,
        state=record.state,
        head_rev=record.head_rev,
        categories=record.categories,
        n_error=record.n_error,
        n_warning=record.n_warning,
        origin=record.origin,
        updated_at=record.updated_at,
        updated_by=names.get(record.updated_by, record.updated_by),
    )
