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
from curation.synthesizers import SYNTHESIZERS, Synthesizer, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.synthesis_orders import order_for

ALONE = tuple(one for one in SYNTHESIZERS if "model" not in one.needs)
"""Those that draft without asking anybody."""
members = pytest.mark.parametrize("synthesizer", SYNTHESIZERS, ids=lambda one: one.name)
lone_members = pytest.mark.parametrize("synthesizer", ALONE, ids=lambda one: one.name)


@members
def test_is_found_by_its_name(synthesizer: Synthesizer) -> None:
    assert get_synthesizer(synthesizer.name) is synthesizer


@lone_members
def test_drafts_at_most_the_count_and_the_same_again(synthesizer: Synthesizer) -> None:
    order = order_for(synthesizer, demo_tools(), 40, seed=11)
    first, second = list(synthesizer.draft(order)), list(synthesizer.draft(order))
    assert first == second
    assert 0 < len(first) <= 40


@lone_members
def test_every_candidate_is_free_of_errors_and_names_its_family(synthesizer: Synthesizer) -> None:
    tools = {tool.name: tool for tool in demo_tools()}
    for candidate in synthesizer.draft(order_for(synthesizer, demo_tools(), 60)):
        judged = judge(check(Reading(candidate.example), tools))
        assert [one.finding.message for one in judged if one.severity is Severity.ERROR] == []
        assert candidate.example.group


@lone_members
def test_every_candidate_survives_writing_and_reading(synthesizer: Synthesizer) -> None:
    for candidate in synthesizer.draft(order_for(synthesizer, demo_tools(), 60)):
        reading = read_row(encode(candidate.example))
        assert isinstance(reading, Reading)
        assert reading.example == candidate.example


@members
def test_knobs_have_defaults_that_are_among_their_choices(synthesizer: Synthesizer) -> None:
    for knob in synthesizer.parameters:
        assert knob.title
        assert not knob.choices or knob.default in knob.choices


@lone_members
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
    for candidate in synthesizer.draft(order_for(synthesizer, tools, 30)):
        assert all(turn.calls is None or turn.role == "assistant" for turn in candidate.example.messages)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match="schema_driven"):
        get_synthesizer("wishful")
