"""Which rows repeat a public benchmark: told by hashes of word triples, so that no benchmark text is shipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from curation.model.finding import Finding, Severity
from curation.rules.figures import whole_finding
from curation.rules.near import Sketch, sketch
from curation.rules.registry import rule

FILE = Path(__file__).with_name("benchmark_hashes.json")
KEPT = 12
"""The smallest hashes of a text that are kept; all of them of a short one."""
FEWEST_TRIPLES = 10
"""Shorter requests are asked by everybody."""
_SHARED = 0.75
_DIGITS = 8


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

    def find(self, of_row: Sketch) -> str | None:
        """The name of the benchmark that holds this row's request."""
        triples = of_row.shingles
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


def judge_overlap(names: Mapping[str, str]) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """D11: rows (id → benchmark) that repeat a benchmark."""
    for name in sorted(set(names.values())):
        rows = tuple(identifier for identifier, other in names.items() if other == name)
        said = "1 row repeats a request" if len(rows) == 1 else f"{len(rows):,} rows repeat requests"
        message = f"{said} of {name}; take them out, or never report that benchmark."
        yield whole_finding("D11", message, {"benchmark": name}), rows


def find_overlaps(sketches: Iterable[tuple[str, Sketch]]) -> dict[str, str]:
    """The rows (by id) that repeat a benchmark, with its name."""
    index = benchmark_index()
    return {identifier: name for identifier, one in sketches if (name := index.find(one)) is not None}
