"""A result fits its call and itself: what was searched, filtered, sorted or changed, and whose record it is."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.clarifying import tell
from curation.synthesizers.contract import Cell
from curation.synthesizers.deck import Deck
from curation.synthesizers.one_person import agree_on_person
from curation.synthesizers.ordering import in_time_order, put_in_order
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.results import draw_outcome
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full

TEXT: dict[str, Json] = {"type": "string"}
WHOLE: dict[str, Json] = {"type": "integer"}


def found(name: str, tool: str) -> Tool:
    return next(one for one in catalogue(name) if one.name == tool)


def drawn(tool: Tool, arguments: dict[str, Json], n: int = 25) -> list[Any]:
    made = []
    for seed in range(n):
        rng = Random(seed)
        made.append(draw_outcome(ArgumentDraws(DomainValues({}, {}), rng, Deck(rng)), tool, arguments))
    return made


@pytest.mark.parametrize(
    ("name", "tool", "arguments", "words"),
    [
        ("github", "search_repositories", {"query": "chess engine"}, ("chess", "engine")),
        ("github", "search_orgs", {"query": "night markets"}, ("night", "markets")),
        ("uspto", "perform-search", {"criteria": "garden plants"}, ("garden", "plants")),
    ],
)
def test_what_a_search_finds_has_to_do_with_what_was_searched(
    name: str, tool: str, arguments: dict[str, Json], words: tuple[str, ...]
) -> None:
    for outcome in drawn(found(name, tool), arguments):
        assert all(word in json.dumps(one).lower() for one in outcome for word in words)


def test_search_words_that_only_a_machine_reads_stand_in_no_title() -> None:
    for outcome in drawn(found("github", "search_repositories"), {"query": "is:open label:bug"}):
        assert "is:open" not in json.dumps(outcome).lower()


def test_what_was_filtered_by_is_shown_in_everything_found() -> None:
    for outcome in drawn(found("swagger_petstore", "findPetsByStatus"), {"status": "sold"}):
        assert {one["status"] for one in outcome} == {"sold"}
    for outcome in drawn(found("swagger_petstore", "findPetsByTags"), {"tags": ["urgent", "archive"]}):
        assert {tag["name"] for one in outcome for tag in one["tags"]} <= {"urgent", "archive"}


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_list_is_in_the_order_that_was_asked_for(direction: str) -> None:
    pages = drawn(found("openai", "listFiles"), {"order": direction})
    assert any(page["data"][0]["created_at"] != page["data"][-1]["created_at"] for page in pages)
    for outcome in pages:
        moments = [one["created_at"] for one in outcome["data"]]
        assert moments == sorted(moments, reverse=direction == "desc")
        assert not outcome["has_more"]
        assert (outcome["first_id"], outcome["last_id"]) == (outcome["data"][0]["id"], outcome["data"][-1]["id"])


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_page_that_was_put_in_order_names_its_first_and_its_last(direction: str) -> None:
    moment: dict[str, Json] = {"type": "integer", "minimum": 1735732800, "maximum": 1756717200}
    parts: dict[str, Json] = {"id": TEXT, "created_at": moment}
    file: dict[str, Json] = {"type": "object", "properties": parts, "required": list(parts)}
    page: dict[str, Json] = {"data": {"type": "array", "items": file, "minItems": 3}, "first_id": TEXT, "last_id": TEXT}
    result = json.dumps({"type": "object", "properties": page, "required": list(page)})
    asked: dict[str, Json] = {"order": {"type": "string", "description": "By `created_at`."}}
    lists = make_tool("list_files", "List files.", asked, [], side_effect="read", result_schema=result)
    pages = drawn(lists, {"order": direction})
    assert any(page["data"][0]["created_at"] != page["data"][-1]["created_at"] for page in pages)
    for outcome in pages:
        moments = [one["created_at"] for one in outcome["data"]]
        assert moments == sorted(moments, reverse=direction == "desc")
        assert (outcome["first_id"], outcome["last_id"]) == (outcome["data"][0]["id"], outcome["data"][-1]["id"])


@pytest.mark.parametrize(
    ("arguments", "column", "in_order"),
    [
        ({"sort": "price"}, [7.5, 5, 6.25], [5, 6.25, 7.5]),
        ({"sort": "-price"}, [7.5, 5, 6.25], [7.5, 6.25, 5]),
        ({"sort": "price", "order": "desc"}, [5, 7.5, 6.25], [7.5, 6.25, 5]),
        ({"sort": "price"}, ["Rex", "Ada", "Bo"], ["Ada", "Bo", "Rex"]),
        ({"sort": "price"}, ["2026-01-05", "2026-03-01", "2026-02-01"], ["2026-03-01", "2026-02-01", "2026-01-05"]),
        ({"sort": "price"}, [True, False, True], [True, False, True]),
        ({"sort": "price"}, [5, None, 4], [5, None, 4]),
    ],
)
def test_numbers_and_names_go_up_and_the_latest_comes_first(
    arguments: dict[str, Json], column: list[Json], in_order: list[Json]
) -> None:
    found = put_in_order([{"price": one} for one in column], make_tool("list_items", "List.", {}, []), arguments)
    assert [one["price"] for one in found] == in_order


def test_nothing_ends_before_it_began() -> None:
    kept = in_time_order({"finished_at": 1735732800, "created_at": 1756717200, "bytes": 5}, ())
    assert kept == {"finished_at": 1756717200, "created_at": 1735732800, "bytes": 5}
    named = {"created_at": "2026-03-02", "due_date": "2026-01-02"}
    assert in_time_order(named, ("due_date",)) == named
    for outcome in drawn(found("openai", "listPaginatedFineTuningJobs"), {}, 60):
        for one in outcome["data"]:
            assert one["finished_at"] is None or one["finished_at"] >= one["created_at"]
            assert one["error"] is None or one["status"] == "failed"


def test_a_result_is_about_the_id_that_was_asked_for_and_an_order_has_its_own() -> None:
    assert {one["id"] for one in drawn(found("petstore", "showPetById"), {"petId": "812"})} == {812}
    placed = [one["id"] for one in drawn(found("swagger_petstore", "placeOrder"), {"petId": 77}) if "id" in one]
    assert placed
    assert 77 not in placed
    shown = drawn(found("swagger_petstore", "getPetById"), {"petId": 77})
    assert {one.get("id") for one in shown} == {77}


def test_a_thing_named_by_text_whose_id_is_a_number_is_named_by_digits() -> None:
    drafted, _ = order_full((found("petstore", "showPetById"),), 20)
    named = [arguments["petId"] for one in drafted for _, arguments in calls_of(one.example)]
    assert named
    assert all(str(one).isdecimal() for one in named)


def test_a_state_is_changed_to_one_that_the_result_knows() -> None:
    drafted, _ = order_full((found("swagger_petstore", "updatePetWithForm"),), 60)
    calls = [arguments for one in drafted for _, arguments in calls_of(one.example)]
    assert {one["status"] for one in calls if "status" in one} == {"available", "pending", "sold"}


@pytest.mark.parametrize(
    ("name", "state"),
    [("pause_job", "paused"), ("close_ticket", "closed"), ("place_order", "placed"), ("create_note", "created")],
)
def test_a_free_state_after_an_act_is_the_one_it_leads_to(name: str, state: str) -> None:
    result = json.dumps({"type": "object", "properties": {"id": WHOLE, "status": TEXT}, "required": ["id", "status"]})
    tool = make_tool(name, "Do it.", {"id": WHOLE}, ["id"], side_effect="write", result_schema=result)
    assert {one["status"] for one in drawn(tool, {"id": 7})} == {state}


def test_a_record_is_about_one_person() -> None:
    tool = found("swagger_petstore", "createUser")
    record: dict[str, Json] = {
        "username": "chloe_k7", "firstName": "Yusuf", "lastName": "Weiss", "email": "hugo.costa@maple.example", "id": 4,
    }  # fmt: skip
    assert agree_on_person(tool, record, {"username": "chloe_k7"}) == {
        "username": "chloe_k7", "firstName": "Chloe", "lastName": "Weiss", "email": "chloe.weiss@maple.example",
        "id": 4,
    }  # fmt: skip
    own: dict[str, Json] = {"username": "the_boss", "email": "desk@shop.example"}
    assert agree_on_person(tool, own) == own
    for outcome in drawn(found("swagger_petstore", "getUserByName"), {"username": "priya_k21"}):
        assert outcome["username"] == "priya_k21"
        assert str(outcome.get("firstName", "Priya")) == "Priya"
        assert str(outcome.get("email", "priya")).startswith("priya")


@pytest.mark.parametrize(
    "names",
    [
        {"sender": "Ada Berg", "recipient": "Hugo Costa"},
        {"assignee": "ada_dev", "reviewer": "hugo_m"},
        {"from_email": "ada.berg@maple.example", "to_email": "hugo.costa@amber.example"},
        {"username": "ada_dev", "assignee": "hugo_m"},
    ],
)
def test_people_of_several_parts_in_a_record_stay_several(names: dict[str, Json]) -> None:
    assert agree_on_person(make_tool("send_message", "Send.", {}, []), names) == names


def test_the_names_of_each_person_in_a_record_are_alike() -> None:
    record: dict[str, Json] = {
        "name": "Ada Berg", "email": "hugo.costa@maple.example",
        "customer_name": "Otto Lind", "customer_email": "leila.rossi@amber.example",
    }  # fmt: skip
    assert agree_on_person(make_tool("add_order", "Add.", {}, []), record) == record | {
        "email": "ada.berg@maple.example", "customer_email": "otto.lind@amber.example",
    }  # fmt: skip


def test_what_was_made_and_what_is_in_a_list_are_told_by_name() -> None:
    create = found("petstore", "createPets")
    look = found("swagger_petstore", "getPetById")
    pet: Json = {"name": "Rex", "tags": [{"id": 1, "name": "urgent"}], "photoUrls": ["https://a.example/1"] * 3}
    for tool, arguments, outcome, told in (
        (create, {"id": 7, "name": "Rex"}, {"ok": True}, "created a pet (Rex)"),
        (look, {"petId": 7}, pet, "tags urgent"),
        (look, {"petId": 7}, pet, "3 photo urls"),
    ):
        stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
        assert told in tell(stage, tool, arguments, outcome)


def test_what_is_sent_as_a_whole_body_comes_back() -> None:
    user: Json = {"username": "leila_m", "phone": "43521"}
    for outcome in drawn(found("swagger_petstore", "createUsersWithListInput"), {"body": [user]}):
        assert outcome.get("username", "leila_m") == "leila_m"
        assert outcome.get("phone", "43521") == "43521"
        assert str(outcome.get("firstName", "Leila")) == "Leila"


def test_what_was_uploaded_is_not_processed_yet() -> None:
    assert {one["status"] for one in drawn(found("openai", "createFile"), {"purpose": "batch"})} == {"uploaded"}


def test_two_looks_in_one_answer_do_not_stutter() -> None:
    tools = catalogue("uspto")
    order = Order(tools, 0, seed=1, cells=(Cell(40, "hard_case", "required_order"),))
    ends = [str(one.example.messages[-1].content) for one in get_synthesizer("hard_cases").draft(order)]
    twice = [text for text in ends if text.count(": ") > 1]
    stutters = [text for text in twice if any(text.count(opening) > 1 for opening in ("I found", "what I found"))]
    assert len(twice) > 5
    assert len(stutters) <= len(twice) // 4


def test_a_job_that_was_cancelled_or_has_failed_has_brought_nothing() -> None:
    cancelled = drawn(found("openai", "cancelFineTuningJob"), {"fine_tuning_job_id": "ftjob-1"})
    listed = [one for page in drawn(found("openai", "listPaginatedFineTuningJobs"), {}, 60) for one in page["data"]]
    without = [one for one in (*cancelled, *listed) if one["status"] in ("cancelled", "failed")]
    assert len(without) > len(cancelled)
    assert {(one["fine_tuned_model"], len(one["result_files"])) for one in without} == {(None, 0)}
    assert any(one["finished_at"] for one in without)
    done = [one for one in listed if one["status"] == "succeeded"]
    assert done
    assert all(one["result_files"] for one in done)


def test_a_kind_of_record_that_is_left_open_is_the_thing_itself() -> None:
    assert {one["object"] for one in drawn(found("openai", "deleteModel"), {"model": "m1"})} == {"model"}
    record: dict[str, Json] = {"type": "object", "properties": {"object": TEXT, "id": TEXT}, "required": ["object"]}
    page = {"type": "object", "properties": {"object": TEXT, "data": {"type": "array", "items": record}}}
    lists = make_tool("list_invoices", "List.", {}, [], side_effect="read", result_schema=json.dumps(page))
    for outcome in drawn(lists, {}):
        assert outcome.get("object", "list") == "list"
        assert {one["object"] for one in outcome["data"]} == {"invoice"}
    counted = make_tool(
        "get_map",
        "Get it.",
        {},
        [],
        side_effect="read",
        result_schema=json.dumps(record | {"properties": {"object": {"type": "string", "enum": ["tile"]}}}),
    )
    assert {one["object"] for one in drawn(counted, {})} == {"tile"}
