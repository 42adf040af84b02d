"""Lists of examples, fifty at a time, and the figures of a project at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.filters import ExampleFilter, Level, Special
from curation.model.states import GONE, ExampleState
from curation.services.impartial import list_judges
from curation.services.workspace import Workspace
from db import catalogues, datasets, filtering, glances, people, queries, repairs
from db.examples import ExampleRecord
from db.second_looks import DIFFER, OPEN, count_looks

PAGE = 50
COUNTED_TO = 10_000
"""Lists longer than this are "more than 10,000", unless the count is kept."""
COUNTING_S = 0.05


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
    author: str
    """Who made the newest revision."""


class ExamplePage(msgspec.Struct, frozen=True):
    """One page of a list; `next_after` opens the next one, None at the end."""

    rows: tuple[ExampleRow, ...]
    next_after: int | None


class Counted(msgspec.Struct, frozen=True):
    """How many fit a filter; where counting all would take too long, at least so many."""

    n: int
    is_exact: bool


class Queues(msgspec.Struct, frozen=True):
    """Every queue with its count."""

    states: dict[str, int]
    specials: dict[Special, int]
    judged: dict[str, int] = {}
    """Of these, how many are for others than one person to judge or to resolve."""

    def left(self, state: ExampleState) -> int:
        """How many of a state are left to that person."""
        return self.states.get(state, 0) - self.judged.get(state, 0)


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
    n_repairs: int
    """Examples that a change of a tool broke and nobody has mended yet."""
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
    has_errors: bool = False,
    after: int | None = None,
    limit: int = PAGE,
) -> ExamplePage:
    """The newest first; `after` is the `next_after` of the page before. No states: all in work."""
    wanted = ExampleFilter(
        states=tuple(ExampleState(state) for state in states),
        search=search,
        tool=tool or "",
        batch=batch_id or "",
        level=Level.ERROR if has_errors else None,
    )
    return list_filtered(ws, project_id, wanted, after=after, limit=limit)


def list_filtered(
    ws: Workspace, project_id: str, wanted: ExampleFilter, *, after: int | None = None, limit: int = PAGE
) -> ExamplePage:
    """What fits every part of a filter, the newest first."""
    with ws.reading() as connection:
        wanted = _for_judge(connection, project_id, wanted)
        found = filtering.page(connection, project_id, wanted, to_match(wanted.search), after=after, limit=limit + 1)
        names = people.name_people(connection)
    rows = tuple(_row(record, names) for record in found[:limit])
    return ExamplePage(rows, rows[-1].number if len(found) > limit else None)


def find_page_before(
    ws: Workspace, project_id: str, wanted: ExampleFilter, first: int, *, limit: int = PAGE
) -> int | None:
    """The `after` that shows the page above the row numbered `first`; None when that is the first page."""
    with ws.reading() as connection:
        asked = _for_judge(connection, project_id, wanted)
        above = filtering.page_before(
            connection, project_id, asked, to_match(wanted.search), before=first, limit=limit + 1
        )
    return above[0].number if len(above) > limit else None


def count_filtered(ws: Workspace, project_id: str, wanted: ExampleFilter, *, budget_s: float = COUNTING_S) -> Counted:
    """How many fit: kept where a state alone is asked for, counted up to a bound otherwise."""
    with ws.reading() as connection:
        if wanted.is_plain:
            counts = queries.count_states(connection, project_id)
            states = wanted.states or tuple(one for one in ExampleState if one not in GONE)
            return Counted(sum(counts[one.value] for one in dict.fromkeys(states)), is_exact=True)
        words, wanted = to_match(wanted.search), _for_judge(connection, project_id, wanted)
        n, is_exact = filtering.count(connection, project_id, wanted, words, cap=COUNTED_TO, budget_s=budget_s)
        if not is_exact and not n:
            # The time was up: whether there is more than a page is known soon.
            n, _ = filtering.count(connection, project_id, wanted, words, cap=PAGE, budget_s=1.0)
        return Counted(n, is_exact)


def _for_judge(connection: Connection, project_id: str, wanted: ExampleFilter) -> ExampleFilter:
    """Who may judge apart now decides what a judge's list leaves out."""
    if not wanted.judge:
        return wanted
    judges = list_judges(connection)
    looks = {one.text: one.look.is_for_others(wanted.judge, judges) for one in count_looks(connection, project_id)}
    left_out = tuple(said for said, is_for_others in looks.items() if is_for_others)
    left_in = ("", *(said for said, is_for_others in looks.items() if not is_for_others))
    return msgspec.structs.replace(wanted, left_out=left_out, left_in=left_in)


def count_queues(ws: Workspace, project_id: str, judge: str = "") -> Queues:
    """The figures on every tab; none of them counts rows of examples."""
    with ws.reading() as connection:
        judges = list_judges(connection) if judge else ()
        judged: Counter[str] = Counter()
        looked: Counter[str] = Counter()
        for one in count_looks(connection, project_id):
            looked[one.look.state] += one.n if one.state not in GONE else 0
            judged[one.state] += one.n if judge and one.look.is_for_others(judge, judges) else 0
        specials = {
            Special.REPAIR: repairs.count_open(connection, project_id),
            Special.SECOND_LOOK: looked[OPEN],
            Special.DIFFER: looked[DIFFER],
        }
        return Queues(queries.count_states(connection, project_id), specials, dict(judged))


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
    gone = sum(states[one.value] for one in GONE)
    current = catalogues.newest_catalogue(connection, project_id)
    published = catalogues.count_items(connection, current.id) if current else 0
    n_tools, n_published_heads = catalogues.count_tools(connection, project_id, current.id if current else "")
    version = next(iter(datasets.list_versions(connection, project_id)), None)
    return Glance(
        n_tools=n_tools,
        n_unpublished=max(n_tools - n_published_heads, published - n_published_heads),
        catalogue_n=current.n if current else None,
        states=states,
        n_examples=sum(states.values()) - gone,
        n_with_errors=glances.count_with_errors(connection, project_id),
        n_repairs=repairs.count_open(connection, project_id),
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
        author=names.get(record.author, record.author),
    )
