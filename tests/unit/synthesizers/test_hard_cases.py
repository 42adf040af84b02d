"""Templates of hard cases: each makes a sound, tagged conversation from any tools' own schemas."""

from __future__ import annotations

import json

import pytest

from curation.errors import BlockedError, NotFoundError
from curation.model.definition import Definition, Tool
from curation.model.envelope import encode
from curation.model.example import HARD_CASES
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check, judge
from curation.synthesizers.hard_case_texts import hard_cases
from curation.synthesizers.hard_cases import draft_hard_case
from curation.synthesizers.shop import demo_tools

SHOP = {tool.name: tool for tool in demo_tools()}


def test_every_hard_case_has_a_template() -> None:
    assert {one.tag for one in hard_cases().values()} - {""} == set(HARD_CASES)


@pytest.mark.parametrize("name", hard_cases())
@pytest.mark.parametrize("seed", range(3))
def test_template_makes_a_tagged_conversation_without_errors(name: str, seed: int) -> None:
    tools = [SHOP["cancel_order"], SHOP["track_order"]][: hard_cases()[name].tools]
    others = [tool for tool in SHOP.values() if tool not in tools]
    example = draft_hard_case(name, tools, others, seed=seed)
    assert example.tags == ((hard_cases()[name].tag,) if hard_cases()[name].tag else ())
    reading = read_row(encode(example))
    assert isinstance(reading, Reading)
    judged = judge(check(reading, SHOP), None)
    assert [one.finding.message for one in judged if one.severity is Severity.ERROR] == []
    assert "{" not in "".join(str(m.content) for m in example.messages if m.role != "tool")


def test_same_seed_gives_the_same_conversation() -> None:
    tools = [SHOP["track_order"]]
    assert draft_hard_case("missing_value", tools, seed=4) == draft_hard_case("missing_value", tools, seed=4)
    assert draft_hard_case("missing_value", tools, seed=4) != draft_hard_case("missing_value", tools, seed=5)


def test_missing_value_is_not_said_before_it_is_asked_for() -> None:
    example = draft_hard_case("missing_value", [SHOP["track_order"]], seed=1)
    label = example.messages[1].label
    assert label is not None
    assert label.missing == ("order_id",)
    call = (example.messages[3].calls or ())[0]
    value = json.loads(call.arguments.text)["order_id"]  # type: ignore[union-attr]
    assert value not in str(example.messages[0].content)
    assert value in str(example.messages[2].content)


def test_distractors_are_offered_and_never_called() -> None:
    others = [tool for tool in SHOP.values() if tool.name != "track_order"]
    example = draft_hard_case("distractor_tools", [SHOP["track_order"]], others)
    assert isinstance(example.tools, tuple)
    assert len(example.tools) == len(SHOP)
    assert {call.name for message in example.messages for call in message.calls or ()} == {"track_order"}


def test_hidden_instruction_stands_in_the_result_and_is_not_followed() -> None:
    example = draft_hard_case("instructions_in_result", [SHOP["track_order"], SHOP["cancel_order"]])
    results = [str(message.content) for message in example.messages if message.role == "tool"]
    assert "cancel the order" in results[0]
    assert {call.name for message in example.messages for call in message.calls or ()} == {"track_order"}


def test_too_few_tools_and_unknown_templates_are_named() -> None:
    with pytest.raises(BlockedError, match="takes 2 tools, 1 chosen"):
        draft_hard_case("required_order", [SHOP["track_order"]])
    with pytest.raises(NotFoundError, match="no template"):
        draft_hard_case("teapot", [SHOP["track_order"]])


def test_tool_without_arguments_cannot_be_asked_about() -> None:
    text = json.dumps({"type": "function", "function": {"name": "ping", "description": "Ping the host."}})
    with pytest.raises(BlockedError, match="takes no argument"):
        draft_hard_case("missing_value", [Tool(Definition(text))])
