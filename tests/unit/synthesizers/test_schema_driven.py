"""The schema-driven synthesizer: what it drafts for the shop and for tools nobody wrote words for."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import lru_cache

import msgspec
import pytest

from curation.errors import CurationError
from curation.execution.failures import explain_arguments
from curation.model.definition import Definition, Tool
from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS, Example
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.rules import check, judge
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.schema_driven import share_out
from curation.synthesizers.shop import demo_tools

draft = get_synthesizer("schema_driven").draft


def make_tool(name: str, description: str, properties: dict[str, object], required: list[str], **known: object) -> Tool:
    function = {
        "name": name,
        "description": description,
        "parameters": {"type": "object", "properties": properties, "required": required},
    }
    return Tool(Definition(json.dumps({"type": "function", "function": function})), **known)  # type: ignore[arg-type]


WEATHER = make_tool(
    "getWeather",
    "Returns the weather of a city.",
    {
        "city": {"type": "string"},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "days": {"type": "integer", "maximum": 9},
    },
    ["city"],
    side_effect="read",
)
BOOKING = make_tool(
    "book_room",
    "Book a room [beta] {x}",
    {
        "city": {"type": "string"},
        "guests": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "until": {"type": "string", "format": "date"},
        "wishes": {"type": "object", "properties": {"quiet": {"type": "boolean"}}, "required": ["quiet"]},
    },
    ["city", "guests", "wishes"],
    side_effect="write",
)
PING = make_tool("ping", "", {}, [])
STRANGERS = (WEATHER, BOOKING, PING)


@lru_cache(maxsize=4)
def shop(count: int = 1000, seed: int = 7) -> tuple[Candidate, ...]:
    return tuple(draft(Order(demo_tools(), count, seed=seed)))


@lru_cache(maxsize=1)
def strangers() -> tuple[Candidate, ...]:
    return tuple(draft(Order(STRANGERS, 300, seed=2)))


def errors_of(example: Example, tools: tuple[Tool, ...]) -> list[str]:
    judged = judge(check(Reading(example), {tool.name: tool for tool in tools}))
    return [one.finding.message for one in judged if one.severity is Severity.ERROR]


def requests(example: Example) -> str:
    return str(next(turn.content for turn in example.messages if turn.role == "user"))


def decisions(candidates: tuple[Candidate, ...]) -> list[str]:
    """`call` or the reason, for every turn a model learns."""
    turns = [turn for one in candidates for turn in one.example.messages if turn.role == "assistant"]
    return [
        "call" if turn.calls else str(turn.label and turn.label.reason)
        for turn in turns
        if msgspec.UNSET is turn.weight
    ]


def test_the_demo_gets_at_least_600_examples_over_five_tools() -> None:
    called = Counter(call.name for one in shop() for turn in one.example.messages for call in turn.calls or ())
    assert len(shop()) >= 600
    assert set(called) == {tool.name for tool in demo_tools()}
    assert min(called.values()) >= 100


@pytest.mark.parametrize(("candidates", "tools"), [(shop, demo_tools()), (strangers, STRANGERS)], ids=["shop", "any"])
def test_no_candidate_has_an_error(candidates: object, tools: tuple[Tool, ...]) -> None:
    found = [message for one in candidates() for message in errors_of(one.example, tools)]  # type: ignore[operator]
    assert found == []


def test_the_same_order_drafts_the_same_and_another_seed_does_not() -> None:
    assert tuple(draft(Order(demo_tools(), 80, seed=4))) == tuple(draft(Order(demo_tools(), 80, seed=4)))
    assert tuple(draft(Order(demo_tools(), 80, seed=4))) != tuple(draft(Order(demo_tools(), 80, seed=5)))


@pytest.mark.parametrize(
    ("candidates", "recoveries"),
    # Nothing a stranger's tool reads can show what its writes have done.
    [(shop, set(RECOVERY_KINDS)), (strangers, set(RECOVERY_KINDS) - {"read_before_retry"})],
    ids=["shop", "any"],
)
def test_every_reason_and_every_recovery_occurs(candidates: object, recoveries: set[str]) -> None:
    labels = [turn.label for one in candidates() for turn in one.example.messages if turn.label]  # type: ignore[operator]
    assert {label.reason for label in labels} >= set(NO_TOOL_REASONS)
    assert {label.recovery for label in labels} >= recoveries


def test_no_tool_decisions_are_15_to_20_percent_of_the_demo() -> None:
    made = decisions(shop())
    assert 0.15 <= sum(kind != "call" for kind in made) / len(made) <= 0.20


def test_no_request_is_drafted_twice() -> None:
    said = [tuple(str(t.content) for t in one.example.messages if t.role == "user") for one in shop()]
    assert len(said) == len(set(said))


def test_every_kind_has_forty_families_or_more_in_the_demo() -> None:
    families = defaultdict(set)
    for one in shop():
        kind = "no_tool" if one.category == "no_tool" else "calls"
        families[kind].add(one.example.group)
        families[str(one.example.group).rsplit("/", 1)[0]].add(one.example.group)
    assert len(families["no_tool"]) >= 100
    assert min(len(families[f"shop/{tool.name}"]) for tool in demo_tools()) == 112


def test_a_family_says_its_requests_in_words_no_other_family_uses() -> None:
    """The opening words of a family, up to the first value, belong to it alone."""
    openings = defaultdict(set)
    for one in shop():
        opening = requests(one.example).split(". ")[0]
        openings[opening].add(one.example.group)
    assert {opening: groups for opening, groups in openings.items() if len(groups) > 1 and len(opening) > 60} == {}


def test_a_question_asks_for_exactly_what_is_missing() -> None:
    asked = [one.example for one in shop() if "missing_information" in str(one.example.messages[-1].label)]
    assert len(asked) >= 20
    for example in asked:
        label = example.messages[-1].label
        assert label is not None
        assert str(example.messages[-1].content).count("?") == len(label.missing)
        if "order_id" in label.missing:
            assert not re.search(r"\b[A-Z][0-9]{4}\b", requests(example))


def test_a_corrected_call_follows_the_validators_own_message() -> None:
    tools = {tool.name: tool for tool in demo_tools()}
    corrected = [one.example for one in shop() if "corrected_argument" in str(one.example.messages[-1].label)]
    assert corrected
    for example in corrected:
        wrong, told, right = example.messages[-3:]
        first, second = wrong.calls[0], right.calls[0]  # type: ignore[index]
        message = explain_arguments(tools[str(first.name)], json.loads(first.arguments.text))  # type: ignore[union-attr]
        assert json.loads(str(told.content)) == {"error": message}
        assert explain_arguments(tools[str(second.name)], json.loads(second.arguments.text)) is None  # type: ignore[union-attr]


def test_a_failed_call_is_never_learned() -> None:
    failed = [one.example.messages[2] for one in shop() if one.category == "recovery"]
    assert failed
    assert all(turn.weight is not msgspec.UNSET for turn in failed)


def test_when_the_right_tool_is_not_offered_nothing_is_called() -> None:
    removed = [
        one.example
        for one in shop()
        if one.category == "no_tool"
        and "I cannot" in str(one.example.messages[-1].content)
        and one.example.group
        and one.example.group.split("/")[1] in {tool.name for tool in demo_tools()}
    ]
    assert removed
    for example in removed:
        offered = {definition.view.name for definition in example.tools or ()}
        assert example.group is not None
        assert example.group.split("/")[1] not in offered


def test_a_tool_is_spoken_of_by_its_description_when_there_are_no_words_for_it() -> None:
    said = [requests(one.example) for one in strangers() if one.example.messages[-1].calls]
    assert any("get the weather of a city" in text.lower() for text in said)
    assert any("book a room" in text.lower() for text in said)


def test_values_of_a_call_are_said_in_the_request() -> None:
    for one in strangers():
        last = one.example.messages[-1]
        if one.category == "positive" and last.calls and last.calls[0].name == "getWeather":
            city = json.loads(last.calls[0].arguments.text)["city"]  # type: ignore[union-attr]
            assert city.lower() in " ".join(str(t.content) for t in one.example.messages if t.role == "user").lower()


def test_a_tool_that_cannot_be_called_is_left_out_without_an_error() -> None:
    impossible = make_tool("never", "Do it", {"x": {"type": "integer", "minimum": 5, "maximum": 1}}, ["x"])
    assert list(draft(Order((impossible,), 10, mix={"positive": 1.0}))) == []


def test_an_order_without_tools_or_with_an_unknown_category_is_refused() -> None:
    with pytest.raises(CurationError, match="no tool to draft for"):
        list(draft(Order((), 5)))
    with pytest.raises(CurationError, match="no category"):
        list(draft(Order(demo_tools(), 5, mix={"poems": 1.0})))


@pytest.mark.parametrize("count", [1, 7, 100])
def test_shares_add_up_to_the_count(count: int) -> None:
    assert sum(share_out(count, {"a": 0.5, "b": 0.3, "c": 0.2}).values()) == count


def test_one_cell_can_be_ordered() -> None:
    drafted = list(draft(Order(demo_tools(), 12, mix={"no_tool.refuse": 1.0})))
    assert {one.example.messages[-1].label.reason for one in drafted} == {"refuse"}  # type: ignore[union-attr]
