"""Orders with full variety: exactly the cells that were asked for, or a sentence why not."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest

from curation.errors import CurationError
from curation.model.definition import Definition, Tool
from curation.model.envelope import encode
from curation.synthesizers import Order
from curation.synthesizers.cells import KINDS
from curation.synthesizers.contract import Cell
from curation.synthesizers.schema_driven import draft
from curation.synthesizers.shop import demo_tools
from tests.synthesizers.drafting import CATALOGUES, calls_of, catalogue, errors_of, make_tool, order_full, said_by

ALL_CELLS = tuple(
    Cell(1, category, kind, tool.name) for category, kinds in KINDS.items() for kind in kinds for tool in demo_tools()
)


def test_a_plain_order_drafts_what_the_recorded_training_was_made_from() -> None:
    told = hashlib.sha256(b"".join(encode(one.example) for one in draft(Order(demo_tools(), 400, seed=7))))
    assert told.hexdigest() == "ad7112a9b6726c82d0fd9175a50e0bcb6e28ab0db5f6ee96977b367bd222e918"


def test_every_cell_of_the_demo_is_filled_or_told_with_the_reason() -> None:
    candidates, short = order_full(demo_tools(), cells=ALL_CELLS)
    filled = Counter((one.category, one.kind, one.tool) for one in candidates)
    told = {(one.cell.category, one.cell.kind, one.cell.tool): one for one in short}
    for cell in ALL_CELLS:
        key = cell.category, cell.kind, cell.tool
        assert (filled[key] == 1) != (key in told), key
    assert all(one.cell.count == 1 and f"`{one.cell.tool}`" in one.why for one in short)
    # What no shop can give: an id from a result, and a read that reads its own write.
    assert {(category, kind) for category, kind, _ in told} == {
        ("multi_step", "from_result"),
        ("multi_step", "shared"),
        ("recovery", "read_before_retry"),
    }


def test_cells_give_exactly_their_numbers_and_only_what_they_name() -> None:
    cells = (
        Cell(7, "no_tool", "refuse", "cancel_order"),
        Cell(5, "positive", "clarified"),
        Cell(3, "parallel", tool="escalate"),
    )
    candidates, short = order_full(demo_tools(), cells=cells)
    assert short == []
    assert Counter(one.category for one in candidates) == {"no_tool": 7, "positive": 5, "parallel": 3}
    refused = [one for one in candidates if one.category == "no_tool"]
    for one in refused:
        offered = {definition.view.name for definition in one.example.tools or ()}
        assert one.tool == "cancel_order"
        assert "cancel_order" in offered
        assert calls_of(one.example) == []
    assert all("escalate" in dict(calls_of(one.example)) for one in candidates if one.category == "parallel")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (Cell(1, "poems"), "no category"),
        (Cell(1, "no_tool", "boredom"), "no kind of `no_tool`"),
        (Cell(1, tool="fly"), "no tool `fly`"),
    ],
)
def test_a_cell_that_there_is_not_is_refused_with_a_choice(cell: Cell, told: str) -> None:
    with pytest.raises(CurationError, match=told) as caught:
        order_full(demo_tools(), cells=(cell,))
    assert caught.value.hint


def test_the_same_order_drafts_the_same_again() -> None:
    first, again = order_full(demo_tools(), 60, seed=3)[0], order_full(demo_tools(), 60, seed=3)[0]
    assert first == again
    assert first != order_full(demo_tools(), 60, seed=4)[0]


def test_no_first_turn_is_drafted_twice_and_nothing_has_an_error() -> None:
    candidates, _ = order_full(demo_tools(), 160, seed=5)
    first = [said_by(one.example)[0].lower() for one in candidates]
    assert len(first) == len(set(first)) == 160
    assert [message for one in candidates for message in errors_of(one.example, demo_tools())] == []


def test_every_fixed_value_and_every_optional_parameter_comes_up_and_stays_away() -> None:
    search = make_tool(
        "search_flights",
        "Search flights",
        {
            "origin": {"type": "string"},
            "cabin": {"enum": ["economy", "premium_economy", "business", "first"]},
            "date": {"type": "string", "format": "date"},
            "max_stops": {"type": "integer", "minimum": 0, "maximum": 3},
            "refundable": {"type": "boolean"},
        },
        ["origin"],
    )
    candidates, _ = order_full((search,), cells=(Cell(60, "positive", "direct"),))
    given = [arguments for one in candidates for _, arguments in calls_of(one.example)]
    assert {one.get("cabin") for one in given} == {None, "economy", "premium_economy", "business", "first"}
    for name in ("cabin", "date", "max_stops", "refundable"):
        assert any(name in one for one in given)
        assert any(name not in one for one in given)


@pytest.mark.parametrize("name", sorted(set(CATALOGUES) - {"github"}))
def test_catalogues_of_other_people_give_candidates_without_errors(name: str) -> None:
    tools = catalogue(name)
    candidates, short = order_full(tools, 24, seed=1)
    assert len(candidates) == 24
    assert all(one.why for one in short)
    assert [message for one in candidates for message in errors_of(one.example, tools)] == []


def test_a_tool_that_cannot_be_called_is_told_with_the_reason() -> None:
    impossible = make_tool("never", "Do it", {"x": {"type": "integer", "minimum": 5, "maximum": 1}}, ["x"])
    candidates, short = order_full((impossible,), cells=(Cell(3, "positive", "direct"),))
    assert candidates == []
    assert [one.cell.count for one in short] == [3]


def test_deeds_say_what_was_asked_for() -> None:
    for one in order_full(demo_tools(), 80, seed=2)[0]:
        called = [(deed.tool, deed.arguments) for deed in one.deeds or ()]
        assert called == ([] if one.category == "recovery" else calls_of(one.example))
        assert (one.deeds is None) == (one.category == "recovery")
        assert one.strategy == "schema_driven"


ODD_SCHEMAS: list[object] = [
    None,
    {"type": "object", "properties": 3},
    {"type": "object", "properties": {"a": True, "": {"type": "string"}, "🙂": {"type": "integer"}, "_": {"enum": []}}},
    {"type": "object", "properties": {"x": {"$ref": "#/properties/x"}, "method": {"enum": ["get_x", 3, None]}}},
    {"type": "object", "required": "x", "properties": {"x": {"type": ["string", "null"], "format": 7, "default": 3}}},
    {"type": "object", "properties": {"[x]": {"type": "string"}, "{y}": {"type": "array", "minItems": "a"}}},
]


@pytest.mark.parametrize("schema", ODD_SCHEMAS, ids=str)
def test_odd_tools_are_drafted_for_or_told_about_and_never_a_crash(schema: object) -> None:
    known = json.dumps(schema)
    if isinstance(schema, dict) and isinstance(schema["properties"], dict):
        schema = {"required": list(schema["properties"]), **schema}
    function = {"name": "get_[🙂|y]_by_", "description": "Gets [x|{y}]", "parameters": schema}
    odd = Tool(Definition(json.dumps({"type": "function", "function": function})), result_schema=known)
    cells = tuple(Cell(1, category, kind, odd.name) for category, kinds in KINDS.items() for kind in kinds)
    candidates, short = order_full((odd, *demo_tools()), cells=cells)
    assert len(candidates) + sum(one.cell.count for one in short) == len(cells)
    assert all(one.why for one in short)


def test_a_category_of_another_strategy_is_told_and_the_rest_is_drafted() -> None:
    candidates, short = order_full(demo_tools(), cells=(Cell(2, "hard_case"), Cell(3, "positive", "direct")))
    assert len(candidates) == 3
    assert [(one.cell.category, one.cell.count) for one in short] == [("hard_case", 2)]
    assert "hard_cases" in short[0].why


def test_a_mix_of_one_kind_is_never_made_up_for_with_another() -> None:
    silent = make_tool("list_versions", "List versions", {}, [])
    order = Order((silent,), 5, mix={"no_tool.missing_information": 1.0}, parameters={"variety": "full"})
    assert list(draft(order)) == []
