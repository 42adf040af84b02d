"""How many candidates a minute pass the gates on one core, and what becomes of them.

    python -m benchmarks.gates [--count 5000] [--known 20000]

Candidates are drafted offline for the demo catalogue; the gates know a project of so many examples, a fifth of them in
the test. Gates 1, 2, 4 and 5 are timed together, as they were promised; the others beside them.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from curation.gates import GATES, Bench, Known, Look, Verdict
from curation.gates.knowing import know
from curation.gates.valid import errors_of
from curation.model.candidate import Candidate
from curation.synthesizers import SYNTHESIZERS, Order
from curation.synthesizers.shop import demo_tools

PROMISED = frozenset({"valid", "executes", "fresh", "unleaked"})
A_MINUTE_S = 60.0


class Timed:
    """The gates of one order, each with the time it took."""

    def __init__(self, bench: Bench) -> None:
        self._looks: list[tuple[str, Look]] = []
        self.spent_s = Counter[str]()
        for gate in GATES:
            before = time.process_time()
            self._looks.append((gate.name, gate.open(bench)))
            self.spent_s[f"open {gate.name}"] = time.process_time() - before  # type: ignore[assignment]
        self.dropped = Counter[str]()

    def pass_through(self, candidate: Candidate) -> bool:
        for name, look in self._looks:
            before = time.process_time()
            verdict = look.judge(candidate)
            self._spend(name, before)
            if not verdict.passed:
                self._drop(name, verdict)
                return False
        for name, look in self._looks:
            before = time.process_time()
            look.keep(candidate)
            self._spend(name, before)
        return True

    def _spend(self, name: str, before: float) -> None:
        self.spent_s[name] += time.process_time() - before  # type: ignore[assignment]

    def _drop(self, name: str, verdict: Verdict) -> None:
        self.dropped[f"{name}: {verdict.reason}"] += 1


def draft(count: int, seed: int) -> list[Candidate]:
    """Candidates of the demo catalogue."""
    return list(SYNTHESIZERS[0].draft(Order(tools=demo_tools(), count=count, seed=seed)))


def known_project(count: int) -> tuple[Known, ...]:
    """Examples of a project whose test is asked in wordings of its own."""
    drafted = [one.example for one in draft(count, seed=99)]
    tested = {group for at, group in enumerate(dict.fromkeys(one.group for one in drafted)) if at % 5 == 0}
    return tuple(know(one, is_test=one.group in tested) for one in drafted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--known", type=int, default=20_000)
    told = parser.parse_args()
    bench = Bench(tools={tool.name: tool for tool in demo_tools()}, known=known_project(told.known))
    timed = Timed(bench)
    drafts = draft(told.count, seed=7)
    kept = [one for one in drafts if timed.pass_through(one)]
    _tell(timed, len(drafts), len(bench.known))
    broken = sum(any(True for _ in errors_of(one.example, bench)) for one in kept)
    print(f"{len(kept):,} kept, {broken} of them with an error finding")


def _tell(timed: Timed, n_drafts: int, n_known: int) -> None:
    for name, spent in timed.spent_s.items():
        print(
            f"{name:14} {spent:8.3f} s"
            + ("" if name.startswith("open") else f"  {spent / n_drafts * 1000:.3f} ms each")
        )
    promised = sum(spent for name, spent in timed.spent_s.items() if name in PROMISED)
    every = sum(spent for name, spent in timed.spent_s.items() if not name.startswith("open"))
    print(f"{n_drafts:,} drafts against {n_known:,} known examples, one core")
    print(f"gates 1, 2, 4, 5: {n_drafts / promised * A_MINUTE_S:,.0f} candidates a minute")
    print(f"all gates:        {n_drafts / every * A_MINUTE_S:,.0f} candidates a minute")
    print("dropped:", ", ".join(f"{what} {n:,}" for what, n in timed.dropped.most_common()) or "none")


if __name__ == "__main__":
    main()
