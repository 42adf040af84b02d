"""Third gate: what is called, and what is said of it, is what the person means.

Rules alone, so that it works without a model; a model that judges is a gate of its own behind it. What the checker only
warns of refuses a draft here: nobody has looked at it yet, and there are others.
"""

from __future__ import annotations

from curation.gates.contract import PASSED, Bench, Gate, Opinion, Verdict
from curation.gates.doubts import DOUBTS, Doubted
from curation.gates.doubts.warnings import doubt_findings
from curation.model.candidate import Candidate
from curation.model.reading import Reading
from curation.rules import check_all
from curation.rules.pairing import link
from curation.rules.row import Row

BY = "rules"


class _Look:
    """Doubts each candidate by every rule in turn."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._last: Doubted | None = None

    def judge(self, candidate: Candidate) -> Verdict:
        self._last = self._doubt(candidate)
        return PASSED if self._last is None else Verdict(False, self._last.reason, self._last.told)

    def opinion(self) -> Opinion:
        return Opinion(BY) if self._last is None else Opinion(BY, self._last.reason, self._last.told)

    def keep(self, candidate: Candidate) -> None:
        """Candidates are judged one by one: nothing to remember."""

    def _doubt(self, candidate: Candidate) -> Doubted | None:
        row = Row(candidate.example, self._bench.tools)
        link(row)
        doubted = next((found for doubt in DOUBTS if (found := doubt(row)) is not None), None)
        row.release()
        return doubted or doubt_findings(check_all(Reading(candidate.example), self._bench.tools))


GATE = Gate("judged", "It calls what is meant and says what is so", _Look)
