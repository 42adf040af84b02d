"""What follows on a look after a write that broke down, and what a look shows of the state that things are in."""

from __future__ import annotations

import json
from random import Random

import pytest

from curation.execution.world import World
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.contract import Cell, Voice
from curation.synthesizers.looking import show_refusal
from curation.synthesizers.shop import demo_tools
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full, said_by

READ_FIRST = (Cell(30, "recovery", "read_before_retry"),)


@pytest.mark.parametrize("name", ["shop", "openai", "swagger_petstore"])
def test_the_write_follows_on_the_look_or_an_honest_end(name: str) -> None:
    drafted, _ = order_full(demo_tools() if name == "shop" else catalogue(name), seed=2, cells=READ_FIRST)
    ends = set()
    for one in drafted:
        made, last = calls_of(one.example), one.example.messages[-1]
        assert last.role == "assistant"
        assert last.content
        assert len(made) == 2 or made[2] == made[0]
        ends.add(len(made))
    assert ends == ({3} if name == "shop" else {2, 3})


def test_in_another_language_it_ends_on_the_call_that_was_wanted() -> None:
    drafted, _ = order_full(demo_tools(), seed=2, cells=READ_FIRST, voice=Voice(languages=("de",)))
    assert drafted
    for one in drafted:
        made = calls_of(one.example)
        assert made[2] == made[0]
        assert said_by(one.example, "assistant") == []


@pytest.mark.parametrize(
    ("tool", "after"),
    [("cancelFineTuningJob", "cancelled"), ("pauseFineTuningJob", "queued"), ("resumeFineTuningJob", "running")],
)
def test_an_act_is_seen_by_the_state_it_leads_to(tool: str, after: str) -> None:
    cells = (Cell(12, "recovery", "read_before_retry", tool),)
    drafted, _ = order_full(catalogue("openai"), seed=2, cells=cells)
    assert drafted
    for one in drafted:
        last = json.loads(said_by(one.example, "tool")[-1])
        assert last["status"] == after


def reader(states: list[Json]) -> Tool:
    state: dict[str, Json] = {"type": "string", "enum": states}
    result = json.dumps({"type": "object", "properties": {"status": state}})
    key: dict[str, Json] = {"type": "string"}
    return make_tool(
        "track_parcel", "Track it.", {"parcel_id": key}, ["parcel_id"], side_effect="read", result_schema=result
    )


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        ("This parcel is not delivered yet.", {"packed", "sent"}),
        ("It hasn't been delivered.", {"packed", "sent"}),
        ("This parcel was delivered already.", {"delivered"}),
        ("It is no longer packed, it was sent.", {"sent"}),
    ],
)
def test_a_look_goes_with_why_it_was_refused(refusal: str, shown: set[str]) -> None:
    parcel = reader(["packed", "sent", "delivered"])
    found = [show_refusal(parcel, {"status": "packed"}, refusal, Random(seed)) for seed in range(30)]
    assert {str(one["status"]) for one in found if isinstance(one, dict)} == shown


def test_nobody_has_something_made_and_taken_away_in_one_breath() -> None:
    drafted, _ = order_full(catalogue("petstore_expanded"), seed=1, cells=(Cell(20, "multi_step"),))
    assert drafted
    assert not any([name for name, _ in calls_of(one.example)] == ["addPet", "deletePet"] for one in drafted)


def test_a_deed_leads_out_of_the_state_that_was_seen() -> None:
    key: dict[str, Json] = {"job_id": {"type": "string"}}
    look = make_tool("get_job", "Get a job.", key, ["job_id"], side_effect="read")
    end = make_tool("cancel_job", "Cancel a job.", key, ["job_id"], side_effect="write")
    job: dict[str, Json] = {"job_id": "J1"}
    shown: dict[str, Json] = {"job_id": "J1", "status": "running", "model": "atlas", "files": ["one"]}
    drawn: dict[str, Json] = {"job_id": "J1", "status": "cancelled", "model": "comet", "files": ["two"]}
    world = World({"get_job": look, "cancel_job": end}, draw=lambda *_: drawn)
    world.take("get_job", job, json.dumps(shown))
    assert json.loads(world.run("cancel_job", job)) == shown | {"status": "cancelled"}
