"""Whole orders of hard cases: each holds what makes it hard, and ends in every way it may."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Message
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell, Shortfall
from curation.synthesizers.hard_case_texts import hard_cases
from curation.synthesizers.look_alikes import list_pairs
from curation.synthesizers.shop import demo_tools
from curation.synthesizers.subjects import identifying, reads, things_of
from curation.synthesizers.wordings import required_of
from tests.synthesizers.drafting import calls_of, catalogue, errors_of, make_tool, said_by

NAMES = ("shop", "petstore", "github")


def tools_of(name: str) -> tuple[Tool, ...]:
    return demo_tools() if name == "shop" else catalogue(name)


@cache
def drafted(name: str, kind: str, count: int = 60) -> tuple[Candidate, ...]:
    cells = (Cell(count, "hard_case", kind),)
    return tuple(get_synthesizer("hard_cases").draft(Order(tools_of(name), 0, seed=6, cells=cells)))


def labels_of(one: Candidate) -> list[str]:
    turns = [turn for turn in one.example.messages if turn.role == "assistant"]
    return ["call" if turn.calls else str(turn.label.reason if turn.label else None) for turn in turns]


def system_of(one: Candidate) -> str:
    first: Message = one.example.messages[0]
    return str(first.content) if first.role == "system" else ""


@pytest.mark.parametrize("name", NAMES)
def test_conflicts_end_in_every_way(name: str) -> None:
    candidates = drafted(name, "conflicting_constraints")
    ends = Counter(tuple(label for label in labels_of(one) if label != "answer_directly") for one in candidates)
    assert ends["missing_information", "call"]  # Asked, settled, done.
    assert ends["missing_information",]  # Asked, and left alone.
    assert ends["call",]  # Corrected in the same breath.
    assert max(ends.values()) < 0.8 * len(candidates)
    assert [error for one in candidates for error in errors_of(one.example, tools_of(name))] == []


def test_what_the_person_settles_on_is_called_with() -> None:
    settled = [
        one
        for one in drafted("shop", "conflicting_constraints")
        if any(turn.label and turn.label.missing for turn in one.example.messages) and calls_of(one.example)
    ]
    assert settled
    for one in settled:
        called = map(str, calls_of(one.example)[0][1].values())
        assert any(value in said_by(one.example)[-1] for value in called)


@pytest.mark.parametrize("name", NAMES)
def test_every_hidden_instruction_is_there_and_could_be_followed(name: str) -> None:
    for one in drafted(name, "untrusted_instructions"):
        (made,) = calls_of(one.example)
        offered = {tool.view.name for tool in one.example.tools or ()}
        read = [str(turn.content) for turn in one.example.messages if turn.role == "tool"]
        hidden = "\n" in said_by(one.example)[0] or any(len(text) > len(made[0]) + 40 for text in read)
        assert hidden, read
        assert made[0] in offered
        assert len(offered) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_whoever_asks_for_a_yes_was_told_to(name: str) -> None:
    candidates = drafted(name, "approval_needed")
    assert all(system_of(one) for one in candidates)
    assert {labels_of(one)[0] for one in candidates} == {"missing_information", "call"}
    said = " ".join(str(turn.content) for one in candidates for turn in one.example.messages)
    assert "team “" not in said
    assert "reason “" not in said


@pytest.mark.parametrize("name", NAMES)
def test_a_distractor_is_like_the_right_tool(name: str) -> None:
    alike = {frozenset((one.name, other.name)) for one, other in list_pairs(tools_of(name))}
    for one in drafted(name, "distractor_tools"):
        offered = [str(tool.view.name) for tool in one.example.tools or ()]
        assert any(frozenset((one.tool, other)) in alike for other in offered), (one.tool, offered)


def test_of_two_steps_the_answer_tells_both() -> None:
    both = [one for one in drafted("shop", "required_order") if len(calls_of(one.example)) == 2]
    reading = [one for one in both if calls_of(one.example)[0][0] == "track_order"]
    assert reading
    for one in reading:
        told = str(one.example.messages[-1].content)
        assert any(word in told for word in ("last seen", "last scan"))
        assert len(told.split(".")) > 2


@pytest.mark.parametrize("name", ["shop", "petstore", "github", "openai", "swagger_petstore"])
def test_only_what_hangs_together_is_wanted_in_an_order(name: str) -> None:
    known = {tool.name: tool for tool in tools_of(name)}
    both = [calls for one in drafted(name, "required_order") if len(calls := calls_of(one.example)) == 2]
    assert both
    for (first, given), (second, then) in both:
        told_by = identifying(known[second])
        is_one = given.get(told_by) == then[told_by] if told_by else False
        is_about_one_kind = not told_by and things_of(known[first])[-1:] == things_of(known[second])[-1:]
        needed = required_of(known[second])
        is_fed = (
            not told_by and bool({*needed} - {"owner", "repo"}) and all(given.get(one) == then[one] for one in needed)
        )
        assert is_one or is_about_one_kind or is_fed, (first, given, second, then)


def test_nobody_is_refused_or_held_back_who_asks_for_a_person() -> None:
    held = [one for kind in ("refusal", "approval_needed") for one in drafted("shop", kind)]
    assert "escalate" not in {one.tool for one in held}


def test_tickets_of_a_railway_are_refused_and_confirmed_like_anything_else() -> None:
    seat, ticket = {"seat": {"type": "string"}}, {"ticket_id": {"type": "string"}}
    tools = (
        make_tool("book_ticket", "Book a seat.", seat, ["seat"], side_effect="write"),
        make_tool("cancel_ticket", "Cancel a ticket.", ticket, ["ticket_id"], side_effect="destructive"),
        make_tool("show_ticket", "Show a ticket.", ticket, ["ticket_id"], side_effect="read"),
        make_tool("transfer_ticket", "Pass a ticket on.", ticket, ["ticket_id"], side_effect="write"),
    )
    kinds = ("refusal", "approval_needed", "conflicting_constraints", "required_order")
    cells = tuple(Cell(12, "hard_case", kind) for kind in kinds)
    short: list[Shortfall] = []
    drafted = list(get_synthesizer("hard_cases").draft(Order(tools, 0, seed=6, cells=cells, tell_short=short.append)))
    assert short == []
    assert {one.tool for one in drafted if one.kind == "approval_needed"} >= {
        tool.name for tool in tools if not reads(tool)
    }


def test_what_is_refused_is_the_request_itself() -> None:
    """No harmless wish with a bad word beside it: the act stands in the sentence that makes it one to be refused."""
    for template in (one for one in hard_cases().values() if one.ordered_as == "refusal"):
        for way in template.turns[0].text:
            assert "{request}" not in way
            assert len(way.replace("{act}", "").strip(" .").split(". ")) == 1, way


@pytest.mark.parametrize("name", NAMES)
def test_a_refused_act_is_worded_like_one_that_is_carried_out(name: str) -> None:
    known = {tool.name: tool for tool in tools_of(name)}
    for one in drafted(name, "refusal"):
        assert labels_of(one) == ["refuse"]
        assert said_by(one.example)[0].count("{") == 0
        is_look = str(one.example.messages[-1].content).startswith(("I will not look", "I will not show"))
        assert not (is_look and known[one.tool].side_effect in ("write", "destructive")), one.tool
    assert any(", so " in said_by(one.example)[0] for one in drafted(name, "harmless"))


def test_what_anybody_may_look_at_is_no_secret() -> None:
    names = {one.tool for one in drafted("protocol_examples", "refusal")}
    assert names
    assert not names & {"get_current_time", "get_weather", "get_weather_data", "calculate_sum"}


def test_a_logout_is_not_refused_as_a_look() -> None:
    assert "logoutUser" not in {one.tool for one in drafted("swagger_petstore", "refusal")}


def test_what_is_only_now_made_belongs_to_nobody_yet() -> None:
    made = [one for one in drafted("petstore", "refusal", 200) if one.tool == "createPets"]
    assert made
    assert not [text for one in made for text in said_by(one.example) if "It belongs to" in text]


def test_a_second_value_that_is_asked_about_is_not_worded_as_a_correction() -> None:
    ways = hard_cases()["conflicting_constraints"].turns[0].text
    assert not [way for way in ways if re.search(r"[Uu]se \{other_value\}|make (?:it|that) \{other_value\}", way)]
