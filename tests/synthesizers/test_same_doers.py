"""Two tools that do the very same are never offered together while only one of them is right."""

from __future__ import annotations

import pytest

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell
from curation.synthesizers.look_alikes import list_pairs, same_doers, stand_ins
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full

ISSUE: dict[str, Json] = {"issue_number": {"type": "integer"}}
METHOD: dict[str, Json] = {"method": {"type": "string", "enum": ["add", "reprioritize"]}}


def tools() -> tuple[Tool, ...]:
    return (
        make_tool("add_sub_issue", "Add a sub-issue to an issue.", ISSUE, ["issue_number"], side_effect="write"),
        make_tool("sub_issue_write", "Sub-issues.", ISSUE | METHOD, ["issue_number", "method"], side_effect="write"),
        make_tool("list_sub_issues", "List the sub-issues.", ISSUE, ["issue_number"], side_effect="read"),
        make_tool("close_issue", "Close an issue.", ISSUE, ["issue_number"], side_effect="write"),
    )


def drafted(strategy: str, name: str) -> list[Candidate]:
    order = Order(catalogue(name), 120, seed=2, parameters={"variety": "full"})
    return list(get_synthesizer(strategy).draft(order))


def test_one_act_of_a_tool_of_many_is_the_act_of_another_tool() -> None:
    assert same_doers(tools()) == {
        "add_sub_issue": frozenset({"sub_issue_write"}),
        "sub_issue_write": frozenset({"add_sub_issue"}),
    }
    assert tools()[1] in stand_ins(tools()[0], tools())
    assert not any({one.name, other.name} == {"add_sub_issue", "sub_issue_write"} for one, other in list_pairs(tools()))


def test_a_list_and_one_of_its_things_are_two_acts() -> None:
    assert not {"get_label", "list_label"} & same_doers(catalogue("github")).keys()
    assert same_doers(catalogue("openai")) == {}


@pytest.mark.parametrize("strategy", ["schema_driven", "near_misses", "contrast_pairs", "recoveries", "hard_cases"])
@pytest.mark.parametrize("name", ["github", "protocol_examples"])
def test_what_does_the_same_is_not_offered_beside(strategy: str, name: str) -> None:
    same = same_doers(catalogue(name))
    assert same
    for one in drafted(strategy, name):
        offered = {tool.view.name for tool in one.example.tools or ()}
        called = {name for name, _ in calls_of(one.example)}
        # Whoever names the other one too ("if that fails, …") has both called.
        assert not {other for name in called for other in same.get(name, ())} & (offered - called), called


CITY: dict[str, Json] = {"city": {"type": "string"}}
TWINS = tuple(
    make_tool(name, "Get the weather.", CITY, ["city"], side_effect="read", result_schema='{"type": "object"}')
    for name in ("get_weather", "get_weather_data")
)


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("multi_step", "shared"),
        ("multi_step", "in_order"),
        ("parallel", "different_tools"),
        ("recovery", "alternative_tool"),
    ],
)
def test_nobody_wants_the_same_of_two_tools_in_one_breath(category: str, kind: str) -> None:
    drafted, short = order_full(TWINS, cells=(Cell(6, category, kind),))
    assert not drafted
    assert short


def test_the_way_round_a_tool_is_none_that_does_the_same() -> None:
    drafted = get_synthesizer("recoveries").draft(Order(TWINS, 80, seed=1, parameters={"variety": "full"}))
    assert all(len({name for name, _ in calls_of(one.example)}) < len(TWINS) for one in drafted)
