"""Counts what becomes of each example under a change of tools, by the kind of its findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from curation.migrations.moving import Change
from curation.model.example import Example
from curation.model.finding import Finding
from curation.model.states import ExampleState
from curation.services.impact_views import DatasetHit, Fault, Impact, ModelHit, Shown, Touched
from curation.services.tool_moves import Plan
from db.examples import ExampleRecord

MOST_SHOWN = 1_000
"""Calls shown before and after."""
MOST_LISTED = 2_000
"""Examples listed under one kind of finding."""
_NAMES_A_TOOL = frozenset({"unknown-tool", "tool-name-form"})
"""Rules whose value `name` is the tool that is called."""
Kind = tuple[str, str]
"""A rule, and what of a tool it is about."""


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


class Tally:
    """Counts verdicts by the kind of their findings, and keeps the first of each to show."""

    def __init__(self) -> None:
        self.broken_ids: list[str] = []
        self._n_affected = self._n_left = self._n_accepted = self._n_kept = self._n_changes = 0
        self._n_changed = self._n_unharmed = 0
        self._broken: Counter[Kind] = Counter()
        self._left: Counter[Kind] = Counter()
        self._examples: dict[Kind, list[Touched]] = defaultdict(list)
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
        self._n_changed += bool(verdict.changes)
        self._n_unharmed += bool(verdict.changes) and not verdict.broken
        for change in verdict.changes[: MOST_SHOWN - len(self._changes)]:
            self._changes.append(Shown(head.id, head.number, change))

    def _list(self, key: Kind, head: ExampleRecord, finding: Finding) -> None:
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
            n_changed=self._n_changed,
            n_unharmed=self._n_unharmed,
            datasets=datasets,
            models=models,
        )


def _kind(finding: Finding) -> Kind:
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
