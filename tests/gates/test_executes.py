"""The second gate: calls run in a mocked world, and what they bring back can be true."""

from __future__ import annotations

import json

import pytest

from curation.execution.world import World
from curation.gates import Bench, executes
from curation.model.values import Json
from curation.rules.outcome import has_failed
from curation.synthesizers import SYNTHESIZERS, Order
from curation.synthesizers.shop import demo_tools
from tests.gates.conversations import BENCH, TOOLS, Talk

A: dict[str, Json] = {"order_id": "A-1001"}
TICKET: dict[str, Json] = {"ticket_id": "T-7"}
OPENED = {"ticket_id": "T-7", "subject": "Broken lamp"}
ASKED = "Open a ticket about a broken lamp."


def opened() -> Talk:
    return Talk(ASKED).calls("create_ticket", {"subject": "Broken lamp"}).gives(OPENED)


def moved(*places: str) -> Talk:
    talk = Talk("Where shall A-1001 go?")
    for place in places:
        talk = talk.calls("update_order_address", {**A, "address": place}).gives({"ok": True})
    return talk


CONSISTENT: dict[str, Talk] = {
    "what was made is found": opened().calls("get_ticket", TICKET).gives(OPENED),
    "what was removed is gone": opened()
    .calls("delete_ticket", TICKET)
    .gives({"ok": True})
    .calls("get_ticket", TICKET)
    .gives({"error": "Not found: there is no such ticket."}),
    "what was cancelled shows it": Talk("Cancel A-1001.")
    .calls("cancel_order", A)
    .gives({"ok": True})
    .calls("get_order", A)
    .gives({"status": "cancelled"}),
    "a look shows the same again": Talk("How is A-1001?")
    .calls("get_order", A)
    .gives({"status": "packed"})
    .calls("get_order", A)
    .gives({"status": "packed"}),
    "a status moves on by itself": Talk("How is A-1001?")
    .calls("get_order", A)
    .gives({"status": "packed"})
    .calls("get_order", A)
    .gives({"status": "shipped"}),
    "a failed deed is tried again": Talk("Cancel A-1001.")
    .calls("cancel_order", A, weight=0)
    .gives({"error": "The service is busy; retry after 5 seconds."})
    .calls("cancel_order", A)
    .gives({"ok": True}),
    "a deed of another thing changes nothing here": opened()
    .calls("request_refund", {**A, "reason": "late"})
    .gives({"refund_id": "R-1", "order_id": "A-1001"})
    .calls("get_ticket", TICKET)
    .gives(OPENED),
    "what a deed was called with is so afterwards": Talk("Send A-1001 to Leeds.")
    .calls("show_parcel", A)
    .gives({**A, "address": "York"})
    .calls("update_order_address", {**A, "address": "Leeds"})
    .gives({**A, "address": "Leeds"})
    .calls("show_parcel", A)
    .gives({**A, "address": "Leeds"}),
    "a deed that says no more than ok has changed what it was called with": Talk("Send A-1001 to Leeds.")
    .calls("show_parcel", A)
    .gives({**A, "address": "York"})
    .calls("update_order_address", {**A, "address": "Leeds"})
    .gives({"ok": True})
    .calls("show_parcel", A)
    .gives({**A, "address": "Leeds"}),
    "what is paid back stays": Talk("Pay A-1001 back.")
    .calls("issue_refund", A)
    .gives({"refund_id": "R-1"})
    .calls("get_order", A)
    .gives({"status": "delivered"}),
    "whose password is new stays": Talk("Reset the password of user 5.")
    .calls("reset_password", {"user_id": "5"})
    .gives({"ok": True})
    .calls("get_user", {"user_id": "5"})
    .gives({"user_id": "5", "name": "Ada"}),
    "what was changed in between is put back": moved("Leeds", "York", "Leeds"),
    "what has no id is put back": Talk("Warmer. No, too warm.")
    .calls("set_thermostat", {"degrees": 20})
    .gives({"ok": True})
    .calls("set_thermostat", {"degrees": 23})
    .gives({"ok": True})
    .calls("set_thermostat", {"degrees": 20})
    .gives({"ok": True}),
    "what another tool took back is done again": Talk("Pause A-1001. Go on. No, pause it.")
    .calls("pause_order", A)
    .gives({"ok": True})
    .calls("resume_order", A)
    .gives({"ok": True})
    .calls("pause_order", A)
    .gives({"ok": True}),
    "what has no id is switched off again": Talk("Off. On. No, off.")
    .calls("disable_alarm", {})
    .gives({"ok": True})
    .calls("enable_alarm", {})
    .gives({"ok": True})
    .calls("disable_alarm", {})
    .gives({"ok": True}),
    "a tool nobody described echoes": Talk("Show me user 5.")
    .calls("show_profile", {"user_id": 5})
    .gives({"user_id": 5, "name": "Ada"}),
    "another day is another look": Talk("Is H1 free on either day?")
    .calls("check_availability", {"hotel_id": "H1", "date": "2026-05-01"})
    .gives({"hotel_id": "H1", "date": "2026-05-01", "rooms": 3})
    .calls("check_availability", {"hotel_id": "H1", "date": "2026-05-02"})
    .gives({"hotel_id": "H1", "date": "2026-05-02", "rooms": 0}),
    "another day has other weather": Talk("How will it be in C1?")
    .calls("get_weather", {"city_id": "C1", "day": "mon"})
    .gives({"city_id": "C1", "sky": "clear"})
    .calls("get_weather", {"city_id": "C1", "day": "tue"})
    .gives({"city_id": "C1", "sky": "rain"}),
    "a thing has another rank on another page": Talk("Find lamps.")
    .calls("search_products", {"query": "lamp", "page": 1})
    .gives({"products": [{"product_id": "P1", "rank": 1}]})
    .calls("search_products", {"query": "lamp", "page": 2})
    .gives({"products": [{"product_id": "P1", "rank": 11}]}),
    "a deed once more has another result": Talk("Put two lamps into it.")
    .calls("add_to_cart", {"cart_id": "K1", "product": "P1"})
    .gives({"cart_id": "K1", "items": 1})
    .calls("add_to_cart", {"cart_id": "K1", "product": "P2"})
    .gives({"cart_id": "K1", "items": 2})
    .calls("get_cart", {"cart_id": "K1"})
    .gives({"cart_id": "K1", "items": 2}),
    "what a deed lists is newer than what was listed": Talk("Put two lamps into it.")
    .calls("add_to_cart", {"product": "P1"})
    .gives({"carts": [{"cart_id": "K1", "items": 1}]})
    .calls("add_to_cart", {"product": "P2"})
    .gives({"carts": [{"cart_id": "K1", "items": 2}]})
    .calls("get_cart", {"cart_id": "K1"})
    .gives({"cart_id": "K1", "items": 2}),
}
CLASHING: dict[str, tuple[str, Talk]] = {
    "another id comes back": (
        "echo",
        Talk("How is A-1001?").calls("get_order", A).gives({**A, "status": "packed"} | {"order_id": "B-2"}),
    ),
    "another id comes back from a tool nobody described": (
        "echo",
        Talk("Show me user 5.").calls("show_profile", {"user_id": 5}).gives({"user_id": 6, "name": "Ada"}),
    ),
    "what was made is lost": (
        "lost",
        opened().calls("get_ticket", TICKET).gives({"error": "Not found: there is no such ticket."}),
    ),
    "what was made has another subject": (
        "contradicts",
        opened().calls("get_ticket", TICKET).gives({**TICKET, "subject": "Late parcel"}),
    ),
    "what a deed counted is counted otherwise": (
        "contradicts",
        Talk("Put a lamp into it.")
        .calls("add_to_cart", {"cart_id": "K1", "product": "P1"})
        .gives({"cart_id": "K1", "items": 1})
        .calls("get_cart", {"cart_id": "K1"})
        .gives({"cart_id": "K1", "items": 5}),
    ),
    "two looks at one thing disagree": (
        "contradicts",
        Talk("Show ticket T-7.")
        .calls("get_ticket", TICKET)
        .gives(OPENED)
        .calls("show_note", {**TICKET, "page": 1})
        .gives({**TICKET, "subject": "Late parcel"}),
    ),
    "a closer look at the same disagrees": (
        "contradicts",
        Talk("Show user 5.")
        .calls("show_profile", {"user_id": 5})
        .gives({"user_id": 5, "name": "Ada"})
        .calls("show_profile", {"user_id": 5, "verbose": True})
        .gives({"user_id": 5, "name": "Ben"}),
    ),
    "what was removed is still there": (
        "still_there",
        opened().calls("delete_ticket", TICKET).gives({"ok": True}).calls("get_ticket", TICKET).gives(OPENED),
    ),
    "a removed thing is changed": (
        "acts_on_removed",
        Talk("Cancel A-1001.").calls("cancel_order", A).gives({"ok": True}).calls("pause_order", A).gives({"ok": True}),
    ),
    "what a deed changed is as it was": (
        "contradicts",
        Talk("Send A-1001 to Leeds.")
        .calls("update_order_address", {**A, "address": "Leeds"})
        .gives({"ok": True})
        .calls("show_parcel", A)
        .gives({**A, "address": "York"}),
    ),
    "a deed is done twice": (
        "done_twice",
        Talk(ASKED)
        .calls("create_ticket", {"subject": "Broken lamp"})
        .gives(OPENED)
        .calls("create_ticket", {"subject": "Broken lamp"})
        .gives({"ticket_id": "T-8"}),
    ),
    "a change is made twice": ("done_twice", moved("Leeds", "Leeds")),
    "a change is made twice, and in between something else of it": (
        "done_twice",
        Talk("Send A-1001 to Leeds and mark it as a gift.")
        .calls("update_order", {**A, "address": "Leeds"})
        .gives({"ok": True})
        .calls("update_order", {**A, "is_gift": True})
        .gives({"ok": True})
        .calls("update_order", {**A, "address": "Leeds"})
        .gives({"ok": True}),
    ),
    "a change is made twice, and in between one of another thing": (
        "done_twice",
        Talk("Send A-1001 to Leeds and A-1002 to York.")
        .calls("update_order_address", {**A, "address": "Leeds"})
        .gives({"ok": True})
        .calls("update_order_address", {"order_id": "A-1002", "address": "York"})
        .gives({"ok": True})
        .calls("update_order_address", {**A, "address": "Leeds"})
        .gives({"ok": True}),
    ),
    "what is made is made twice, and another one in between": (
        "done_twice",
        opened()
        .calls("create_ticket", {"subject": "Torn box"})
        .gives({"ticket_id": "T-8"})
        .calls("create_ticket", {"subject": "Broken lamp"})
        .gives({"ticket_id": "T-9"}),
    ),
    "a look shows something else though nothing happened": (
        "changed_unasked",
        Talk("Show ticket T-7.")
        .calls("get_ticket", TICKET)
        .gives({"subject": "Broken lamp", "opened_by": "Ada"})
        .calls("get_ticket", TICKET)
        .gives({"subject": "Broken lamp", "opened_by": "Ben"}),
    ),
    "arguments that fit are called invalid": (
        "refused_valid",
        Talk("How is A-1001?").calls("get_order", A).gives({"error": "Invalid arguments: order_id is required."}),
    ),
    "arguments that do not fit are taken": (
        "ran_invalid",
        Talk("How is it?").calls("get_order", {"order": "A-1001"}, weight=0).gives({"status": "packed"}),
    ),
    "the result does not fit its schema": (
        "result_schema",
        Talk("How is A-1001?").calls("get_order", A).gives({"status": "lost at sea"}),
    ),
}


