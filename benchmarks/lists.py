"""What a page of 50 costs at 100,000 examples, as a multiple of the same page at 1,000: for every filter, and combined.

Run with `python benchmarks/lists.py`. CPU time of the service, names of people and all; the median over rounds of the
quickest of a few. `python benchmarks/lists.py SMALL LARGE` measures two folders filled before (`shared/workspace.py`).
A single filter holds at three times, or under 2 ms: the small page is then hardly more than the statement itself.
What must test more rows to find 50 (several filters that seldom meet, a search for one letter) holds under 25 ms, a
quarter of what a person notices.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from shared.figures import report, report_median, spend
from shared.workspace import OLD, RARE, fill

from curation.model.filters import ExampleFilter, Level, Special, Use
from curation.model.states import ExampleState
from curation.services import browsing, filter_choices, projects
from curation.services.workspace import Workspace, open_workspace

FEW, MANY = 1_000, 100_000
ROUNDS, TRIES = 5, 5
GATE = 3.0
QUICK_S, MEETING_S = 0.002, 0.025
MEETING = ("search, one letter", "category and tool", "state, tag", "search and", "no call")
"""Filters that seldom meet, by how their names begin."""
COUNT_GATE_MS = 60.0
WAITING = 60_000
"""Examples two people judge apart."""
JUDGE_GATE_MS = 5.0
FILTERS = {
    "everything": ExampleFilter(),
    "drafts": ExampleFilter(states=(ExampleState.DRAFT,)),
    "three states": ExampleFilter(states=(ExampleState.DRAFT, ExampleState.SUBMITTED, ExampleState.CANDIDATE)),
    "archived": ExampleFilter(states=(ExampleState.ARCHIVED,)),
    "category": ExampleFilter(category="recovery"),
    "tool offered": ExampleFilter(tool="track_order"),
    "tool called": ExampleFilter(tool="track_order", use=Use.CALLED),
    "tool unknown": ExampleFilter(tool="nothing"),
    "finding": ExampleFilter(rule="last-turn-not-assistant"),
    "with errors": ExampleFilter(level=Level.ERROR),
    "with warnings, none": ExampleFilter(level=Level.WARNING),
    "without findings": ExampleFilter(level=Level.CLEAN),
    "tag of many": ExampleFilter(tag="season"),
    "tag of the oldest": ExampleFilter(tag=OLD),
    "tag of two": ExampleFilter(tag=RARE),
    "author": ExampleFilter(author="mara"),
    "author unknown": ExampleFilter(author="nobody"),
    "origin": ExampleFilter(origin="written"),
    "split test": ExampleFilter(split="test"),
    "split undrawn": ExampleFilter(split="undrawn"),
    "search, common": ExampleFilter(search="order"),
    "search, one letter": ExampleFilter(search="o"),
    "search, one case": ExampleFilter(search="Case 7"),
    "search, nothing": ExampleFilter(search="zebra"),
    "repair": ExampleFilter(special=Special.REPAIR),
    "differ": ExampleFilter(special=Special.DIFFER),
    "category and tool": ExampleFilter(category="recovery", tool="cancel_order", use=Use.CALLED),
    "state, tag and author": ExampleFilter(states=(ExampleState.DRAFT,), tag="season", author="mara"),
    "search and oldest tag": ExampleFilter(search="order", tag=OLD),
    "search and state": ExampleFilter(search="refund", states=(ExampleState.SUBMITTED,)),
    "no call, but calls": ExampleFilter(category="no_call", tool="track_order", use=Use.CALLED),
}


def cost(ws: Workspace, project: str, wanted: ExampleFilter) -> float:
    return min(spend(partial(browsing.list_filtered, ws, project, wanted)) for _ in range(TRIES))


def judge(name: str, small: tuple[Workspace, str], large: tuple[Workspace, str], wanted: ExampleFilter) -> bool:
    few, many = [], []
    for _ in range(ROUNDS):
        few.append(cost(*small, wanted))
        many.append(cost(*large, wanted))
    ratios = [there / here for here, there in zip(few, many, strict=True)]
    gate = max(GATE, (MEETING_S if name.startswith(MEETING) else QUICK_S) / min(few))
    held = report_median(f"{name}, {1000 * min(many):.2f} ms", gate, ratios)
    counted = min(spend(partial(browsing.count_filtered, *large, wanted)) for _ in range(2))
    if 1000 * counted > COUNT_GATE_MS:
        return report(f"{name}: its count", COUNT_GATE_MS, 1000 * counted, [1000 * counted], "ms")
    return held


def judge_choices(small: tuple[Workspace, str], large: tuple[Workspace, str]) -> bool:
    held = True
    for name, act in (
        ("counts of queues", browsing.count_queues),
        ("what to choose from", filter_choices.list_choices),
    ):
        ratios = []
        for _ in range(ROUNDS):
            few, many = (min(spend(partial(act, *place)) for _ in range(TRIES)) for place in (small, large))
            ratios.append(many / few)
        held &= report_median(name, GATE, ratios)
    return held


def judge_waiting(place: tuple[Workspace, str]) -> bool:
    """Review of somebody who has said their word on all but the oldest of very many examples that two judge apart."""
    ws, project = place
    with ws.unit() as unit:
        run = unit.connection.exec_driver_sql
        run("UPDATE example SET state = 'submitted', accepted_rev = NULL WHERE number > ?", (MANY - WAITING,))
        run(
            "INSERT OR REPLACE INTO second_look (example_id, project_id, rev, state, drawn_at)"
            " SELECT id, project_id, head_rev, 'open', '' FROM example WHERE state = 'submitted'"
        )
        run(
            "INSERT INTO review (id, example_id, rev, person_id, verdict, at, blind)"
            " SELECT 'word ' || id, id, head_rev, 'mara', 'accepted', '', 1 FROM example"
            " WHERE state = 'submitted' AND number > ?",
            (MANY - WAITING + FEW,),
        )
        unit.commit()
    wanted = ExampleFilter(states=(ExampleState.SUBMITTED,), judge="mara")
    counts = min(spend(partial(browsing.count_queues, ws, project, "mara")) for _ in range(TRIES))
    figures = {"a judge's counts": counts, "a judge's page": cost(ws, project, wanted)}
    held = [report(name, JUDGE_GATE_MS, 1000 * s, [1000 * s], "ms") for name, s in figures.items()]
    return all(held)


def opened(stack: ExitStack, folder: str | None, count: int) -> tuple[Workspace, str]:
    home = Path(folder or stack.enter_context(tempfile.TemporaryDirectory()))
    ws = open_workspace(home)
    stack.callback(ws.close)
    return ws, projects.list_projects(ws)[0].id if folder else fill(ws, count)


def main() -> None:
    folders = sys.argv[1:3] if len(sys.argv) == 3 else [None, None]
    with ExitStack() as stack:
        small, large = (opened(stack, folder, n) for folder, n in zip(folders, (FEW, MANY), strict=True))
        held = [judge(name, small, large, wanted) for name, wanted in FILTERS.items()]
        held.append(judge_choices(small, large))
        if not any(folders):  # it writes
            held.append(judge_waiting(large))
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
