"""Which rows repeat a public benchmark: told by hashes of word triples, so that no benchmark text is shipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from curation.model.finding import Finding, Severity
from curation.rules.figures import whole_finding
from curation.rules.near import sketch
from curation.rules.registry import rule
from curation.rules.row_names import RowNames

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from curation.rules.sketching import Sketches

FILE = Path(__file__).with_name("benchmark_hashes.json")
KEPT = 12
"""The smallest hashes of a text that are kept; all of them of a short one."""
FEWEST_TRIPLES = 10
"""Shorter requests are asked by everybody."""
_SHARED = 0.75
_DIGITS = 8
_MARKS = 1 << 20


class Benchmark(msgspec.Struct, frozen=True):
    """A public benchmark: its name, where it comes from, and the hashes of each of its requests."""

    name: str
    source: str
    licence: str
    rows: tuple[str, ...]


class BenchmarkIndex:
    """Finds benchmark requests by any of their hashes."""

    def __init__(self, benchmarks: Iterable[Benchmark]) -> None:
        self._rows: list[tuple[str, frozenset[int]]] = []
        self._by_hash: defaultdict[int, list[int]] = defaultdict(list)
        for benchmark in benchmarks:
            for text in benchmark.rows:
                hashes = frozenset(unpack(text))
                for one in hashes:
                    self._by_hash[one].append(len(self._rows))
                self._rows.append((benchmark.name, hashes))
        self._fewest = min((_SHARED * len(hashes) for _, hashes in self._rows), default=0.0)
        self._marked: npt.NDArray[np.bool_] | None = None

    def find_likely(self, sketches: Sketches) -> list[int]:
        """Rows that may repeat a request: far fewer than all, and none that does is missing."""
        import numpy as np

        if self._marked is None:
            self._marked = np.zeros(_MARKS, np.bool_)
            self._marked[np.array([*self._by_hash], np.uint32) % _MARKS] = True
        reached = np.concatenate(([0], np.cumsum(self._marked[sketches.triples % _MARKS])))
        counts = np.diff(reached[np.concatenate(([0], sketches.ends))])
        return np.flatnonzero(counts >= self._fewest).tolist()

    def find(self, triples: frozenset[int]) -> str | None:
        """The name of the benchmark that holds the request of a row with these triples."""
        counted: defaultdict[int, int] = defaultdict(int)
        for one in triples & self._by_hash.keys():
            for position in self._by_hash[one]:
                counted[position] += 1
        for position, n in counted.items():
            name, hashes = self._rows[position]
            if n >= _SHARED * len(hashes):
                return name
        return None


def hash_request(text: str) -> str | None:
    """The kept hashes of a request; None when it is too short to be known again."""
    hashes = sorted(sketch(text).shingles)
    if len(hashes) < FEWEST_TRIPLES:
        return None
    return "".join(f"{one:0{_DIGITS}x}" for one in hashes[:KEPT])


def unpack(text: str) -> list[int]:
    """The hashes of one request."""
    return [int(text[i : i + _DIGITS], 16) for i in range(0, len(text), _DIGITS)]


@lru_cache(maxsize=1)
def benchmark_index() -> BenchmarkIndex:
    """The index of the benchmarks that are shipped."""
    return BenchmarkIndex(msgspec.json.decode(FILE.read_bytes(), type=tuple[Benchmark, ...]))


@rule("D11", scope="dataset", severity=Severity.WARNING)
def benchmark_overlap() -> None:
    """Rows repeat the requests of a public benchmark.

    Who trains on a benchmark cannot be measured with it any more, and readers of your figures will rightly doubt
    them. Take the rows out, or never report that benchmark. Requests are compared by hashes of word triples with
    BFCL v4 live, API-Bank and Seal-Tools; very short requests are left alone.

    Bad: a request of BFCL with another name in it

    Good: requests from your own users
    """


class Overlaps:
    """Counts rows that repeat the requests of benchmarks."""

    def __init__(self) -> None:
        self._index = benchmark_index()
        self._rows: dict[str, RowNames] = {}

    def add(self, identifiers: Sequence[str], sketches: Sketches) -> None:
        """Take in some rows and their sketches."""
        for number in self._index.find_likely(sketches):
            name = self._index.find(frozenset(sketches.triples_of(number).tolist()))
            if name is not None:
                self._rows.setdefault(name, RowNames()).add(identifiers[number])

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        """D11: rows that repeat a benchmark."""
        for name, rows in sorted(self._rows.items()):
            said = "1 row repeats a request" if rows.n == 1 else f"{rows.n:,} rows repeat requests"
            message = f"{said} of {name}; take them out, or never report that benchmark."
            yield whole_finding("D11", message, {"benchmark": name}), rows
