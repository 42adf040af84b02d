"""What publishing the tools as they are now breaks, by finding, and what a plan's steps mend; nothing is stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from curation.migrations import Move, Step, describe_step, is_ready, move_example
from curation.migrations.moving import Change
from curation.migrations.typed import read_pairs, to_source
from curation.model.example import Example
from curation.model.finding import Finding, Judged, Severity
from curation.model.reading import Reading
from curation.model.states import ExampleState
from curation.rules import check, fingerprint, judge
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
MOST_SHOWN = 1_000
"""Calls shown before and after."""
MOST_LISTED = 2_000
"""Examples listed under one kind of finding."""

_NAMES_A_TOOL = frozenset({"unknown-tool", "tool-name-form"})
"""Rules whose value `name` is the tool that is called."""

Progress = Callable[[int, int], None]
"""Told how many of how many examples were looked at."""
Mark = tuple[str, str]


class Touched(msgspec.Struct, frozen=True):
    """One example that a change breaks, with the first sentence about it."""

    example_id: str
    number: int
    title: str
    state: ExampleState
    reason: str


class Fault(msgspec.Struct, frozen=True):
    """One kind of finding, and the examples that would have it."""

    rule: str
    words: str
    n: int
    examples: tuple[Touched, ...]
    """The first of them."""
    n_left: int
    """How many of them still have it after the steps."""


class Shown(msgspec.Struct, frozen=True):
    """One call before and after, with where it stands."""

    example_id: str
    number: int
    change: Change


class DatasetHit(msgspec.Struct, frozen=True):
    """A dataset version that holds examples the change breaks."""

    dataset_id: str
    n: int
    rows: int
    splits: dict[str, int]


class ModelHit(msgspec.Struct, frozen=True):
    """A model trained on such a version."""

    model_id: str
    name: str
    dataset_n: int


class Impact(msgspec.Struct, frozen=True):
    """What a change does to examples, datasets and models."""

    digest: str
    """Of the tools it was measured for."""
    steps: tuple[Step, ...]
    n_affected: int
    """Examples that offer a definition the tools no longer have."""
    n_broken: int
    """Of these, the ones with an error they did not have, once the new definitions are put in."""
    n_left: int
    """Of the affected, the ones with such an error after the steps as well."""
    n_accepted: int
    """Of the affected, accepted ones that moving sends back to review."""
    n_kept: int
    """Of the affected, accepted ones that stay accepted: nothing but an offered definition changes, and they are
    as clean as before."""
    n_foreign: int
    faults: tuple[Fault, ...]
    changes: tuple[Shown, ...]
    n_changes: int
    datasets: tuple[DatasetHit, ...]
    models: tuple[ModelHit, ...]


class Verdict(NamedTuple):
    """One example under the coming tools: new errors with the definitions alone, and after the steps."""

    head: ExampleRecord
    moved: Example
    broken: tuple[Finding, ...]
    left: tuple[Finding, ...]
    changes: tuple[Change, ...]
    is_swap: bool
    """Only definitions were put in the place of others: the conversation and what is said of it are the same."""

    @property
    def keeps_acceptance(self) -> bool:
        """Whether what a person accepted still holds: the same words and calls, and no new error."""
        return self.is_swap and not self.left and self.head.state is ExampleState.ACCEPTED and not self.head.n_error


def measure(
    ws: Workspace, project_id: str, *, steps: Sequence[Step] | None = None, progress: Progress | None = None
) -> Impact:
    """What publishing would break, and what these steps (None: all that were found) would mend."""
    with ws.reading() as connection:
        plan = read_plan(connection, project_id, steps)
        numbers = impacts.list_numbers(connection, project_id, plan.hashes)
    tally = _Tally()
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


class _Tally:
    """Counts verdicts by the kind of their findings, and keeps the first of each to show."""

    def __init__(self) -> None:
        self.broken_ids: list[str] = []
        self._n_affected = self._n_left = self._n_accepted = self._n_kept = self._n_changes = 0
        self._broken: Counter[Mark] = Counter()
        self._left: Counter[Mark] = Counter()
        self._examples: dict[Mark, list[Touched]] = defaultdict(list)
        self._changes: list[Shown] = []

    def add(self, verdict: Verdict) -> None:
        head = verdict.head
        self._n_affected += 1
        keeps = verdict.keeps_acceptance
        self._n_kept += keeps
        self._n_accepted += head.state is ExampleState.ACCEPTED and not keeps
        if verdict.broken:
            self.broken_ids.append(head.id)
        self._n_left += bool(verdict.left)
        for key, finding in {_kind(one): one for one in verdict.broken}.items():
            self._broken[key] += 1
            self._list(key, head, finding)
        for key, finding in {_kind(one): one for one in verdict.left}.items():
            self._left[key] += 1
            if key not in self._broken:
                self._list(key, head, finding)
        self._n_changes += len(verdict.changes)
        for change in verdict.changes[: MOST_SHOWN - len(self._changes)]:
            self._changes.append(Shown(head.id, head.number, change))

    def _list(self, key: Mark, head: ExampleRecord, finding: Finding) -> None:
        listed = self._examples[key]
        if len(listed) < MOST_LISTED:
            listed.append(Touched(head.id, head.number, head.title, head.state, finding.message))

    def finish(self, plan: Plan, datasets: tuple[DatasetHit, ...], models: tuple[ModelHit, ...]) -> Impact:
        order = sorted(self._examples, key=lambda key: (-self._broken[key], key))
        faults = (
            Fault(rule, words, self._broken[rule, words], tuple(self._examples[rule, words]), self._left[rule, words])
            for rule, words in order
        )
        return Impact(
            digest=plan.digest,
            steps=plan.steps,
            n_affected=self._n_affected,
            n_broken=len(self.broken_ids),
            n_left=self._n_left,
            n_accepted=self._n_accepted,
            n_kept=self._n_kept,
            n_foreign=plan.n_foreign,
            faults=tuple(faults),
            changes=tuple(self._changes),
            n_changes=self._n_changes,
            datasets=datasets,
            models=models,
        )


def _kind(finding: Finding) -> Mark:
    """What findings are counted under: the rule, and the tool's argument without its place in a list or a value."""
    tool, argument = finding.values.get("tool"), finding.values.get("argument")
    if finding.rule in _NAMES_A_TOOL:
        tool = finding.values.get("name")
    steps = [step for step in str(argument or "").strip("/").split("/") if step]
    name = ".".join("[]" if step.isdecimal() else step for step in steps).replace(".[]", "[]")
    words = f"`{name}`" if name else ""
    if isinstance(tool, str) and tool:
        words = f"{words} of `{tool}`" if words else f"`{tool}`"
    return finding.rule, words


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
