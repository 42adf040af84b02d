"""The health of a project's examples: balance, coverage, duplicates, leakage, length."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.finding import Judged
from curation.model.states import ExampleState, Split
from curation.rules import CATEGORIES
from curation.services.coverage import CoverageCount, ToolCoverage
from curation.services.health_faults import BAND, find_faults
from curation.services.judging import read_bench, read_body
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import health

__all__ = ["BAND", "Cell", "Health", "Lengths", "RuleCount", "Twins", "measure_health"]

COVERAGE_ROWS = 2_000
"""Parameter coverage reads this many of the newest rows."""
LIVING = tuple(state for state in ExampleState if state not in (ExampleState.REJECTED, ExampleState.ARCHIVED))


class Cell(msgspec.Struct, frozen=True):
    """How many rows of a category call a tool."""

    tool: str
    category: str
    n: int


class Twins(msgspec.Struct, frozen=True):
    """Rows that are the same in their normal form."""

    example_ids: tuple[str, ...]
    numbers: tuple[int, ...]
    splits: tuple[str, ...]
    """The splits they stand in; more than one is a leak."""


class RuleCount(msgspec.Struct, frozen=True):
    """How many rows have a finding of one rule."""

    rule: str
    code: str
    n_rows: int


class Lengths(msgspec.Struct, frozen=True):
    """How long rows are, in bytes of their canonical form, with a histogram of (upper bound, rows)."""

    shortest: int
    median: int
    p95: int
    longest: int
    histogram: tuple[tuple[int, int], ...]


class Health(msgspec.Struct, frozen=True):
    """Everything the health screen and `callwright health` show; shares are None without rows."""

    n_rows: int
    n_decisions: int
    n_no_tool_rows: int
    n_no_tool_decisions: int
    reasons: dict[str, int]
    recoveries: dict[str, int]
    tools: tuple[str, ...]
    categories: tuple[str, ...]
    cells: tuple[Cell, ...]
    splits: dict[str, int]
    n_undrawn: int
    duplicates: tuple[Twins, ...]
    coverage: tuple[ToolCoverage, ...]
    lengths: Lengths | None
    rules: tuple[RuleCount, ...]
    findings: tuple[Judged, ...]
    """What is wrong with the whole rather than with one row."""
    band: tuple[float, float] = BAND

    @property
    def share_of_decisions(self) -> float | None:
        return self.n_no_tool_decisions / self.n_decisions if self.n_decisions else None

    @property
    def share_of_rows(self) -> float | None:
        return self.n_no_tool_rows / self.n_rows if self.n_rows else None

    @property
    def matrix(self) -> dict[tuple[str, str], int]:
        """(tool, category) → rows."""
        return {(cell.tool, cell.category): cell.n for cell in self.cells}


def measure_health(ws: Workspace, project_id: str, *, states: Sequence[ExampleState | str] = ()) -> Health:
    """Measure the examples in these states; without any: all but rejected and archived ones."""
    wanted = tuple(ExampleState(state) for state in states) or LIVING
    with ws.reading() as connection:
        project = need_project(connection, project_id)
        measured = _measure(connection, project.id, wanted)
    return msgspec.structs.replace(measured, findings=tuple(find_faults(measured)))


def _measure(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Health:
    n_rows, n_no_tool_rows, n_decisions, n_no_tool = health.sum_decisions(connection, project_id, states)
    tools, cells = _matrix(connection, project_id, states)
    splits = health.count_splits(connection, project_id, states)
    return Health(
        n_rows=n_rows,
        n_decisions=n_decisions,
        n_no_tool_rows=n_no_tool_rows,
        n_no_tool_decisions=n_no_tool,
        reasons=health.count_labels(connection, project_id, states, "reason"),
        recoveries=health.count_labels(connection, project_id, states, "recovery"),
        tools=tools,
        categories=tuple(CATEGORIES),
        cells=cells,
        splits={split.value: splits.get(split.value, 0) for split in Split},
        n_undrawn=splits.get(None, 0),
        duplicates=_twins(connection, project_id, states),
        coverage=_coverage(connection, project_id, states),
        lengths=_lengths(health.list_sizes(connection, project_id, states)),
        rules=tuple(RuleCount(*row) for row in health.count_findings(connection, project_id, states)),
        findings=(),
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
        )
        for group in groups.values()
    )


def _coverage(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> tuple[ToolCoverage, ...]:
    count = CoverageCount(read_bench(connection, project_id).tools)
    for body in health.walk_bodies(connection, project_id, states, COVERAGE_ROWS):
        count.add(read_body(body).example)
    return count.finish()


def _lengths(sizes: Sequence[int]) -> Lengths | None:
    """Powers of two make the histogram: 512 bytes, 1 KB, 2 KB, …"""
    if not sizes:
        return None
    buckets = Counter(max(512, 1 << (size - 1).bit_length()) for size in sizes)
    p95 = sizes[min(len(sizes) - 1, int(len(sizes) * 0.95))]
    return Lengths(sizes[0], sizes[len(sizes) // 2], p95, sizes[-1], tuple(sorted(buckets.items())))
