"""Results hold what a look is made for, and answers tell it: no empty record as a success, no envelope as the news."""

from __future__ import annotations

import json
from random import Random

import pytest

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.acting import looks
from curation.synthesizers.answering import unwrap
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.clarifying import tell
from curation.synthesizers.contract import Cell
from curation.synthesizers.deck import Deck
from curation.synthesizers.outcomes import NO_DETAILS, is_known, says_something, tell_outcome
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.results import draw_outcome
from curation.synthesizers.scene import Request
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full, said_by

TEXT: dict[str, Json] = {"type": "string"}
RECORD: dict[str, Json] = {"type": "object", "properties": {"name": TEXT, "status": TEXT, "kind": TEXT}}
PAGE: dict[str, Json] = {"data": {"type": "array", "items": RECORD}, "object": TEXT, "has_more": {"type": "boolean"}}


def found(name: str, tool: str) -> Tool:
    return next(one for one in catalogue(name) if one.name == tool)


def looking(result: Json, name: str = "get_thing", **arguments: Json) -> Tool:
    return make_tool(name, "Get it.", dict(arguments), [], side_effect="read", result_schema=json.dumps(result))


def drawn(tool: Tool, arguments: dict[str, Json] | None = None, n: int = 25) -> list[Json]:
    made = []
    for seed in range(n):
        rng = Random(seed)
        made.append(draw_outcome(ArgumentDraws(DomainValues({}, {}), rng, Deck(rng)), tool, arguments or {}))
    return made


def answers(tool: Tool, outcome: Json, arguments: dict[str, Json] | None = None) -> tuple[str, str]:
    """What both ways of telling make of a result."""
    stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
    given = arguments or {}
    return tell_outcome(stage, Request(tool, "", "", given, {}), outcome), tell(stage, tool, given, outcome)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "object"}},
        {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "object"}}},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object"},
        {"type": "object", "properties": PAGE},
        {"type": "string"},
    ],
)
def test_a_look_brings_something_that_is_told(schema: Json) -> None:
    tool = looking(schema)
    for outcome in drawn(tool):
        assert says_something(tool, outcome), outcome
        for told in answers(tool, outcome):
            assert NO_DETAILS not in told
            assert any(str(leaf) in told for leaf in leaves(outcome)), (told, outcome)


def leaves(value: Json) -> list[Json]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [value] if inner is None else [leaf for one in inner for leaf in leaves(one)]


def test_a_page_is_told_by_what_is_in_it() -> None:
    page: Json = {"object": "list", "data": [{"name": "Rex", "status": "sold"}], "first_id": "A1", "has_more": False}
    for told in answers(looking({"type": "object", "properties": PAGE}), page):
        assert "Rex (sold)" in told
        assert not any(part in told for part in ("object", "A1", "has more"))


def test_a_thing_with_a_name_of_its_own_is_no_envelope() -> None:
    order: Json = {"id": 7, "items": [{"name": "Rex"}]}
    assert unwrap(order) is order


def test_what_is_found_agrees_with_what_was_asked_for() -> None:
    for outcome in drawn(found("swagger_petstore", "findPetsByStatus"), {"status": "sold"}):
        assert {one["status"] for one in outcome if "status" in one} <= {"sold"}
    page = found("openai", "listFineTuningJobCheckpoints")
    for outcome in drawn(page, {"fine_tuning_job_id": "ft-1", "limit": 1}):
        assert {one["fine_tuning_job_id"] for one in outcome["data"]} == {"ft-1"}
        assert len(outcome["data"]) == 1
        assert outcome.get("first_id") in (None, outcome["data"][0]["id"])
    for outcome in drawn(found("openai", "retrieveModel"), {"model": "atlas-mini-2"}):
        assert outcome["id"] == "atlas-mini-2"


def test_a_page_counts_what_it_holds() -> None:
    for outcome in drawn(found("uspto", "list-data-sets")):
        assert outcome.get("total") in (None, len(outcome["apis"]))


def test_a_key_for_whoever_logs_in_is_no_news() -> None:
    tool = found("swagger_petstore", "loginUser")
    assert not looks(tool)
    for told in answers(tool, "K4821", {"username": "ada"}):
        assert "K4821" not in told
        assert "logged in" in told