@pytest.mark.parametrize("talk", CONSISTENT.values(), ids=CONSISTENT)
def test_conversation_that_can_be_true_passes(talk: Talk) -> None:
    assert executes.GATE.open(BENCH).judge(talk.candidate()).told == ""


@pytest.mark.parametrize(("reason", "talk"), CLASHING.values(), ids=CLASHING)
def test_conversation_that_cannot_be_true_is_refused(reason: str, talk: Talk) -> None:
    verdict = executes.GATE.open(BENCH).judge(talk.candidate())
    assert (verdict.passed, verdict.reason) == (False, reason)


@pytest.mark.parametrize(
    ("deeds", "reason"),
    [
        ([("cancel_order", A)], ""),
        ([("cancel_order", {"order_id": "a-1001"})], ""),
        ([], "unasked_deed"),
        ([("cancel_order", {"order_id": "B-2"})], "undone"),
        ([("cancel_order", A), ("pause_order", {"order_id": "B-2"})], "undone"),
        ([("cancel_order", A), ("cancel_order", A)], "undone"),
    ],
)
def test_final_state_is_what_was_asked_for(deeds: list[tuple[str, dict[str, Json]]], reason: str) -> None:
    talk = Talk("Cancel A-1001.").calls("get_order", A).gives({"status": "packed"}).calls("cancel_order", A)
    assert executes.GATE.open(BENCH).judge(talk.candidate(deeds=deeds)).reason == reason


