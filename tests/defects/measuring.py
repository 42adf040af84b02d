"""What the corpus measures: recall for each rule, and what is wrongly said of rows that nobody damaged."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import Rule, check_all, judge
from tests.defects.corpus import is_found, rules_in_order, twins_of
from tests.defects.rows import natural_faults, real_rows

GROUNDING = "G"
"""Grounding has figures of its own (`benchmarks/grounding.py`)."""


class Recall(msgspec.Struct, frozen=True):
    """How many of a rule's twins it finds."""

    code: str
    slug: str
    is_error: bool
    n: int
    missed: tuple[str, ...]
    """The rows whose twins were missed."""


class FalseAlarm(msgspec.Struct, frozen=True):
    """A finding on an undamaged row that is none of its own faults."""

    row: str
    code: str
    severity: Severity
    message: str


def measure_recall(n: int) -> list[Recall]:
    """Every rule's recall over `n` twins."""
    return [_recall(rule, n) for rule in rules_in_order()]


def _recall(rule: Rule, n: int) -> Recall:
    twins = list(twins_of(rule.code, n))
    missed = tuple(identifier for identifier, case in twins if not is_found(rule, case))
    return Recall(rule.code, rule.slug, rule.severity is Severity.ERROR, len(twins), missed)


def share_found(recalls: Iterable[Recall]) -> float:
    """The share of all twins that is found."""
    counted = [(one.n - len(one.missed), one.n) for one in recalls]
    return sum(found for found, _ in counted) / sum(n for _, n in counted)


def find_false_alarms() -> list[FalseAlarm]:
    """Errors and warnings on undamaged rows, without those that a person found right."""
    found = []
    for identifier, text in real_rows().items():
        reading = read_row(json.dumps(json.loads(text), ensure_ascii=False).encode())
        assert isinstance(reading, Reading), identifier
        real = natural_faults().get(identifier, [])
        for item in judge(check_all(reading)):
            code = item.finding.code
            if item.severity is not Severity.INFO and code not in real:
                found.append(FalseAlarm(identifier, code, item.severity, item.finding.message))
    return found


def describe(recalls: Iterable[Recall]) -> str:
    """The table: one line a rule, what was missed behind it."""
    lines = [f"{'rule':<32} {'kind':<8} {'twins':>5} {'found':>6}  missed"]
    for one in recalls:
        kind = "error" if one.is_error else "warning"
        lines.append(
            f"{one.code} {one.slug:<28} {kind:<8} {one.n:>5} {1 - len(one.missed) / max(one.n, 1):>6.0%}"
            f"  {', '.join(one.missed[:5])}"
        )
    return "\n".join(lines)
