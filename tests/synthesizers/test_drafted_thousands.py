"""Thousands of drafts: variety, completeness and pace for the demo, and no error on anybody's catalogue."""

from __future__ import annotations

import pytest

from benchmarks.synthesis import COUNT, DISTINCT_GATE, FASTEST_GATE_A_MINUTE, FEWEST, NEAR_GATE, draft_all, measure
from curation.synthesizers.shop import demo_tools
from tests.synthesizers.drafting import CATALOGUES, catalogue, errors_of, order_full

pytestmark = pytest.mark.long


def test_five_thousand_for_the_demo_are_varied_complete_and_free_of_errors() -> None:
    tools = demo_tools()
    candidates, short, seconds = draft_all(tools, COUNT)
    spread = measure(tools, candidates, short)
    assert spread.n >= FEWEST
    assert spread.distinct >= DISTINCT_GATE
    assert spread.near <= NEAR_GATE
    assert (spread.n_errors, spread.empty_cells, spread.unseen) == (0, (), ())
    assert len(candidates) / seconds * 60 >= FASTEST_GATE_A_MINUTE


@pytest.mark.parametrize("name", sorted(CATALOGUES))
def test_two_hundred_for_a_catalogue_nobody_wrote_words_for_have_no_error(name: str) -> None:
    tools = catalogue(name)
    candidates, short = order_full(tools, 200, seed=1)
    assert len(candidates) == 200
    assert all(one.why for one in short)
    assert [message for one in candidates for message in errors_of(one.example, tools)] == []
