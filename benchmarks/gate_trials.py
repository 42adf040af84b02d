"""How often the gate names a planted regression, and how often it accuses an equal model.

Run with `python benchmarks/gate_trials.py`. Rows stand in about forty overlapping slices, as test rows do, and lie in
groups of similar wordings. Planted: 20 of 200 right rows of one slice are flipped; found: the gate fails and names that
slice. Equal: two models answer with the same chances, each row on its own; accused: any rate in any slice fails.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

import msgspec  # noqa: E402

from curation.metrics.gate import Rules, judge  # noqa: E402
from curation.metrics.intervals import wilson  # noqa: E402
from curation.metrics.score import make_report  # noqa: E402
from curation.metrics.scored import Scored  # noqa: E402
from tests.unit.metric_rows import gold, native, score  # noqa: E402

TRIALS = 300
ROWS, GROUPS, IN_SLICE, FLIPPED = 600, 400, 200, 20
CALLS = 0.8
KINDS = {"tool": 12, "category": 5, "length": 3, "hard_case": 14, "language": 4}
"""Kind of slice → how many there are of it."""
FOUND_GATE, ACCUSED_GATE = 0.90, 0.05
PLANTED = "tool:planted"
CALL = ("track_order", {"order_id": "A1001"})
OTHER = ("track_order", {"order_id": "B2002"})
SILENT = gold(content="Hello!")
CALLING = score((gold(CALL), native(CALL)), *((gold(CALL), native(other)) for other in (OTHER, ("ping", {})))).scored
KEEPING = score((SILENT, native(content="Hi")), (SILENT, native(CALL)), (SILENT, native(("fly", {})))).scored


def deal(rng: Random) -> list[tuple[bool, str, tuple[str, ...]]]:
    """Rows: whether a call is wanted, the group, the slices."""
    dealt = []
    for at in range(ROWS):
        slices = [f"{kind}:{rng.randrange(n)}" for kind, n in KINDS.items()] + [PLANTED] * (at < IN_SLICE)
        dealt.append((rng.random() < CALLS, f"group {rng.randrange(GROUPS)}", tuple(slices)))
    return dealt


def answer(dealt: list[tuple[bool, str, tuple[str, ...]]], rng: Random, right: float) -> list[Scored]:
    """A model that is right so often, and wrong in one of two ways."""
    scored = []
    for calls, group, slices in dealt:
        kinds = CALLING if calls else KEEPING
        chosen = kinds[0] if rng.random() < right else rng.choice(kinds[1:])
        scored.append(msgspec.structs.replace(chosen, group=group, slices=slices))
    return scored


def flip(rows: list[Scored], rng: Random) -> list[Scored]:
    """The same answers, but so many right ones of the slice gone wrong."""
    flipped = list(rows)
    for at in rng.sample([i for i, row in enumerate(rows) if PLANTED in row.slices and row.failure is None], FLIPPED):
        wrong = (CALLING if rows[at].is_call_row else KEEPING)[1]
        flipped[at] = msgspec.structs.replace(wrong, group=rows[at].group, slices=rows[at].slices)
    return flipped


def names(mine: list[Scored], theirs: list[Scored]) -> set[str]:
    return {check.slice for check in judge(make_report(mine), Rules(), theirs).failed}


def main() -> int:
    found = accused = 0
    for trial in range(TRIALS):
        rng = Random(trial)
        dealt = deal(rng)
        right = 1.0 if trial % 2 else 0.95
        theirs = answer(dealt, rng, right)
        found += PLANTED in names(flip(theirs, rng), theirs)
        accused += bool(names(answer(dealt, rng, 0.9), answer(dealt, rng, 0.9)))
    said = [f"{n / TRIALS:.1%} [{low:.1%}–{high:.1%}]" for n in (found, accused) for low, high in [wilson(n, TRIALS)]]
    print(f"planted regressions named: {said[0]} of {TRIALS} (gate {FOUND_GATE:.0%})")
    print(f"equal models accused: {said[1]} of {TRIALS} (gate {ACCUSED_GATE:.0%})")
    return 0 if found >= FOUND_GATE * TRIALS and accused <= ACCUSED_GATE * TRIALS else 1


if __name__ == "__main__":
    sys.exit(main())
