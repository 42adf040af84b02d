"""Contrast pairs: two requests alike but for what decides."""

from __future__ import annotations

import json

from curation.model.definition import Definition, Tool
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.contract import Shortfall
from tests.synthesis_orders import catalogue, errors_in, openings_of


def tool(name: str, description: str, *required: str) -> Tool:
    schema = {
        "type": "object",
        "properties": {one: {"type": "string", "description": f"The {one}."} for one in required},
        "required": list(required),
    }
    function = {"name": name, "description": description, "parameters": schema}
    return Tool(Definition(json.dumps({"type": "function", "function": function})))


def pairs(tools: tuple[Tool, ...], count: int = 40) -> list[tuple[Candidate, Candidate]]:
    drafted = list(get_synthesizer("contrast_pairs").draft(Order(tools, count, seed=6)))
    return list(zip(drafted[::2], drafted[1::2], strict=True))


def differing(one: str, other: str) -> tuple[str, str]:
    """What is left of two texts without their shared beginning and end."""
    words, others = one.split(), other.split()
    while words and others and words[0] == others[0]:
        words, others = words[1:], others[1:]
    while words and others and words[-1] == others[-1]:
        words, others = words[:-1], others[:-1]
    return " ".join(words), " ".join(others)


def test_pairs_call_two_tools_that_are_both_offered_to_both() -> None:
    for one, other in pairs(catalogue("shop")):
        assert one.twin == other.twin
        assert one.tool != other.tool
        assert one.example.tools == other.example.tools
        assert {one.tool, other.tool} <= {offered.view.name for offered in one.example.tools or ()}


def test_only_what_is_asked_for_differs_where_the_facts_are_shared() -> None:
    for one, other in pairs(catalogue("shop")):
        mine, theirs = differing(*openings_of([one, other]))
        assert 1 <= len(mine.split()) <= 6
        assert 1 <= len(theirs.split()) <= 6


def test_tools_that_do_the_same_are_told_apart_by_what_is_given() -> None:
    tools = (
        tool("find_customer", "Find the customer.", "email"),
        tool("lookup_client", "Look up the client.", "phone"),
    )
    found = pairs(tools, 10)
    assert len(found) == 5
    for one, other in found:
        mine, theirs = differing(*openings_of([one, other]))
        assert "email" in mine.lower()
        assert "phone" in theirs.lower()
    assert errors_in([half for pair in found for half in pair], tools) == {}


def test_tools_that_nothing_tells_apart_give_no_pair_and_a_reason() -> None:
    tools = (tool("search_orders", "Search the orders.", "query"), tool("find_orders", "Find the orders.", "query"))
    short: list[Shortfall] = []
    assert list(get_synthesizer("contrast_pairs").draft(Order(tools, 6, tell_short=short.append))) == []
    assert sum(one.cell.count for one in short) == 6