def test_deed_with_an_unknown_outcome_may_be_done() -> None:
    talk = (
        Talk("Cancel A-1001.")
        .calls("cancel_order", A)
        .gives({"error": "The request timed out; the outcome is unknown."})
    )
    look = executes.GATE.open(BENCH)
    assert look.judge(talk.candidate(deeds=[("cancel_order", A)])).passed
    assert look.judge(talk.candidate(deeds=[])).passed


def test_failed_deed_is_not_done() -> None:
    talk = Talk("Cancel A-1001.").calls("cancel_order", A).gives({"error": "It has been shipped."})
    assert executes.GATE.open(BENCH).judge(talk.candidate(deeds=[("cancel_order", A)])).reason == "undone"


def test_world_answers_so_that_it_would_believe_itself() -> None:
    world = World(BENCH.tools, seed=4)
    made = json.loads(world.run("create_ticket", {"subject": "Broken lamp"}))
    ticket = {"ticket_id": made["ticket_id"]}
    shown = world.run("get_ticket", ticket)
    assert world.run("get_ticket", ticket) == shown
    assert not has_failed(world.run("delete_ticket", ticket))
    assert has_failed(world.run("get_ticket", ticket))
    assert json.loads(world.run("get_order", A)).get("order_id", "A-1001") == "A-1001"
    assert world.run("get_order", {}).startswith('{"error":"Invalid arguments')


