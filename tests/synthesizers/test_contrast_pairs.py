"""Contrast pairs: two requests alike but for what decides."""

from __future__ import annotations

import json

from curation.model.definition import Definition, Tool
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.contract import Shortfall
from curation.synthesizers.frames import slots_of
from curation.synthesizers.lesson_words import written_pairs
from curation.synthesizers.wordings import parameters_of, required_of
from tests.synthesis_orders import catalogue, errors_in, openings_of
from tests.synthesizers.drafting import calls_of, make_tool
from tests.synthesizers.drafting import catalogue as catalogue_of

OPENERS = {"Please", "Can", "Could", "Would", "I", "We", "My", "Our", "The", "It", "Let", "Now", "So", "Next", "There"}
"""First words of sentences that are built around an act."""


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


def test_pairs_call_two_tools_that_are_both_offered_to_both() -> None:
    for one, other in pairs(catalogue("shop")):
        assert one.twin == other.twin
        assert one.tool != other.tool
        assert one.example.tools == other.example.tools
        assert {one.tool, other.tool} <= {offered.view.name for offered in one.example.tools or ()}


def test_what_both_tools_are_told_is_the_same_in_both_halves() -> None:
    for name in ("shop", "swagger_petstore.yaml"):
        for one, other in pairs(catalogue(name)):
            ((_, mine),), ((_, theirs),) = calls_of(one.example), calls_of(other.example)
            assert all(mine[key] == theirs[key] for key in mine.keys() & theirs.keys())


def test_a_packs_pairs_are_what_customers_would_write() -> None:
    openings = openings_of([half for pair in pairs(catalogue("shop"), 100) for half in pair])
    assert not any("order id" in text.lower() or "reason “" in text for text in openings)
    families = {one.example.group for one, _ in pairs(catalogue("shop"), 100)}
    assert len(families) >= 45


def test_written_pairs_name_only_what_the_shop_knows() -> None:
    """A slot that nothing fills would leave a hole in the sentence."""
    tools = {one.name: one for one in catalogue("shop")}
    for pair in written_pairs("shop"):
        known = {name for one in pair.tools for name in parameters_of(tools[one])}
        for said in pair.say:
            assert set(slots_of(said)) <= known | {"thing", "day", "name"}, said
        open_values = [set(required_of(tools[one])) - pair.given.keys() for one in pair.tools]
        assert all(needed <= set(slots_of(said)) for needed, said in zip(open_values, pair.say, strict=True)), pair.say


def test_other_tools_are_asked_for_in_one_sentence_and_are_about_the_same() -> None:
    found = pairs(catalogue_of("github"), 100)
    for one, other in found:
        mine, theirs = openings_of([one, other])
        assert mine != theirs
        first, second = mine.split()[0], theirs.split()[0]
        # A sentence may begin with the act itself, which is what differs.
        assert first == second or not {first, second} & OPENERS, (mine, theirs)
    named = {frozenset((one.tool, other.tool)) for one, other in found}
    assert frozenset(("delete_repository", "get_file_contents")) not in named
    assert frozenset(("add_issue_comment", "actions_run_trigger")) not in named


def test_one_of_many_and_all_of_them_are_asked_for_in_their_own_words() -> None:
    """A request for one alert without its number is no request for the list of them."""
    text, number = {"type": "string"}, {"type": "integer"}
    one = make_tool("get_alert", "Get an alert.", {"repo": text, "alert_number": number}, ["repo", "alert_number"])
    many = make_tool("list_alerts", "List alerts.", {"repo": text}, ["repo"])
    for first, second in pairs((one, many), 10):
        said = dict(zip((first.tool, second.tool), openings_of([first, second]), strict=True))
        assert "list alerts" in said["list_alerts"].lower()
        assert "get" in said["get_alert"].lower()


def test_tools_that_do_the_same_are_told_apart_by_what_is_given() -> None:
    tools = (
        tool("find_customer", "Find the customer.", "email"),
        tool("lookup_client", "Look up the client.", "phone"),
    )
    found = pairs(tools, 10)
    assert len(found) == 5
    for one, other in found:
        mine, theirs = openings_of([one, other])
        assert "email" in mine.lower()
        assert "phone" in theirs.lower()
        assert "client" not in theirs.lower()
    assert errors_in([half for pair in found for half in pair], tools) == {}


def test_tools_that_nothing_tells_apart_give_no_pair_and_a_reason() -> None:
    tools = (tool("search_orders", "Search the orders.", "query"), tool("find_orders", "Find the orders.", "query"))
    short: list[Shortfall] = []
    assert list(get_synthesizer("contrast_pairs").draft(Order(tools, 6, tell_short=short.append))) == []
    assert sum(one.cell.count for one in short) == 6
