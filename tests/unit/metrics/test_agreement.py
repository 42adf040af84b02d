"""Alpha against published worked examples, against an implementation written another way, and by its properties."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.metrics.agreement import FEW_UNITS, alpha, measure

PUBLISHED = {
    # K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): two observers, binary, nothing missing (A).
    "binary": (["0100000010", "1110010000"], 0.095),
    # The same paper, two observers, five categories (B).
    "nominal": (["aabbdcccedda", "babbbccceddd"], 0.692),
    # The same paper, four observers, values missing (C).
    "missing": (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743),
    # Three observers over fifteen units, most of them seen by two.
    "three": (["*****34121133*3", "1*213343*******", "**21344*21133*4"], 0.691),
}


def _units(rows: list[str]) -> list[tuple[str | None, ...]]:
    return [tuple(None if value in "*." else value for value in column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples_come_out_as_printed(name: str) -> None:
    rows, printed = PUBLISHED[name]
    found = alpha(_units(rows))
    assert found is not None
    assert round(found, 3) == printed


def _other_way(units: list[tuple[str | None, ...]]) -> float | None:
    """By pairs: observed disagreement within units over the disagreement of all values put in one bag."""
    kept = [[value for value in unit if value is not None] for unit in units]
    kept = [unit for unit in kept if len(unit) > 1]
    n = sum(map(len, kept))
    matrix: dict[tuple[str, str], float] = defaultdict(float)
    for unit in kept:
        for i, a in enumerate(unit):
            for j, b in enumerate(unit):
                if i != j:
                    matrix[a, b] += 1 / (len(unit) - 1)
    bag = [value for unit in kept for value in unit]
    expected = sum(bag[i] != bag[j] for i in range(n) for j in range(n) if i != j)
    if not expected:
        return None
    observed = sum(weight for (a, b), weight in matrix.items() if a != b) / n
    return 1 - observed / (expected / (n * (n - 1)))


VALUES = st.sampled_from(["a", "b", "c", None])


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12))
def test_agrees_with_an_implementation_by_pairs(units: list[tuple[str | None, ...]]) -> None:
    found, other = alpha(units), _other_way(units)
    assert (found is None) == (other is None)
    if found is not None and other is not None:
        assert found == pytest.approx(other, abs=1e-9)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=12))
def test_who_said_it_and_in_which_order_does_not_matter(units: list[tuple[str | None, ...]]) -> None:
    assert alpha(units) == alpha([unit[::-1] for unit in units][::-1])


def test_full_agreement_is_one_and_one_value_alone_is_undefined() -> None:
    assert alpha([("a", "a"), ("b", "b")]) == 1
    alike = measure([("a", "a")] * 5)
    assert (alike.alpha, alike.low, alike.n, alike.n_equal) == (None, None, 5, 5)


def test_interval_holds_the_figure_narrows_with_more_units_and_is_the_same_each_time() -> None:
    units = [("a", "a"), ("b", "b"), ("a", "b"), ("a", "a"), ("b", "b")]
    few, many = measure(units), measure(units * 20)
    for one in (few, many):
        assert one.low is not None
        assert one.high is not None
        assert one.alpha is not None
        assert one.low <= one.alpha <= one.high
    assert (few.high or 0) - (few.low or 0) > (many.high or 0) - (many.low or 0)
    assert measure(units) == few
    assert (few.is_few, many.is_few, few.n) == (True, FEW_UNITS > 100, 5)
