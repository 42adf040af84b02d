"""Repairs that need nobody: the fixes which the validator itself offers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from curation.errors import CurationError
from curation.gates.contract import Bench, Verdict
from curation.gates.valid import errors_of
from curation.model.candidate import Candidate
from curation.model.example import Example
from curation.reading.edits import apply_fix

_MOST = 20
"""Fixes of one candidate; more of them would be another candidate."""


def mend_by(bench: Bench) -> Callable[[Candidate, Verdict], Candidate | None]:
    """A repair that makes every fix the error findings of a candidate offer."""

    def mend(candidate: Candidate, _verdict: Verdict) -> Candidate | None:
        mended = candidate.example
        for _ in range(_MOST):
            step = _mend_one(mended, bench)
            if step is None:
                break
            mended = step
        return None if mended is candidate.example else msgspec.structs.replace(candidate, example=mended)

    return mend


def _mend_one(example: Example, bench: Bench) -> Example | None:
    for finding in errors_of(example, bench):
        if finding.fix is not None:
            try:
                return apply_fix(example, finding.fix)
            except CurationError:
                continue
    return None
