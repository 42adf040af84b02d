"""What publishing the tools as they are now breaks, by finding, and what a plan's steps mend; nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.migrations import Move, Step, describe_step, is_ready, move_example
from curation.migrations.typed import read_pairs, to_source
from curation.model.example import Example
from curation.model.finding import Finding, Judged, Severity
from curation.model.reading import Reading
from curation.rules import check, fingerprint, judge
from curation.services.impact_tally import Tally, Verdict
from curation.services.impact_views import DatasetHit, Fault, Impact, ModelHit, Shown, Touched
from curation.services.judging import Bench, read_bench, read_body
from curation.services.tool_moves import Plan, coming_bench, read_plan
from curation.services.workspace import Workspace
from db import acts, impacts
from db.examples import ExampleRecord

__all__ = [
    "Fault",
    "Impact",
    "Shown",
    "Step",
    "Touched",
    "Verdict",
    "count_behind",
    "describe_step",
    "is_ready",
    "last_change_of_tools",
    "measure",
    "read_pairs",
    "stamp",
    "to_source",
]

CHUNK = 200

Progress = Callable[[int, int], None]
"""Told how many of how many examples were looked at."""
Mark = tuple[str, str]


def measure(
    ws: Workspace, project_id: str, *, steps: Sequence[Step] | None = None, progress: Progress | None = None
) -> Impact:
    """What publishing would break, and what these steps (None: all that were found) would mend."""
    with ws.reading() as connection:
        plan = read_plan(connection, project_id, steps)
        numbers = impacts.list_numbers(connection, project_id, plan.hashes)
    tally = Tally()
    for verdict in judge_moved(ws, plan, numbers, progress):
        tally.add(verdict)
    with ws.reading() as connection:
        datasets = _datasets(connection, project_id, tally.broken_ids)
        models = _models(connection, datasets)
    return tally.finish(plan, datasets, models)


def count_behind(ws: Workspace, project_id: str) -> int:
    """How many examples offer a definition that the tools no longer have; nothing is judged."""
    with ws.reading() as connection:
        plan = read_plan(connection, project_id)
        return len(impacts.list_numbers(connection, project_id, plan.hashes))


def stamp(ws: Workspace) -> str:
    """Names everything that was done so far: what was measured under another stamp may no longer hold."""
    with ws.reading() as connection:
        return acts.head(connection)[1]


def last_change_of_tools(ws: Workspace, after: int = 0) -> int:
    """The audit's number of the newest act beyond `after` that changed tools, or moved examples to them."""
    with ws.reading() as connection:
        return impacts.last_seq(connection, _ABOUT_TOOLS, after)


_ABOUT_TOOLS = (
    "save tool",
    "archive tool",
    "import tools",
    "undo tool import",
    "publish catalogue",
    "move examples",
    "undo move of examples",
)


def judge_moved(
    ws: Workspace, plan: Plan, numbers: Sequence[int], progress: Progress | None = None
) -> Iterator[Verdict]:
    """Every example that offers a definition of the plan, as it would be; a chunk is read at a time."""
    swaps, moves = plan.by_text(with_steps=False), plan.by_text()
    for at in range(0, len(numbers), CHUNK):
        with ws.reading() as connection:
            now, coming = read_bench(connection, plan.project_id), coming_bench(connection, plan.project_id)
            rows = impacts.read_heads(connection, numbers[at : at + CHUNK])
            stored = impacts.read_marks(connection, [head.id for head, key, _ in rows if key == now.key])
        for head, _, body in rows:
            example = read_body(body).example
            before = stored[head.id] if head.id in stored else _marks(now, example)
            yield _judge(head, example, before, coming, swaps, moves)
        if progress:
            progress(min(at + CHUNK, len(numbers)), len(numbers))


def _judge(
    head: ExampleRecord,
    example: Example,
    before: set[Mark],
    coming: Bench,
    swaps: Mapping[str, Move],
    moves: Mapping[str, Move],
) -> Verdict:
    swapped = move_example(example, swaps).example
    broken = new_errors(coming, swapped, before)
    moved = move_example(example, moves)
    is_same = moved.example == swapped
    left = broken if is_same else new_errors(coming, moved.example, before)
    return Verdict(head, moved.example, broken, left, moved.changes, is_swap(example, moved.example))


def is_swap(before: Example, after: Example) -> bool:
    """Whether two examples differ in offered definitions alone, and offer as many."""
    if not isinstance(before.tools, tuple) or not isinstance(after.tools, tuple):
        return before == after
    return len(before.tools) == len(after.tools) and msgspec.structs.replace(after, tools=before.tools) == before


def new_errors(bench: Bench, example: Example, before: set[Mark]) -> tuple[Finding, ...]:
    """The errors an example would have that it does not have yet."""
    found = (one.finding for one in _judged(bench, example) if one.severity is Severity.ERROR)
    return tuple(one for one in found if (one.rule, fingerprint(one)) not in before)


def _marks(bench: Bench, example: Example) -> set[Mark]:
    return {(one.finding.rule, fingerprint(one.finding)) for one in _judged(bench, example)}


def _judged(bench: Bench, example: Example) -> tuple[Judged, ...]:
    findings = check(Reading(example), bench.offered_to(example), errors_only=True)
    return judge(findings, bench.target, waivers=example.waivers)


def _datasets(connection: Connection, project_id: str, ids: Sequence[str]) -> tuple[DatasetHit, ...]:
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for one in impacts.count_held_rows(connection, project_id, ids):
        found[one.n, one.version_id][one.split] = one.rows
    return tuple(
        DatasetHit(version_id, n, sum(splits.values()), splits)
        for (n, version_id), splits in sorted(found.items(), reverse=True)
    )


def _models(connection: Connection, datasets: Sequence[DatasetHit]) -> tuple[ModelHit, ...]:
    numbers = {one.dataset_id: one.n for one in datasets}
    trained = impacts.list_models_trained_on(connection, list(numbers))
    return tuple(ModelHit(model_id, name, numbers[dataset_id]) for model_id, name, dataset_id in trained)
