"""First gate: the validator, all rules that can refuse a row for the working target."""

from __future__ import annotations

from collections.abc import Iterator

from curation.gates.contract import PASSED, Bench, Gate, Verdict
from curation.model.candidate import Candidate
from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.reading import Reading
from curation.rules import check, judge


def errors_of(example: Example, bench: Bench) -> Iterator[Finding]:
    """The errors of an example for the working target; nothing a drafter waives is waived."""
    for judged in judge(check(Reading(example), bench.tools, errors_only=True), bench.target):
        if judged.severity is Severity.ERROR:
            yield judged.finding


class _Look:
    """Refuses what has an error finding."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def judge(self, candidate: Candidate) -> Verdict:
        first = next(errors_of(candidate.example, self._bench), None)
        return PASSED if first is None else Verdict(False, first.rule, f"{first.message} It stands at {first.at}.")

    def keep(self, candidate: Candidate) -> None:
        """Rows are judged one by one: nothing to remember."""


GATE = Gate("valid", "No rule is broken", _Look)
