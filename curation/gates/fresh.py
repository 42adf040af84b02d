"""Fourth gate: nothing that the project, or this batch, has already."""

from __future__ import annotations

from curation.gates.alike import AlikeTexts, Question
from curation.gates.contract import PASSED, Bench, Gate, Verdict
from curation.gates.knowing import know
from curation.model.candidate import Candidate
from curation.rules.digest import HASH_BYTES, choices_of

_PROJECT, _BATCH = "project", "batch"
_WHERE = {_PROJECT: "the project has already", _BATCH: "this batch has already"}


class _Look:
    """Remembers what there is by its normal form, by its words, and by what is called after what is seen."""

    def __init__(self, bench: Bench) -> None:
        self._hashes = {one.normal_hash: _PROJECT for one in bench.known}
        self._alike = AlikeTexts()
        self._alike.add_all([one.whole or one.asked for one in bench.known], [""] * len(bench.known))
        self._called: dict[bytes, bytes] = {}

    def judge(self, candidate: Candidate) -> Verdict:
        known = know(candidate.example)
        where = self._hashes.get(known.normal_hash)
        if where is not None:
            return Verdict(False, "duplicate", f"It is an example that {_WHERE[where]}; draft another one.")
        if self._contradicts(candidate):
            told = "Another candidate sees the same and calls something else; one of the two must be wrong."
            return Verdict(False, "contradiction", told)
        # Two that make a pair are alike on purpose: they differ in the fact that decides.
        if any(not twin or twin != candidate.twin for twin in self._alike.find(Question(known.whole))):
            told = "What it asks and calls is nearly the same as in an example there is already; word it otherwise."
            return Verdict(False, "near_duplicate", told)
        return PASSED

    def keep(self, candidate: Candidate) -> None:
        known = know(candidate.example)
        self._hashes[known.normal_hash] = _BATCH
        self._alike.add(Question(known.whole), candidate.twin)
        self._called.update((one[:HASH_BYTES], one[HASH_BYTES:]) for one in choices_of(candidate.example))

    def _contradicts(self, candidate: Candidate) -> bool:
        choices = choices_of(candidate.example)
        return any(self._called.get(one[:HASH_BYTES], one[HASH_BYTES:]) != one[HASH_BYTES:] for one in choices)


GATE = Gate("fresh", "New to the project and to the batch", _Look)