def test_what_was_done_is_named() -> None:
    tool = found("petstore_expanded", "deletePet")
    assert all("deleted pet 7" in told for told in answers(tool, {"ok": True}, {"id": 7}))


def test_nobody_tells_what_a_look_brings_of_which_nothing_is_known() -> None:
    """A conversation ends on the look, or tells what stands in its result."""
    tools = {tool.name: tool for tool in catalogue("github")}
    drafted = [
        *get_synthesizer("hard_cases").draft(Order(tuple(tools.values()), 120, seed=5)),
        *get_synthesizer("recoveries").draft(Order(tuple(tools.values()), 60, seed=5)),
    ]
    n_looks = 0
    for one in drafted:
        assert not any(NO_DETAILS in text for text in said_by(one.example, "assistant"))
        for called, result in zip(calls_of(one.example), said_by(one.example, "tool"), strict=False):
            n_looks += looks(tools[called[0]])
            assert not (looks(tools[called[0]]) and json.loads(result) == {"ok": True})
    assert n_looks > 20


def test_the_last_look_of_a_required_order_is_told_or_ends_it() -> None:
    cells = (Cell(40, "hard_case", "required_order"),)
    tools = catalogue("uspto")
    for one in get_synthesizer("hard_cases").draft(Order(tools, 0, seed=3, cells=cells)):
        last = one.example.messages[-1]
        assert "Both are done" not in str(last.content)


def test_no_answered_draft_of_a_stranger_tells_an_empty_result() -> None:
    for name in ("uspto", "openai", "swagger_petstore"):
        drafted, _ = order_full(catalogue(name), seed=2, cells=(Cell(60, "positive", "answered"),))
        results = [json.loads(text) for one in drafted for text in said_by(one.example, "tool")]
        assert [one for one in results if one in ({}, [], [{}], "")] == []


def test_a_look_that_nobody_declared_as_one_tells_what_it_found() -> None:
    for tool, outcome, fact in (
        (found("protocol_examples", "get_weather_data"), {"temperature": 2.5, "humidity": 48}, "temperature 2.5"),
        (make_tool("list_users", "Get a list of all users.", {}, []), [{"id": "F6359", "name": "Ada"}], "Ada"),
    ):
        assert tool.side_effect is None
        assert all(fact in told for told in answers(tool, outcome))


def test_no_note_is_hidden_in_an_answer_of_which_nothing_is_known() -> None:
    tools = catalogue("protocol_examples")
    known = {tool.name for tool in tools if is_known(tool)}
    order = Order(tools, 120, seed=3, parameters={"variety": "full"})
    hidden = [
        calls_of(one.example)
        for one in get_synthesizer("hard_cases").draft(order)
        if one.kind == "untrusted_instructions" and any(turn.role == "tool" for turn in one.example.messages)
    ]
    assert hidden
    assert {name for called in hidden for name, _ in called} <= known


@pytest.mark.parametrize(
    ("outcome", "told", "untold"),
    [
        (
            {
                "id": 4193,
                "photoUrls": ["https://maple.example/1"],
                "tags": ["small"],
                "name": "Waffles",
                "status": "sold",
            },
            ("id 4193", "name Waffles", "status sold"),
            "https",
        ),
        ({"size": 1, "depth": 2, "width": 3, "height": 4, "state": "open"}, ("size 1", "state open"), "height"),
    ],
)
def test_what_a_thing_is_and_its_state_are_told_before_where_its_picture_lies(
    outcome: dict[str, Json], told: tuple[str, ...], untold: str
) -> None:
    for said in answers(looking(RECORD), outcome):
        assert all(fact in said for fact in told), said
        assert untold not in said


def test_a_telling_that_leaves_something_out_says_so() -> None:
    five: Json = {"size": 1, "depth": 2, "width": 3, "height": 4, "weight": 5}
    said, _ = answers(looking(RECORD), five)
    assert said.endswith("height 4, and more.")
    four: Json = {"size": 1, "depth": 2, "width": 3, "height": 4}
    said, _ = answers(looking(RECORD), four)
    assert said.endswith("width 3 and height 4.")
