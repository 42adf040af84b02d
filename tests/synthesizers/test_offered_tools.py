"""Tools offered: varied, or all of a desk in one order, where nothing can be missing."""

from __future__ import annotations

import pytest

from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.synthesis_orders import seeds_of

TOOLS = tuple(sorted(demo_tools(), key=lambda tool: tool.name))


@pytest.mark.parametrize("strategy", ["near_misses", "contrast_pairs", "recoveries"])
def test_one_desk_offers_all_its_tools_in_one_order(strategy: str) -> None:
    order = Order(TOOLS, 60, seed=3, parameters={"offer": "all"})
    drafted = list(get_synthesizer(strategy).draft(order))
    assert len(drafted) == 60
    names = [tool.name for tool in TOOLS]
    for one in drafted:
        offered = [definition.view.name for definition in one.example.tools or ()]
        assert offered == [name for name in names if name in offered]
        # Who gives up has nobody to hand it to.
        assert offered == names or one.category == "recovery"


@pytest.mark.parametrize("has_seeds", [False, True])
def test_near_misses_of_one_desk_never_miss_a_tool(has_seeds: bool) -> None:
    seeds = seeds_of(TOOLS) if has_seeds else ()
    order = Order(TOOLS, 100, seed=3, parameters={"offer": "all"}, seeds=seeds)
    misses = [one for one in get_synthesizer("near_misses").draft(order) if one.category == "no_tool"]
    assert {one.kind for one in misses} == {"missing_information", "answer_directly", "cannot_be_done"}
    for one in (miss for miss in misses if miss.kind == "cannot_be_done"):
        assert any(definition.view.name == one.tool for definition in one.example.tools or ())
