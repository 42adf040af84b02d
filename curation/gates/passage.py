"""All the gates of an order, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from curation.gates.contract import Bench, Gate, Tells, Verdict
from curation.model.candidate import Candidate


class Refused(NamedTuple):
    """Which gate let a candidate not pass, and what it says."""

    gate: str
    verdict: Verdict


class Passage:
    """Judges candidates by every gate in turn, and lets all of them know which have passed."""

    def __init__(self, gates: Sequence[Gate], bench: Bench) -> None:
        self._looks = [(gate.name, gate.open(bench)) for gate in gates]

    def judge(self, candidate: Candidate) -> Refused | None:
        """The first gate that refuses it; None where all let it pass."""
        for name, look in self._looks:
            verdict = look.judge(candidate)
            if not verdict.passed:
                return Refused(name, verdict)
        return None

    def keep(self, candidate: Candidate) -> None:
        """It has passed: the next ones are compared with it too."""
        for _, look in self._looks:
            look.keep(candidate)

    def figures(self) -> dict[str, float]:
        """What the gates can tell of all that passed, as `gate.figure`."""
        told: dict[str, float] = {}
        for name, look in self._looks:
            if isinstance(look, Tells):
                told |= {f"{name}.{figure}": value for figure, value in look.figures().items()}
        return told
