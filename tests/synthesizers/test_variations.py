"""Variations of examples and conversations from records: what is exchanged, what stays, what is told of the rest."""

from __future__ import annotations

import json

import msgspec
import pytest

from curation.errors import CurationError
from curation.model.example import Example, Label
from curation.model.values import Json
from curation.synthesizers import Candidate, Order, get_synthesizer, turns
from curation.synthesizers.contract import Shortfall
from tests.synthesis_orders import catalogue, errors_in, openings_of
from tests.synthesizers.drafting import make_tool

SHOP = catalogue("shop")


def example(**changes: Json) -> Example:
    call = turns.call("track_order", {"order_id": "B4821"})
    told = (
        turns.user("Hi! Where on earth is B4821?"),
        turns.calling(call),
        turns.result(call, {"status": "packed", "place": "Leeds", "order": "B4821"}),
        turns.answer("Order B4821 is packed.", Label(reason="answer_directly")),
    )
    tools = tuple(tool.definition for tool in SHOP)
    return msgspec.structs.replace(Example(messages=told, tools=tools, group="g1"), **changes)


def vary(seed: Example, count: int = 12) -> list[Candidate]:
    return list(get_synthesizer("variations").draft(Order(SHOP, count, seeds=(seed,))))


def test_a_value_is_exchanged_in_the_request_the_call_the_result_and_the_answer() -> None:
    varied = vary(example())
    assert len(varied) == 12
    for candidate in varied:
        asked, called, result, answer = candidate.example.messages
        value = json.loads((called.calls or ())[0].arguments.text)["order_id"]  # type: ignore[union-attr]
        assert value != "B4821"
        assert all(value in str(turn.content) for turn in (asked, result, answer))
        assert "B4821" not in "".join(str(turn.content) for turn in candidate.example.messages)
        assert candidate.example.group == "g1"


def test_some_are_in_other_words_and_the_tools_in_another_order() -> None:
    varied = vary(example())
    own = [text for text in openings_of(varied) if text.startswith("Hi! Where on earth is")]
    assert 0 < len(own) < len(varied)
    assert len({one.example.tools for one in varied}) > 1


def test_an_example_without_a_group_gets_one_for_all_its_variations() -> None:
    groups = {one.example.group for one in vary(example(group=None))}
    assert len(groups) == 1
    assert groups != {None}


def test_nothing_to_start_from_is_said() -> None:
    with pytest.raises(CurationError, match="no example to vary"):
        list(get_synthesizer("variations").draft(Order(SHOP, 3)))
    with pytest.raises(CurationError, match="no scenario record"):
        list(get_synthesizer("scenarios").draft(Order(SHOP, 3)))


def tell(*records: dict[str, Json], mapping: str = "") -> tuple[list[Candidate], list[Shortfall]]:
    short: list[Shortfall] = []
    order = Order(SHOP, len(records), records=records, tell_short=short.append, parameters={"mapping": mapping})
    return list(get_synthesizer("scenarios").draft(order)), short


def called(candidate: Candidate) -> tuple[str, Json]:
    call = next(turn.calls[0] for turn in candidate.example.messages if turn.calls)
    return str(call.name), json.loads(call.arguments.text)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("record", "mapping", "tool", "arguments"),
    [
        (
            {"order_number": "B4821", "reason": "Wrong item"},
            "",
            "request_refund",
            {"order_id": "B4821", "reason": "wrong_item"},
        ),
        (
            {"order": {"id": "B4821"}, "new_address": "9 Mill Lane, Leeds"},
            "",
            "change_address",
            {"order_id": "B4821", "address": "9 Mill Lane, Leeds"},
        ),
        ({"event": "tracking", "order_id": "B4821"}, "", "track_order", {"order_id": "B4821"}),
        ({"tool": "cancel_order", "nr": "B4821"}, "nr = order_id", "cancel_order", {"order_id": "B4821"}),
        ({"complaint": "legal"}, "", "escalate", {"team": "legal"}),
    ],
)
def test_fields_become_arguments_by_name_type_and_list_of_values(
    record: dict[str, Json], mapping: str, tool: str, arguments: Json
) -> None:
    (candidate,), short = tell(record, mapping=mapping)
    assert called(candidate) == (tool, arguments)
    assert short == []
    assert errors_in([candidate], SHOP) == {}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"order_id": "B4821"}, "alike; name the right one in a field `tool`"),
        ({"colour": "red"}, "None of its fields is a parameter"),
        ({"intent": "refund", "amount": 3}, "gives no `order_id`, `reason`"),
        ({"tool": "track_order", "order_id": "no number"}, "does not take these values"),
    ],
)
def test_a_record_that_fits_no_tool_is_named_with_what_would_help(record: dict[str, Json], why: str) -> None:
    candidates, short = tell(record)
    assert candidates == []
    assert why in short[0].why
    assert short[0].why.startswith("Record 1 (")


def test_own_words_results_and_errors_of_a_record_are_kept() -> None:
    record: dict[str, Json] = {
        "tool": "track_order",
        "order_id": "B4821",
        "request": "where is my stuff??",
        "result": {"status": "delivered", "place": "Leeds"},
    }
    candidates, _ = tell(record, record)
    assert any(text.startswith("where is my stuff?? The order id is B4821.") for text in openings_of(candidates))
    assert "delivered" in str(candidates[0].example.messages[-1].content)
    (failed,), _ = tell({"tool": "cancel_order", "order_id": "B4821", "error": "This order was sent already."})
    assert failed.category == "recovery"
    assert "This order was sent already." in str(failed.example.messages[-1].content)


@pytest.mark.parametrize(
    ("record", "own"),
    [
        ({"query": "late hiking maps"}, False),
        ({"query": "please find my shoes"}, False),
        ({"query": "hiking maps", "message": "Re: FWD maps 2"}, False),
        ({"terms": "hiking maps", "query": "SELECT maps"}, False),
        ({"query": "hiking maps", "message": "do you have hiking maps?"}, True),
    ],
)
def test_only_what_was_said_to_somebody_is_taken_for_own_words(record: dict[str, Json], own: bool) -> None:
    """A search term, a subject line and what the tool is given are values, and nobody's request."""
    tool = make_tool("find_products", "Find products.", {"query": {"type": "string"}}, ["query"])
    records = ({"tool": "find_products", **record},) * 4
    order = Order((tool,), 4, records=records, parameters={"mapping": "terms = query"} if "terms" in record else {})
    openings = openings_of(list(get_synthesizer("scenarios").draft(order)))
    assert openings
    said = str(record.get("message", record["query"]))
    assert any(text == said for text in openings) == own


def test_a_mapping_that_says_nothing_is_refused() -> None:
    with pytest.raises(CurationError, match="no pair at `nr`"):
        tell({"nr": "B4821"}, mapping="nr =")
