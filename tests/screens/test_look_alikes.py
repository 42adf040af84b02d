"""Under a tool: what is written for another version, and the tools it is easily taken for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.services import browsing, cataloguing
from tests.making_here import make_orders
from tests.screens.rows import pick_row
from tests.screens.stage import HOSTILE, Stage, make_tool, staged, texts

ORDER = (
    '{"type":"object","properties":{"order_id":{"type":"string","description":"Number of the order"}},'
    '"required":["order_id"]}'
)
WITH_CITY = (
    '{"type":"object","properties":{"order_id":{"type":"string","description":"Number of the order"},'
    '"city":{"type":"string","description":"The city"}},"required":["order_id","city"]}'
)


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    with staged(home) as opened:
        tools = [make_tool("cancel_order", ORDER), make_tool("order_cancel", WITH_CITY)]
        cataloguing.import_tools(opened.ws, opened.actor, opened.project.id, tools, nonce="alike")
        yield opened


def test_pair_is_shown_with_what_it_lacks_and_ordering_fills_it(stage: Stage) -> None:
    shown = stage.show("catalogue")
    assert not shown.exception
    said = texts(shown)
    assert "8 contrasts missing" in said
    assert "Calls of **cancel_order** with the other beside it: 0 of 4" in said
    shown.button(key="contrast.order.cancel_order.order_cancel").click().run()
    assert not shown.exception
    assert shown.button(key="contrast.order.cancel_order.order_cancel").disabled, "it is on order already"
    assert "cancel_order and order_cancel told apart" in texts(shown)
    make_orders(stage.ws, stage.project.id)
    assert len(browsing.list_examples(stage.ws, stage.project.id).rows) == 8
    shown.run()
    assert "contrasts missing" not in texts(shown)
    assert "8 of 8 candidates passed" in texts(shown)


def test_tool_like_no_other_says_nothing_of_the_kind(stage: Stage) -> None:
    tool = cataloguing.save_tool(
        stage.ws, stage.actor, stage.project.id, make_tool("zulu", '{"type":"object","properties":{}}'), nonce="zulu"
    )
    shown = stage.show("catalogue")
    pick_row(shown, "catalogue.rail", tool.id)
    assert shown.title[0].value == "zulu"
    assert "Easily taken for" not in texts(shown)


def test_hostile_names_stay_words(stage: Stage) -> None:
    for n in (1, 2):
        cataloguing.import_tools(
            stage.ws, stage.actor, stage.project.id, [make_tool(f"aa {HOSTILE} {n}", ORDER)], nonce=f"hostile {n}"
        )
    shown = stage.show("catalogue")
    assert "Easily taken for" in texts(shown)
    for kind in ("header", "markdown", "caption", "button"):
        for element in shown.get(kind):
            assert "![x](" not in f"{getattr(element, 'value', '')} {getattr(element, 'label', '')}"
