"""What is found through files and in parts is what comparing all rows in memory finds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.model.example import Example
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check_dataset, families, grouping, spool, spooled_rows
from curation.rules.digest import Digest, digest
from curation.rules.near import LIKE, Sketch, likeness, sketch

WORDS = ("where", "is", "my", "order", "cancel", "it", "please", "now", "the", "red", "parcel", "x1", "x2", "größe")
BAND_BYTES = 8
SEEN_BYTES = 16
Told = list[tuple[str, tuple[str, ...]]]


def make_row(request: str, called: str | None, group: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"role": "assistant", "content": "Done."}
    if called is not None:
        function = {"name": "find", "arguments": json.dumps({"q": called})}
        answer = {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": function}]}
    row: dict[str, Any] = {"messages": [{"role": "user", "content": request}, answer]}
    return row if group is None else {**row, "group": group}


REQUESTS = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
ROWS = st.builds(
    make_row,
    st.one_of(REQUESTS, st.sampled_from(["where is my order please", "where is my order please now x1", "cancel it"])),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([None, "g", "h", ""]),
)
SPLITS = ("train", "test", "")


def read(row: dict[str, Any]) -> Example:
    reading = read_row(json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading.example


def share_a_band(a: Sketch, b: Sketch) -> bool:
    starts = range(0, len(a.bins), BAND_BYTES)
    return bool(a.triples) and any(a.bins[at : at + BAND_BYTES] == b.bins[at : at + BAND_BYTES] for at in starts)


def families_in_memory(digests: Sequence[Digest]) -> list[list[Digest]]:
    """Those that hang together by likeness, every pair compared."""
    sketches = [sketch(one.shape) for one in digests]
    joined = {place: {place} for place in range(len(digests))}
    for a, b in combinations(range(len(digests)), 2):
        is_like = likeness(sketches[a].shingles, sketches[b].shingles) >= LIKE
        if joined[a] is not joined[b] and share_a_band(sketches[a], sketches[b]) and is_like:
            joined[a] |= joined[b]
            for place in joined[b]:
                joined[place] = joined[a]
    distinct = sorted({tuple(sorted(members)) for members in joined.values() if len(members) > 1})
    return [[digests[place] for place in members] for members in distinct]


def ids(rows: Sequence[Digest]) -> tuple[str, ...]:
    return tuple(one.id for one in rows)


def is_leak(rows: Sequence[Digest]) -> bool:
    return len({one.split for one in rows if one.split}) > 1


def find_in_memory(digests: Sequence[Digest]) -> Told:
    """Code and rows of what D02 to D05 say, from everything held at once."""
    told: Told = []
    same: defaultdict[bytes, list[Digest]] = defaultdict(list)
    torn: defaultdict[str, list[Digest]] = defaultdict(list)
    seen: defaultdict[bytes, list[tuple[Digest, bytes]]] = defaultdict(list)
    for one in digests:
        same[one.normal].append(one)
        if one.group is not None and one.split:
            torn[one.group].append(one)
        for choice in one.choices:
            seen[choice[:SEEN_BYTES]].append((one, choice[SEEN_BYTES:]))
    for rows in same.values():
        if len(rows) > 1:
            told += [(code, ids(rows)) for code in ("D02", "D04")[: 1 + is_leak(rows)]]
    for rows in families_in_memory(digests):
        if len({one.normal for one in rows}) > 1:
            if len({one.group for one in rows}) > 1 or rows[0].group is None:
                told.append(("D03", ids(rows)))
            if is_leak(rows):
                told.append(("D04", ids(rows)))
    told += [("D04", ids(rows)) for _, rows in sorted(torn.items()) if is_leak(rows)]
    for pairs in seen.values():
        if len({called for _, called in pairs}) > 1:
            told.append(("D05", ids([one for one, _ in pairs])))
    return told


@pytest.fixture(params=["in memory", "in files and parts"])
def _limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in files and parts":
        monkeypatch.setattr(spool, "KEPT_BYTES", 64)
        monkeypatch.setattr(spool, "BLOCK", 3)
        monkeypatch.setattr(spooled_rows, "BLOCK", 2)
        monkeypatch.setattr(spooled_rows, "AT_ONCE", 2)
        monkeypatch.setattr(grouping, "MOST_AT_ONCE", 4)
        monkeypatch.setattr(families, "ROWS_IN_BLOCK", 5)
        monkeypatch.setattr(families, "PAIRS_AT_ONCE", 3)


@pytest.mark.usefixtures("_limits")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ROWS, st.sampled_from(SPLITS)), max_size=24))
def test_rows_that_belong_together_are_those_found_in_memory(rows: list[tuple[dict[str, Any], str]]) -> None:
    examples = [(str(n), read(row)) for n, (row, _) in enumerate(rows)]
    splits = {str(n): split for n, (_, split) in enumerate(rows)}
    found = check_dataset(examples, splits=splits)
    told = [(one.finding.code, one.examples) for one in found if one.finding.code in ("D02", "D03", "D04", "D05")]
    assert told == find_in_memory([digest(name, example, splits[name]) for name, example in examples])


@pytest.mark.usefixtures("_limits")
def test_every_row_of_a_mould_is_found_beyond_the_rows_compared_pair_by_pair() -> None:
    request = "my parcel with the number {} should have come on tuesday but nobody rang the bell so where is it now"
    rows = [(str(n), read(make_row(request.format(n), None, None))) for n in range(150)]
    (family,) = [one for one in check_dataset(rows) if one.finding.code == "D03"]
    assert family.n_examples == 150
    assert family.examples == tuple(str(n) for n in range(100))
