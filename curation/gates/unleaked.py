"""Fifth gate: nothing like a row of a test group, or the test would ask what was learnt by heart."""

from __future__ import annotations

from curation.gates.alike import AlikeTexts, Question
from curation.gates.contract import PASSED, Bench, Gate, Verdict
from curation.gates.knowing import know
from curation.model.candidate import Candidate


class _Look:
    """Holds the test groups: what their people ask, in their words, and what the groups are called."""

    def __init__(self, bench: Bench) -> None:
        tested = [one for one in bench.known if one.is_test]
        self._groups = {one.group for one in tested if one.group}
        self._hashes = {one.normal_hash for one in tested}
        self._asked = AlikeTexts()
        self._asked.add_all([one.asked for one in tested], [one.group for one in tested])

    def judge(self, candidate: Candidate) -> Verdict:
        known = know(candidate.example)
        if known.group in self._groups:
            told = f"Its wording belongs to the group {known.group}, which is in the test; choose another wording."
            return Verdict(False, "test_group", told)
        if known.normal_hash in self._hashes:
            return Verdict(False, "test_row", "It is a row of the test; draft another one.")
        if next(self._asked.find(Question(known.asked)), None) is not None:
            return Verdict(False, "like_test", "It asks nearly what a row of the test asks; ask for something else.")
        return PASSED

    def keep(self, candidate: Candidate) -> None:
        """The test does not grow by candidates: nothing to remember."""


GATE = Gate("unleaked", "Nothing like a row of the test", _Look)