def test_what_was_removed_is_brought_back_by_a_verb_behind_a_namespace() -> None:
    world = World({})
    assert world.take("shop_delete_order", A, '{"ok": true}') is None
    assert world.take("shop_restore_order", A, '{"ok": true}') is None


@pytest.mark.parametrize("seed", range(3))
def test_what_a_world_answers_passes_the_gate(seed: int) -> None:
    """Every order of a few calls, answered by one world, is believed by another."""
    answering, believing = World(BENCH.tools, seed), World(BENCH.tools, seed + 1)
    given: dict[str, dict[str, Json]] = {
        "get_order": A,
        "pause_order": A,
        "cancel_order": A,
        "get_ticket": TICKET,
        "delete_ticket": TICKET,
        "create_ticket": {"subject": f"Lamp {seed}"},
        "request_refund": {**A, "reason": "late"},
    }
    names = [tool.name for tool in TOOLS if tool.name in given]
    for name in (*names, "get_order", "get_ticket", *reversed(names[:2])):
        answer = answering.run(name, given[name])
        if not has_failed(answer) and answering.effect_of(name) == "read":
            assert believing.take(name, given[name], answer) is None, (name, answer)


def test_drafts_from_schemas_run() -> None:
    tools = demo_tools()
    look = executes.GATE.open(Bench(tools={one.name: one for one in tools}))
    refused = [
        verdict
        for draft in SYNTHESIZERS[0].draft(Order(tools=tools, count=1000, seed=5))
        if not (verdict := look.judge(draft)).passed
    ]
    assert refused == []
