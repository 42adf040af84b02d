"""What only reading many rows tells of a project: repeats, lengths, and the findings of a walk over the newest rows.

Of few rows it is told anew whenever they changed; of many a pass tells it a little behind them, and Health says when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from time import monotonic

import msgspec
from sqlalchemy import Connection

from curation.model.states import GONE, ExampleState
from curation.model.traits import Trait
from curation.rules import CHECKER_VERSION
from curation.services.health_figures import Told, ToolOpening, Twins
from curation.services.health_lengths import measure_lengths, measure_tokens
from curation.services.health_near import FROM_INDEX, measure_near
from curation.services.health_rows import find_in_rows
from curation.services.pacing import IsStopped
from curation.services.token_counting import Measure, find_measure
from curation.services.workspace import Workspace
from db import health, near_figures, people, token_counts, traits
from db.health import ToldRecord

EDITION = 2
"""Raised by hand when something more is told: all is told anew then."""
OPENINGS_READ = 20
FEW_ROWS = 2_000
"""So many rows are read while somebody waits for the page."""
MOST_WAITING = 2_000
"""What waits to be compared or measured is counted so far."""
READ_ROWS = 500
"""What only reading rows tells is told by this many of the newest rows."""
MOST_TWINS = 200
NAMED_ROWS = 20
REST_S = 5.0
"""What was told holds so long at the least."""
TIMES = 20
"""And so many times as long as telling it took."""
LIVING = tuple(state for state in ExampleState if state not in GONE)
SCOPES = (LIVING, (ExampleState.ACCEPTED,))


def find_told(ws: Workspace, project_id: str, states: Sequence[ExampleState], n_rows: int) -> tuple[Told, str | None]:
    """What is told of these rows, and when it was told if they have changed since ("" for never)."""
    with ws.reading() as connection:
        known = health.find_told(connection, project_id, states)
        is_fresh = known is not None and known.basis == _basis(ws, connection, project_id)
    told = _read(known)
    if known is not None and told is not None and (is_fresh or n_rows > FEW_ROWS):
        return told, None if is_fresh else known.at
    if n_rows > FEW_ROWS and states in SCOPES:
        return Told(), ""
    return tell(ws, project_id, states), None


def _read(known: ToldRecord | None) -> Told | None:
    """What was told; None where nothing was, or another edition of this program told it in its own words."""
    try:
        return msgspec.json.decode(known.told, type=Told) if known else None
    except msgspec.DecodeError:
        return None


def tell(ws: Workspace, project_id: str, states: Sequence[ExampleState]) -> Told:
    """Read the rows, and keep what they tell until they change."""
    began = monotonic()
    with ws.reading() as connection:
        basis = _basis(ws, connection, project_id)
        told = _tell(connection, project_id, states, find_measure(ws, connection, project_id))
    took_ms = round(1000 * (monotonic() - began))
    text = msgspec.json.encode(told)
    with ws.unit() as unit:
        record = ToldRecord(project_id, health.name_states(states), basis, ws.now(), took_ms, text)
        health.put_told(unit.connection, record)
        unit.commit()
    return told


def tell_changed(ws: Workspace, is_stopped: IsStopped) -> int:
    """Tell what has changed of projects with many rows, each only now and then; how often something was told."""
    n_told = 0
    with ws.reading() as connection:
        projects = [one.id for one in people.list_projects(connection)]
    for project_id in projects:
        for states in SCOPES:
            if not is_stopped() and _is_due(ws, project_id, states):
                tell(ws, project_id, states)
                n_told += 1
    return n_told


def _is_due(ws: Workspace, project_id: str, states: Sequence[ExampleState]) -> bool:
    with ws.reading() as connection:
        summed = traits.sum_traits(connection, project_id, states, ["rows"])
        if sum(one.n for one in summed["rows"].values()) <= FEW_ROWS:
            return False
        known = health.find_told(connection, project_id, states)
        if known is None or _read(known) is None:
            return True
        if known.basis == _basis(ws, connection, project_id):
            return False
    age = (datetime.fromisoformat(ws.now()) - datetime.fromisoformat(known.at)).total_seconds()
    return age > max(REST_S, TIMES * known.took_ms / 1000)


def _basis(ws: Workspace, connection: Connection, project_id: str) -> str:
    """Names what is told of: the same basis, the same to tell."""
    waiting = near_figures.count_waiting(connection, project_id, MOST_WAITING)
    measure = find_measure(ws, connection, project_id)
    by = f"{measure.digest} {measure.max_length} {token_counts.count_todo(connection, MOST_WAITING)}" if measure else ""
    return f"{EDITION} {CHECKER_VERSION} {traits.read_changes(connection, project_id)} {waiting} {by}"


def _tell(connection: Connection, project_id: str, states: Sequence[ExampleState], measure: Measure | None) -> Told:
    near = measure_near(connection, project_id, states)
    told = frozenset() if near.n_waiting else FROM_INDEX
    from_rows, n_read = find_in_rows(connection, project_id, states, READ_ROWS, told)
    twins, n_twins = _find_twins(connection, project_id, states)
    return Told(
        duplicates=twins,
        n_duplicates=n_twins,
        lengths=measure_lengths(health.list_sizes(connection, project_id, states)),
        tokens=measure_tokens(connection, project_id, states, measure) if measure else None,
        from_rows=from_rows,
        n_read=n_read,
        near=near,
        tool_openings=tuple(_tool_openings(connection, project_id, states)),
    )


def _tool_openings(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Iterator[ToolOpening]:
    """Of each tool the commonest beginning."""
    seen: set[str] = set()
    for tool, name, n in traits.list_tool_openings(connection, project_id, states, OPENINGS_READ):
        if tool not in seen:
            seen.add(tool)
            yield ToolOpening(tool, Trait("opening", name).parts[0], n)


def _find_twins(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> tuple[tuple[Twins, ...], int]:
    found = health.list_twins(connection, project_id, states)
    first = list(islice(found, MOST_TWINS))
    n_all = len(first) + sum(1 for _ in found)
    twins = []
    for one in first:
        rows = health.list_twin_rows(connection, project_id, states, one.normal_hash, NAMED_ROWS)
        splits = health.list_splits_of(connection, project_id, states, one.normal_hash) if one.n_splits else ()
        ids, numbers = tuple(row[0] for row in rows), tuple(row[1] for row in rows)
        twins.append(Twins(one.n_rows, ids, numbers, splits, one.normal_hash))
    return tuple(twins), n_all
