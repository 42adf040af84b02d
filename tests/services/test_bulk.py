"""Bulk work relaxes the garbage collector and puts it back, whatever happens and however many work at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from curation.services.bulk import THRESHOLD, relaxed_collector


@pytest.fixture(autouse=True)
def _usual_threshold() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_collector_is_relaxed_inside_only() -> None:
    with relaxed_collector():
        assert gc.get_threshold() == (THRESHOLD, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


def test_collector_is_put_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), relaxed_collector():
        raise ZeroDivisionError
    assert gc.get_threshold() == (700, 10, 10)


def test_first_to_end_leaves_it_relaxed_for_the_other() -> None:
    one, other = relaxed_collector(), relaxed_collector()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert gc.get_threshold() == (THRESHOLD, 10, 10)
    other.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("chosen", [0, 10 * THRESHOLD])
def test_collector_that_looks_less_often_is_left_alone(chosen: int) -> None:
    gc.set_threshold(chosen, 10, 10)
    with relaxed_collector():
        assert gc.get_threshold() == (chosen, 10, 10)
    assert gc.get_threshold() == (chosen, 10, 10)
