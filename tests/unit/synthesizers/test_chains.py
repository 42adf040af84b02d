"""Tools in a row: which follow on which."""

from __future__ import annotations

from time import process_time

import msgspec

from curation.model.definition import Tool
from curation.synthesizers.chains import pairs
from tests.synthesizers.drafting import catalogue, make_tool

_ID = {"type": "integer"}


def test_a_tool_of_a_large_catalogue_is_held_against_the_others_and_not_all_against_all() -> None:
    tools = tuple(
        make_tool(f"update_thing_{number}", "Update it.", {"thing_id": _ID, f"value_{number}": _ID}, ["thing_id"])
        for number in range(250)
    )
    start = process_time()
    found = {kind: pairs(tools, kind, tools[7]) for kind in ("shared", "in_order", "from_result")}
    assert process_time() - start < 1
    assert len(found["shared"]) == len(tools) - 1
    assert all(second is tools[7] for _, second in found["shared"])


def in_order(tools: tuple[Tool, ...]) -> set[tuple[str, str]]:
    return {(first.name, second.name) for tool in tools for first, second in pairs(tools, "in_order", tool)}


def test_tools_follow_on_each_other_only_where_a_person_may_want_both() -> None:
    pets, jobs = in_order(catalogue("swagger_petstore")), in_order(catalogue("openai"))
    assert {("getPetById", "updatePet"), ("updatePet", "getPetById")} <= pets
    assert ("listFiles", "deleteFile") in jobs
    assert not pets & {("addPet", "createUser"), ("addPet", "deletePet"), ("getPetById", "addPet")}
    assert not jobs & {("createFile", "deleteFile"), ("cancelFineTuningJob", "resumeFineTuningJob")}


def test_in_a_small_catalogue_nothing_follows_on_what_has_nothing_to_do_with_it() -> None:
    look = make_tool("get_weather", "Say the weather.", {"city": {"type": "string"}}, ["city"], side_effect="read")
    convert = make_tool("convert_money", "Convert.", {"amount": {"type": "number"}}, ["amount"], side_effect="read")
    send = make_tool("send_email", "Send it.", {"to": {"type": "string"}}, ["to"], side_effect="write")
    result = '{"type": "object", "properties": {"sky": {"type": "string"}}}'
    tools = tuple(msgspec.structs.replace(tool, result_schema=result) for tool in (look, convert, send))
    assert in_order(tools) == {("get_weather", "send_email"), ("convert_money", "send_email")}
