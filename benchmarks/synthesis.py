"""What offline drafting gives: how fast, how varied, how complete, and how it does on catalogues of other people.

Run with `python benchmarks/synthesis.py`. The clock is that of one core: the time this process itself has worked, so
other programs do not count. Every candidate is held against the checker, outside the clock.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
# This file's own folder goes: it holds a module named like one of the standard library.
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

import msgspec  # noqa: E402

from curation.duplicates import find_families, shingle_all  # noqa: E402
from curation.model.candidate import Candidate  # noqa: E402
from curation.model.definition import Tool  # noqa: E402
from curation.rules.digest import asked_of  # noqa: E402
from curation.synthesizers.cells import KINDS  # noqa: E402
from curation.synthesizers.contract import Cell, Shortfall, Voice  # noqa: E402
from curation.synthesizers.shop import demo_tools  # noqa: E402
from curation.synthesizers.wordings import parameters_of, required_of  # noqa: E402
from tests.synthesizers.drafting import CATALOGUES, calls_of, catalogue, errors_of, order_full, said_by  # noqa: E402

COUNT, COUNT_OF_OTHERS = 5_600, 200
"""Ordered of the demo: so many that over 5,000 come, though some cells can only be told as not to be had."""
FEWEST = 5_000
FASTEST_GATE_A_MINUTE = 1_000
DISTINCT_GATE, NEAR_GATE = 0.90, 0.05


class Spread(msgspec.Struct, frozen=True):
    """How varied and how complete candidates are."""

    n: int
    distinct: float
    """Share of first turns that no other candidate has."""
    near: float
    """Share that is nearly the same as an earlier one, by what is asked."""
    n_errors: int
    empty_cells: tuple[str, ...]
    """Cells that are neither filled nor told with a reason."""
    unseen: tuple[str, ...]
    """Fixed values that are never given, and optional parameters that are never given or never left out."""


def cells_for(tools: tuple[Tool, ...], count: int) -> tuple[Cell, ...]:
    """Every tool × shape × reason, so many of each that they add up to about `count`."""
    keys = [(category, kind, tool.name) for category, kinds in KINDS.items() for kind in kinds for tool in tools]
    return tuple(Cell(-(-count // len(keys)), *key) for key in keys)


def draft_all(tools: tuple[Tool, ...], count: int) -> tuple[list[Candidate], list[Shortfall], float]:
    """All cells of a catalogue, what could not be drafted, and the seconds it took."""
    started = time.process_time()
    candidates, short = order_full(tools, cells=cells_for(tools, count), seed=1, voice=Voice(typo_share=0.1))
    return candidates, short, time.process_time() - started


def measure(tools: tuple[Tool, ...], candidates: list[Candidate], short: list[Shortfall]) -> Spread:
    """The figures of an order that asked for every cell."""
    first = [" ".join(said_by(one.example)[0].lower().split()) for one in candidates]
    families = find_families(shingle_all([asked_of(one.example) for one in candidates])).families()
    return Spread(
        n=len(candidates),
        distinct=len(set(first)) / max(1, len(first)),
        near=sum(len(family) - 1 for family in families) / max(1, len(candidates)),
        n_errors=sum(len(errors_of(one.example, tools)) for one in candidates),
        empty_cells=_empty_cells(tools, candidates, short),
        unseen=_unseen(tools, candidates),
    )


def _empty_cells(tools: tuple[Tool, ...], candidates: list[Candidate], short: list[Shortfall]) -> tuple[str, ...]:
    filled = {(one.category, one.kind, one.tool) for one in candidates}
    told = {(one.cell.category, one.cell.kind, one.cell.tool) for one in short if one.why}
    keys = [(cell.category, cell.kind, cell.tool) for cell in cells_for(tools, 1)]
    return tuple("/".join(key) for key in keys if key not in filled | told)


def _unseen(tools: tuple[Tool, ...], candidates: list[Candidate]) -> tuple[str, ...]:
    given: dict[str, list[dict[str, object]]] = {tool.name: [] for tool in tools}
    for one in candidates:
        for name, arguments in calls_of(one.example):
            given[name].append(dict(arguments))
    missing = []
    for tool in tools:
        for name, schema in parameters_of(tool).items():
            made = [call[name] for call in given[tool.name] if name in call]
            listed = schema.get("enum", []) if isinstance(schema, dict) else []
            missing += [f"{tool.name}.{name}={value}" for value in listed if value is not None and value not in made]
            if name not in required_of(tool) and len(made) in (0, len(given[tool.name])):
                missing.append(f"{tool.name}.{name}")
    return tuple(missing)


def main() -> int:
    """Print the figures; not 0 when one of them misses its gate."""
    tools = demo_tools()
    candidates, short, seconds = draft_all(tools, COUNT)
    spread, pace = measure(tools, candidates, short), len(candidates) / seconds * 60
    print(f"demo: {spread.n:,} candidates in {seconds:.1f} s of one core, {pace:,.0f} a minute")
    print(f"  distinct first turns {spread.distinct:.1%}, near-duplicates {spread.near:.1%}, errors {spread.n_errors}")
    print(
        f"  cells neither filled nor told: {len(spread.empty_cells)}; values and options unseen: {len(spread.unseen)}"
    )
    for one in short:
        print(f"  told: {one.cell.count} × {one.cell.category}/{one.cell.kind} — {one.why}")
    is_good = (
        spread.n >= FEWEST
        and pace >= FASTEST_GATE_A_MINUTE
        and spread.distinct >= DISTINCT_GATE
        and spread.near <= NEAR_GATE
        and not (spread.n_errors or spread.empty_cells or spread.unseen)
    )
    return 0 if measure_others() and is_good else 1


def measure_others() -> bool:
    """The figures of catalogues that nobody wrote words for."""
    is_good = True
    for name in CATALOGUES:
        tools = catalogue(name)
        started = time.process_time()
        candidates, short = order_full(tools, COUNT_OF_OTHERS, seed=1)
        seconds = time.process_time() - started
        n_errors = sum(len(errors_of(one.example, tools)) for one in candidates)
        kinds = Counter(one.category for one in candidates)
        n_short = sum(one.cell.count for one in short)
        print(f"{name}: {len(tools)} tools, {len(candidates)} candidates in {seconds:.1f} s, {n_errors} errors, "
              f"{n_short} of another kind than wanted; {dict(kinds)}")  # fmt: skip
        is_good = is_good and not n_errors and len(candidates) == COUNT_OF_OTHERS
    return is_good


if __name__ == "__main__":
    sys.exit(main())
