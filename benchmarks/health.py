"""What the Health page costs at 100,000 examples: all it asks of the services, by the CPU time of this process.

Run with `python benchmarks/health.py`, or with a folder filled before (`shared/workspace.py`), such as one of a
million. Everything is counted first, as the thread beside the keeper does it: its cost for each example is printed
with the import's floor, `orjson.loads` of the same bodies. The page itself is measured with nothing to count, with a
few edits that wait, and for a figure's examples; sums must equal a count of the rows.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import orjson
from shared.figures import report, spend
from shared.workspace import fill

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from curation.model.traits import trait
from curation.services import browsing, freezing, health, health_told, projects, trait_tallying, writing_tasks
from curation.services.health_advice import advise
from curation.services.workspace import Workspace, open_workspace
from db import health as rows

COUNT = 100_000
TRIES = 7
PAGE_GATE_MS = 50.0
EDITED_GATE_MS = 150.0
LIST_GATE_MS = 5.0
EDITED = 100
FLOOR_ROWS = 5_000


def page(ws: Workspace, project: str, states: tuple[ExampleState, ...] = ()) -> None:
    """What `pages/health.py` asks for."""
    browsing.count_states(ws, project)
    freezing.list_datasets(ws, project)
    measured = health.measure_health(ws, project, states=states)
    advise(measured, states)
    writing_tasks.list_tasks(ws, project)


def count(ws: Workspace) -> None:
    """Print what counting one example costs, beside parsing its body."""
    with ws.reading() as connection:
        waiting = connection.exec_driver_sql("SELECT count(*) FROM trait_todo").scalar_one()
        project = projects.list_projects(ws)[0].id
        bodies = list(rows.walk_newest(connection, project, health_told.LIVING, FLOOR_ROWS))
    if not waiting:
        return
    spent = spend(partial(trait_tallying.tally_all, ws)) / waiting
    floor = spend(lambda: [orjson.loads(body) for body in bodies]) / len(bodies)
    print(f"counted {waiting:,} examples, {1e6 * spent:.0f} µs of CPU each, {spent / floor:.0f}x orjson.loads")


def tell(ws: Workspace, project: str) -> None:
    for name, states in zip(("all", "accepted"), health_told.SCOPES, strict=True):
        print(f"told of {name} in {spend(partial(health_told.tell, ws, project, states)):.1f} s, in the background")


def equal(ws: Workspace, project: str) -> bool:
    """Whether the sums are what a count of the rows gives."""
    measured = health.measure_health(ws, project)
    with ws.reading() as connection:
        n_rows, n_decisions = connection.exec_driver_sql(
            "SELECT count(*), sum(n_decisions) FROM example WHERE project_id = ? AND staged = 0"
            " AND state NOT IN ('rejected', 'archived')",
            (project,),
        ).one()
    return report(
        "rows counted wrongly", 0.0, abs(measured.n_rows - n_rows) + abs(measured.n_decisions - n_decisions), [0.0]
    )


def judge(ws: Workspace, project: str) -> list[bool]:
    held = []
    for name, states in (("page, everything alive", ()), ("page, accepted only", (ExampleState.ACCEPTED,))):
        spans = [1000 * spend(partial(page, ws, project, states)) for _ in range(TRIES)]
        held.append(report(name, PAGE_GATE_MS, min(spans), spans, " ms"))
    for name, wanted in (
        ("examples behind a common figure", trait("turns", "3")),
        ("examples behind a rare figure", trait("recovery", "give_up")),
    ):
        narrowed = ExampleFilter(trait=wanted.address)
        spans = [1000 * spend(partial(browsing.list_filtered, ws, project, narrowed)) for _ in range(TRIES)]
        held.append(report(name, LIST_GATE_MS, min(spans), spans, " ms"))
    return held


def edit(ws: Workspace, project: str) -> bool:
    """The page right after some examples were touched."""
    with ws.unit() as unit:
        newest = "SELECT number FROM example WHERE project_id = ? ORDER BY number DESC LIMIT ?"
        unit.connection.exec_driver_sql(
            f"INSERT OR IGNORE INTO trait_todo {newest}",
            (project, EDITED),
        )
        unit.connection.exec_driver_sql(
            f"UPDATE trait_kept SET head_hash = '' WHERE number IN ({newest})",
            (project, EDITED),
        )
        unit.commit()
    spent = 1000 * spend(partial(page, ws, project))
    return report(f"page with {EDITED} edits to count", EDITED_GATE_MS, spent, [spent], " ms")


def main() -> None:
    with ExitStack() as stack:
        folder = sys.argv[1] if len(sys.argv) > 1 else None
        ws = open_workspace(Path(folder or stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(ws.close)
        project = projects.list_projects(ws)[0].id if folder else fill(ws, COUNT)
        count(ws)
        tell(ws, project)
        held = [equal(ws, project), *judge(ws, project), edit(ws, project)]
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
