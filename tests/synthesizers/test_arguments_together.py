"""Arguments go with each other as the descriptions say, and every call has something to act on."""

from __future__ import annotations

import json

import pytest

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.actions import method_of
from curation.synthesizers.conditions import are_kept, conditions_of, one_of_these
from curation.synthesizers.sharing import fits
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import CATALOGUES, calls_of, catalogue, make_tool, order_full

TEXT: dict[str, Json] = {"type": "string"}


def draw(tool: Tool, n: int = 60, among: tuple[Tool, ...] = ()) -> list[dict[str, Json]]:
    tools = among or (tool,)
    stage = Stage(Order(tools, 1, seed=3), tools, offers_all=False)
    drawn = [stage.draw(tool) for _ in range(n)]
    assert all(drawn)
    return [one.arguments for one in drawn if one]


def from_catalogue(name: str, tool: str) -> list[dict[str, Json]]:
    (found,) = (one for one in catalogue(name) if one.name == tool)
    return draw(found, among=catalogue(name))


def said(description: str, **more: Json) -> dict[str, Json]:
    return {"type": "string", "description": description, **more}


def act_tool(**properties: Json) -> Tool:
    method = {"type": "string", "enum": ["create", "update_one", "delete"]}
    return make_tool("write_note", "Write a note.", {"method": method, **properties}, ["method"])


@pytest.mark.parametrize(
    ("description", "fitting"),
    [
        ("Required for 'create' method.", {"create"}),
        ("Required for all methods except 'create'.", {"update_one", "delete"}),
        ("Required for 'create', optional for 'delete'.", {"create", "delete"}),
        ("Only used for 'delete' method.", {"delete"}),
        ("Use with 'update_one' method only.", {"update_one"}),
        ("New name (used only with 'update_one' to rename)", {"update_one"}),
    ],
)
def test_what_goes_with_some_methods_is_given_with_those_alone(description: str, fitting: set[str]) -> None:
    drawn = draw(act_tool(key=said(description)))
    assert {str(one["method"]) for one in drawn if "key" in one} == fitting
    needed = {str(one["method"]) for one in drawn if "key" not in one}
    if description.startswith("Required"):
        assert not needed & (fitting - {"delete"} if "optional" in description else fitting)


def test_one_of_two_is_always_given() -> None:
    properties = {"body": said("Required unless mark is provided."), "mark": said("Required unless body is provided.")}
    tool = make_tool("add_note", "Add a note.", properties, [])
    assert all({"body", "mark"} & one.keys() for one in draw(tool))


def test_what_excludes_each_other_is_never_given_together() -> None:
    properties = {
        "key": TEXT,
        "fields": said("Mutually exclusive with 'names'."),
        "names": said("Cannot be combined with fields."),
    }
    drawn = draw(make_tool("get_note", "Get a note.", properties, ["key"]))
    assert not any({"fields", "names"} <= one.keys() for one in drawn)
    assert {name for one in drawn for name in one} == {"key", "fields", "names"}


def test_what_counts_only_with_another_brings_it_along() -> None:
    properties = {
        "owner": said("If provided with repo, only that one is marked."),
        "repo": said("If provided with owner, only that one is marked."),
        "key": TEXT,
    }
    drawn = draw(make_tool("mark_note", "Mark a note.", properties, ["key"]))
    assert all(("owner" in one) == ("repo" in one) for one in drawn)
    assert any("owner" in one for one in drawn)


def test_a_condition_on_a_condition_is_kept() -> None:
    drawn = from_catalogue("github", "update_issue_state")
    with_twin = [one for one in drawn if "duplicate_of" in one]
    assert with_twin
    assert {(one["state"], one["state_reason"]) for one in with_twin} == {("closed", "duplicate")}


def test_methods_that_only_a_description_counts_up_are_acts_of_their_own() -> None:
    (tool,) = (one for one in catalogue("github") if one.name == "sub_issue_write")
    drawn = from_catalogue("github", "sub_issue_write")
    assert {one["method"] for one in drawn} == {"add", "remove", "reprioritize"}
    assert method_of(tool) == "method"
    assert all(("after_id" in one) != ("before_id" in one) for one in drawn if one["method"] == "reprioritize")


def test_a_record_gives_one_of_the_values_that_its_list_calls_alternatives() -> None:
    values = {"text_value", "number_value", "date_value", "single_select_option_id"}
    assert set(one_of_these("has exactly one of 'a' or 'b'. Set 'c' to true.")) == {"a", "b"}
    for one in from_catalogue("github", "set_issue_fields"):
        for record in one["fields"]:
            assert len(values & record.keys()) == 1
            assert "delete" not in record


def test_arguments_that_an_earlier_call_gave_are_held_against_the_descriptions_too() -> None:
    tool = act_tool(key=said("Required for 'create' method."))
    assert fits(tool, {"method": "delete"})
    assert not fits(tool, {"method": "create"})
    assert not fits(tool, {"method": "delete", "key": "K1"})


@pytest.mark.parametrize("strategy", ["schema_driven", "near_misses", "contrast_pairs", "hard_cases"])
def test_no_draft_calls_against_a_description(strategy: str) -> None:
    tools = {tool.name: tool for tool in catalogue("github")}
    assert any(conditions_of(tool) for tool in tools.values())
    order = Order(tuple(tools.values()), 150, seed=4)
    made = [call for one in get_synthesizer(strategy).draft(order) for call in calls_of(one.example)]
    assert made
    assert [(name, given) for name, given in made if not are_kept(tools[name], given)] == []


@pytest.mark.parametrize(
    ("name", "tool", "wanted"),
    [
        ("swagger_petstore", "loginUser", "username"),
        ("swagger_petstore", "updatePet", "id"),
        ("swagger_petstore", "createUser", "username"),
        ("swagger_petstore", "placeOrder", "petId"),
        ("swagger_petstore", "createUsersWithListInput", "body"),
        ("uspto", "perform-search", "criteria"),
        ("github", "get_file_contents", "path"),
    ],
)
def test_a_call_has_something_to_act_on(name: str, tool: str, wanted: str) -> None:
    assert all(wanted in one for one in from_catalogue(name, tool))


def test_what_is_optional_stays_so_where_something_else_says_which() -> None:
    assert any("id" not in one for one in from_catalogue("swagger_petstore", "updateUser"))
    assert any(not one for one in from_catalogue("petstore_expanded", "findPets"))


@pytest.mark.parametrize("name", sorted(CATALOGUES))
def test_nothing_is_done_to_nothing(name: str) -> None:
    takes = {tool.name: json.loads(tool.definition.view.parameters_text or "{}") for tool in catalogue(name)}
    drafted, _ = order_full(catalogue(name), 120, seed=9)
    bare = {called for one in drafted for called, given in calls_of(one.example) if not given}
    acting = {
        one for one in bare if takes[one].get("properties") and not one.startswith(("get", "list", "find", "ping"))
    }
    assert acting <= {"mark_all_notifications_read"}
