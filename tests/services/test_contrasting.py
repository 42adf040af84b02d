"""Look-alike tools: found by what a model reads, counted by what tells them apart, drafted where that is lacking."""

from __future__ import annotations

import json

import pytest

from curation.errors import CurationError, StateError
from curation.model.definition import Definition, Tool
from curation.producing.record import CANDIDATES, read_candidates
from curation.rules.confusable import find_confusable
from curation.services import browsing, cataloguing, contrasting, writing
from curation.synthesizers.shop import demo_tools
from tests.making_here import make_orders
from tests.shop_rows import Desk


def tool(name: str, description: str, *arguments: str) -> Tool:
    properties = {one: {"type": "string", "description": f"The {one}."} for one in arguments}
    parameters = {"type": "object", "properties": properties, "required": list(arguments)}
    function = {"name": name, "description": description, "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})), side_effect="read")


FIND = tool("find_customer", "Finds the record of a customer by e-mail address.", "email")
GET = tool("get_customer", "Gives the record of a customer by e-mail address.", "email")
WHOLE = tool("refund_order", "Refunds the order of a customer.", "order_id")
PART = tool("refund_order_partly", "Refunds part of the order of a customer.", "order_id", "amount")
BILL = tool("send_invoice", "Sends the bill of a month.", "month")


def names(*tools: Tool) -> list[tuple[str, str]]:
    return [(one.a, one.b) for one in find_confusable([tool.definition for tool in tools])]


def test_tools_that_say_nearly_the_same_are_a_pair_and_others_are_not():
    assert names(FIND, GET, BILL) == [("find_customer", "get_customer")]
    assert names(*demo_tools()) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (tool("cancel_order", "Stops it.", "order_id"), tool("cancel_orders", "Ends several.", "order_id")),
        (tool("order_cancel", "Stops it.", "order_id"), tool("cancel_order", "Ends one.", "order_id")),
    ],
)
def test_names_alone_make_a_pair_where_the_arguments_are_the_same(one: Tool, other: Tool):
    assert names(one, other)


def test_tool_is_no_look_alike_of_itself_or_of_one_without_a_name():
    assert names(FIND, FIND, Tool(Definition("{}")), Tool(Definition("null"))) == []


def test_missing_contrasts_are_ordered_as_pairs_and_counted_then(desk: Desk):
    cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, [WHOLE, PART, BILL], nonce=desk.nonce())
    (pair,) = contrasting.list_look_alikes(desk.ws, desk.project_id)
    assert (pair.n_a, pair.n_b, pair.lacking, pair.to_order) == (0, 0, 8, 8)
    job = contrasting.order_contrasts(
        desk.ws, desk.actor, desk.project_id, "refund_order_partly", "refund_order", nonce=desk.nonce()
    )
    assert contrasting.list_under_way(desk.ws, desk.project_id) == {frozenset(("refund_order_partly", "refund_order"))}
    make_orders(desk.ws, desk.project_id)
    assert contrasting.list_under_way(desk.ws, desk.project_id) == frozenset()
    made = [one.candidate for one in read_candidates(job.run_dir / CANDIDATES)]
    assert {one.strategy for one in made} == {"contrast_pairs"}
    assert len({one.twin for one in made}) == len(made) / 2
    rows = browsing.list_examples(desk.ws, desk.project_id).rows
    offers = {
        tuple(sorted(one.view.name or "" for one in view.example.tools or ()))
        for row in rows
        if (view := writing.open_example(desk.ws, row.id))
    }
    assert all(offered[:2] == ("refund_order", "refund_order_partly") for offered in offers)
    (pair,) = contrasting.list_look_alikes(desk.ws, desk.project_id, "refund_order")
    assert (pair.n_a, pair.n_b, pair.lacking) == (4, 4, 0)
    assert contrasting.list_look_alikes(desk.ws, desk.project_id, "send_invoice") == ()
    with pytest.raises(CurationError, match="each way"):
        contrasting.order_contrasts(
            desk.ws, desk.actor, desk.project_id, "refund_order", "refund_order_partly", nonce=desk.nonce()
        )


def test_tools_that_nothing_tells_apart_are_refused_with_what_would_help(desk: Desk):
    cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, [FIND, GET], nonce=desk.nonce())
    with pytest.raises(StateError, match=r"No machine tells .* apart\..*descriptions"):
        contrasting.order_contrasts(
            desk.ws, desk.actor, desk.project_id, "get_customer", "find_customer", nonce=desk.nonce()
        )
    assert browsing.list_examples(desk.ws, desk.project_id).rows == ()


def test_one_to_write_by_hand_offers_both_and_nothing_else(desk: Desk):
    cataloguing.import_tools(desk.ws, desk.actor, desk.project_id, [FIND, GET, BILL], nonce=desk.nonce())
    view = contrasting.begin_contrast(
        desk.ws, desk.actor, desk.project_id, "get_customer", "find_customer", nonce=desk.nonce()
    )
    assert isinstance(view.example.tools, tuple)
    assert [one.view.name for one in view.example.tools] == ["find_customer", "get_customer"]
