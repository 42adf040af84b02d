"""The health of a project's examples: balance, coverage, duplicates, leakage, length."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.states import ExampleState, Split
from curation.rules import CATEGORIES
from curation.rules.coverage import CoverageCount, ToolCoverage
from curation.services.health_faults import find_faults
from curation.services.health_figures import Cell, Health, Lengths, RuleCount, ToolUse, Twins
from curation.services.health_near import FROM_INDEX, measure_near
from curation.services.health_rows import find_in_rows
from curation.services.judging import read_bench, read_body
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import health

__all__ = ["Cell", "Health", "Lengths", "RuleCount", "ToolUse", "Twins", "measure_health"]

COVERAGE_ROWS = 2_000
"""Parameter coverage reads this many of the newest rows."""
BINS = 12
"""About so many bars in the histogram of lengths."""
NARROWEST_BIN = 50
READ_ROWS = 500
"""What only reading rows tells is told by this many of the newest rows."""
LIVING = tuple(state for state in ExampleState if state not in (ExampleState.REJECTED, ExampleState.ARCHIVED))


def measure_health(ws: Workspace, project_id: str, *, states: Sequence[ExampleState | str] = ()) -> Health:
    """Measure the examples in these states; without any: all but rejected and archived ones."""
    wanted = tuple(ExampleState(state) for state in states) or LIVING
    with ws.reading() as connection:
        project = need_project(connection, project_id)
        measured = _measure(connection, project.id, wanted)
    return msgspec.structs.replace(measured, findings=find_faults(measured, project.working_target))


def _measure(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Health:
    n_rows, n_no_tool_rows, n_decisions, n_no_tool = health.sum_decisions(connection, project_id, states)
    tools, cells = _matrix(connection, project_id, states)
    splits = health.count_splits(connection, project_id, states)
    coverage, n_covered = _coverage(connection, project_id, states)
    near = measure_near(connection, project_id, states)
    told = frozenset() if near.n_waiting else FROM_INDEX
    from_rows, n_read = find_in_rows(connection, project_id, states, READ_ROWS, told)
    return Health(
        n_rows=n_rows,
        n_decisions=n_decisions,
        n_no_tool_rows=n_no_tool_rows,
        n_no_tool_decisions=n_no_tool,
        reasons=health.count_reasons(connection, project_id, states),
        recoveries=health.count_recoveries(connection, project_id, states),
        tools=tools,
        categories=tuple(CATEGORIES),
        cells=cells,
        splits={split.value: splits.get(split.value, 0) for split in Split},
        n_undrawn=splits.get(None, 0),
        duplicates=_twins(connection, project_id, states),
        uses=_uses(connection, project_id, states, tools),
        coverage=coverage,
        n_covered=n_covered,
        lengths=_lengths(health.list_sizes(connection, project_id, states)),
        rules=tuple(RuleCount(*row) for row in health.count_findings(connection, project_id, states)),
        findings=(),
        from_rows=from_rows,
        n_read=n_read,
        near=near,
    )


def _matrix(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> tuple[tuple[str, ...], tuple[Cell, ...]]:
    """A row without any call stands under the tools it offers: that is where it teaches restraint."""
    counted: Counter[tuple[str, str]] = Counter()
    names = set(read_bench(connection, project_id).tools)
    for tool, categories, n_called, n_offered in health.count_cells(connection, project_id, states):
        names.add(tool)
        for category in categories.split():
            counted[tool, category] += n_offered if category == "no_call" else n_called
    tools = tuple(sorted(names))
    return tools, tuple(Cell(tool, category, counted[tool, category]) for tool in tools for category in CATEGORIES)


def _twins(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> tuple[Twins, ...]:
    groups: dict[str, list[tuple[str, int, str | None]]] = defaultdict(list)
    for normal_hash, example_id, number, split in health.list_twins(connection, project_id, states):
        groups[normal_hash].append((example_id, number, split))
    return tuple(
        Twins(
            tuple(one[0] for one in group),
            tuple(one[1] for one in group),
            tuple(sorted({one[2] for one in group if one[2]})),
            normal,
        )
        for normal, group in groups.items()
    )


def _uses(
    connection: Connection, project_id: str, states: Sequence[ExampleState], tools: Sequence[str]
) -> tuple[ToolUse, ...]:
    counted: dict[str, dict[str | None, int]] = defaultdict(dict)
    for tool, split, n_rows in health.count_callers(connection, project_id, states):
        counted[tool][split] = n_rows
    return tuple(
        ToolUse(tool, sum(counted[tool].values()), tuple(sorted(split for split in counted[tool] if split)))
        for tool in tools
    )


def _coverage(
    connection: Connection, project_id: str, states: Sequence[ExampleState]
) -> tuple[tuple[ToolCoverage, ...], int]:
    count, n_rows = CoverageCount(), 0
    for body in health.walk_bodies(connection, project_id, states, COVERAGE_ROWS):
        count.add(read_body(body).example)
        n_rows += 1
    tools = read_bench(connection, project_id).tools
    return count.finish({name: tool.definition.view.parameters for name, tool in tools.items()}), n_rows


def _lengths(sizes: Sequence[int]) -> Lengths | None:
    """Of all sizes, smallest first."""
    if not sizes:
        return None
    usual = _longest_usual(sizes)
    width = _round_width((usual - sizes[0]) / BINS)
    bins = Counter(size // width for size in sizes if size // width <= usual // width)
    histogram = tuple(((at + 1) * width, bins[at]) for at in range(min(bins), max(bins) + 1))
    return Lengths(
        shortest=sizes[0],
        median=sizes[len(sizes) // 2],
        p95=sizes[min(len(sizes) - 1, int(len(sizes) * 0.95))],
        longest=sizes[-1],
        histogram=histogram,
        bin_bytes=width,
        n_longer=len(sizes) - bins.total(),
    )


def _longest_usual(sizes: Sequence[int]) -> int:
    """The longest row the bars reach to: one huge row must not press all others into one."""
    low, high, most = (sizes[int((len(sizes) - 1) * share)] for share in (0.25, 0.75, 0.95))
    fence = high + 3 * (high - low)
    usual = max(most, max(size for size in sizes if size <= fence))
    return usual if sizes[-1] - sizes[0] > 3 * (usual - sizes[0]) else sizes[-1]


def _round_width(wanted: float) -> int:
    """The next of 50, 100, 200, 500, 1,000 …: bins whose ends a person can read."""
    power = int(10 ** max(1, math.floor(math.log10(max(wanted, 1)))))
    return next(width for times in (1, 2, 5, 10) if (width := power * times) >= max(wanted, NARROWEST_BIN))
