"""All the gates of an order, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from curation.gates.contract import Bench, Gate, Opines, Opinion, Tells, Verdict
from curation.model.candidate import Candidate


class Refused(NamedTuple):
    """Which gate let a candidate not pass, and what it says."""

    gate: str
    verdict: Verdict


class Weighed(NamedTuple):
    """What all gates together say of a candidate."""

    refused: Refused | None
    """None where all let it pass."""
    opinions: tuple[Opinion, ...]
    """Of the judges that it reached, in order."""


class Passage:
    """Judges candidates by every gate in turn, and lets all of them know which have passed."""

    def __init__(self, gates: Sequence[Gate], bench: Bench) -> None:
        self._looks = [(gate.name, gate.open(bench)) for gate in gates]

    def judge(self, candidate: Candidate) -> Refused | None:
        """The first gate that refuses it; None where all let it pass."""
        return self.weigh(candidate).refused

    def weigh(self, candidate: Candidate) -> Weighed:
        """The same, and what the judges among the gates think of it."""
        opinions: list[Opinion] = []
        for name, look in self._looks:
            verdict = look.judge(candidate)
            if isinstance(look, Opines):
                opinions.append(look.opinion())
            if not verdict.passed:
                return Weighed(Refused(name, verdict), tuple(opinions))
        return Weighed(None, tuple(opinions))

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
