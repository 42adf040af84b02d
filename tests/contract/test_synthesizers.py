"""What every synthesizer keeps to, whatever its strategy."""

from __future__ import annotations

import json

import pytest

from curation.errors import NotFoundError
from curation.model.definition import Definition, Tool
from curation.model.envelope import encode
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check, judge
from curation.synthesizers import SYNTHESIZERS, Order, Synthesizer, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.scripted_drafter import in_german, scripted_drafter
from tests.synthesis_orders import records_of

DRAFTED = tuple(one.example for one in SYNTHESIZERS[0].draft(Order(demo_tools(), 60, seed=2)))
members = pytest.mark.parametrize("synthesizer", SYNTHESIZERS, ids=lambda one: one.name)


def order_of(synthesizer: Synthesizer, tools: tuple[Tool, ...], count: int, seed: int = 1) -> Order:
    """An order with whatever the strategy needs."""
    drafter = scripted_drafter(seed, in_german) if "model" in synthesizer.needs else None
    seeds = DRAFTED if "examples" in synthesizer.needs else ()
    records = records_of(tools) if "records" in synthesizer.needs else ()
    return Order(tools, count, seed=seed, seeds=seeds, records=records, drafter=drafter)


@members
def test_is_found_by_its_name(synthesizer: Synthesizer) -> None:
    assert get_synthesizer(synthesizer.name) is synthesizer


@members
def test_drafts_at_most_the_count_and_the_same_again(synthesizer: Synthesizer) -> None:
    first, second = (list(synthesizer.draft(order_of(synthesizer, demo_tools(), 40, 11))) for _ in range(2))
    assert first == second
    assert 0 < len(first) <= 40


@members
def test_every_candidate_is_free_of_errors_and_names_its_family(synthesizer: Synthesizer) -> None:
    tools = {tool.name: tool for tool in demo_tools()}
    for candidate in synthesizer.draft(order_of(synthesizer, demo_tools(), 60)):
        judged = judge(check(Reading(candidate.example), tools))
        assert [one.finding.message for one in judged if one.severity is Severity.ERROR] == []
        assert candidate.example.group


@members
def test_nothing_but_the_shapes_it_names_is_drafted(synthesizer: Synthesizer) -> None:
    made = {one.category for one in synthesizer.draft(order_of(synthesizer, demo_tools(), 12))}
    assert made <= (set(synthesizer.shapes) or made)
    assert not (synthesizer.mixes and synthesizer.shapes), "a mix says the shapes"


@members
def test_every_candidate_survives_writing_and_reading(synthesizer: Synthesizer) -> None:
    for candidate in synthesizer.draft(order_of(synthesizer, demo_tools(), 60)):
        reading = read_row(encode(candidate.example))
        assert isinstance(reading, Reading)
        assert reading.example == candidate.example


@members
def test_knobs_have_defaults_that_are_among_their_choices(synthesizer: Synthesizer) -> None:
    for knob in synthesizer.parameters:
        assert knob.title
        assert not knob.choices or knob.default in knob.choices


@members
@pytest.mark.parametrize(
    "parameters",
    [
        None,
        True,
        {},
        {"type": "array"},
        {"type": "object", "properties": 3},
        {"type": "object", "properties": {"a": 1}},
    ],
    ids=json.dumps,
)
def test_a_broken_tool_gives_no_candidate_with_a_call_to_it_and_no_crash(
    synthesizer: Synthesizer, parameters: object
) -> None:
    broken = {"type": "function", "function": {"name": "odd", "description": "Odd", "parameters": parameters}}
    tools = (*demo_tools(), Tool(Definition(json.dumps(broken))))
    for candidate in synthesizer.draft(order_of(synthesizer, tools, 30)):
        assert all(turn.calls is None or turn.role == "assistant" for turn in candidate.example.messages)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match="schema_driven"):
        get_synthesizer("wishful")
