"""What scoring 100,000 answers costs, by the CPU time of this process, with every figure, slice and interval.

Run with `python benchmarks/scoring.py`. The rows are the leaderboard's live rows in `tests/data`, each answered in many
ways, right and wrong; told beside it is `orjson.loads` of the same answers.
"""

from __future__ import annotations

import sys
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "benchmarks"), str(ROOT), *(path for path in sys.path if path not in ("", str(ROOT)))]

import orjson  # noqa: E402
from shared.figures import report_median, spend  # noqa: E402

from curation.metrics.score import score_answers  # noqa: E402
from tests.bfcl.rows import WITH_CALLS, answers, read_rows, say  # noqa: E402

COUNT = 100_000
PART = 10_000
"""Answers that are scored in one go; what is more costs as much again."""
TRIES = 3
GATE_S = 60.0


def main() -> int:
    asked = [(row.example, calls) for kind in WITH_CALLS for row in read_rows(kind) for _, calls in answers(row)]
    golds, said = zip(*islice(cycle(asked), PART), strict=True)
    given, lines = [say(calls) for calls in said], [orjson.dumps(calls) for calls in said]
    floor = spend(lambda: [orjson.loads(line) for line in lines])
    spans = [spend(lambda: score_answers(golds, given)) for _ in range(TRIES)]
    print(f"{len(asked):,} different answers; one is scored in {min(spans) / floor:.0f}x orjson.loads of it")
    return 0 if report_median("100,000 answers", GATE_S, [span * COUNT / PART for span in spans], " s") else 1


if __name__ == "__main__":
    sys.exit(main())
