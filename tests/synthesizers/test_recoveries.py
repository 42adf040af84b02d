"""Recoveries: the wrong step is never learned, and a write is never repeated blindly."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import pytest

from curation.formats.pairs import find_pairs
from curation.gates import GATES, Passage
from curation.gates.contract import Bench
from curation.model.candidate import Candidate
from curation.model.example import RECOVERY_KINDS, Message
from curation.model.values import Arguments, Exact, Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell
from curation.synthesizers.shop import demo_tools
from curation.synthesizers.subjects import is_destructive
from tests.synthesis_orders import catalogue, errors_in
from tests.synthesizers.drafting import calls_of
from tests.synthesizers.drafting import catalogue as published

SHOP = catalogue("shop")
CATALOGUES = {"shop": SHOP, "pets": catalogue("swagger_petstore.yaml"), "github": published("github")}
HARMLESS_TWICE = {"change_address", "escalate"}
"""What comes out the same twice, where nothing shows whether it was done."""
WRITES = {tool.name for tool in SHOP if tool.side_effect in ("write", "destructive")}


@lru_cache(maxsize=4)
def drafted(wrong_way: str = "both", *, say_so: bool = False) -> list[Candidate]:
    parameters: dict[str, Json] = {"wrong_way": wrong_way, "say_so": say_so}
    return list(get_synthesizer("recoveries").draft(Order(SHOP, 240, seed=8, parameters=parameters)))


@lru_cache(maxsize=4)
def drafted_for(tools: str) -> list[Candidate]:
    return list(get_synthesizer("recoveries").draft(Order(CATALOGUES[tools], 300, seed=11)))


def results(candidate: Candidate) -> list[dict[str, Json]]:
    return [json.loads(str(turn.content)) for turn in candidate.example.messages if turn.role == "tool"]


def made(turn: Message) -> tuple[str, str]:
    call = (turn.calls or ())[0]
    assert isinstance(call.arguments, Arguments)
    return str(call.name), call.arguments.text


def test_every_kind_and_every_way_of_failing_is_there() -> None:
    assert {one.kind for one in drafted()} == set(RECOVERY_KINDS)
    told = " ".join(str(result) for one in drafted() for result in results(one))
    for sign in ("429", "403", "404", "409", "500", "503", "timed out", "Invalid arguments"):
        assert sign in told


def test_a_call_that_failed_is_never_learned() -> None:
    for candidate in drafted():
        turns = candidate.example.messages
        for at, turn in enumerate(turns):
            is_failed = bool(turn.calls) and at + 1 < len(turns) and "error" in str(turns[at + 1].content)
            assert (turn.weight == Exact("0")) is is_failed


def test_a_write_with_an_unknown_outcome_is_made_again_only_after_a_look_or_where_it_does_nothing_twice() -> None:
    for candidate in drafted():
        turns = candidate.example.messages
        failed = {made(turn) for turn in turns if turn.calls and turn.weight == Exact("0")}
        unknown = any(result.get("status") in (500, 503) or "timed out" in str(result) for result in results(candidate))
        learned = [made(turn) for turn in turns if turn.calls and turn.weight != Exact("0")]
        again = {one for one in failed if one in learned and one[0] in WRITES - HARMLESS_TWICE}
        assert not unknown or not again or (candidate.kind, learned[0][0]) == ("read_before_retry", "track_order")


@pytest.mark.parametrize("tools", ["shop", "pets", "github"])
def test_a_look_is_followed_by_what_it_shows(tools: str) -> None:
    """Done, and it is said; not done, and it is done now; changed by somebody else, and the person is asked."""
    ends = set()
    for candidate in (one for one in drafted_for(tools) if one.kind == "read_before_retry" and not one.example.extra):
        turns = [turn for turn in candidate.example.messages if turn.role != "system"]
        at = next(at for at, turn in enumerate(turns) if turn.label and turn.label.recovery == "read_before_retry")
        assert turns[-1].role == "assistant"
        assert turns[-1].content
        assert not turns[-1].calls
        again = [made(turn) for turn in turns[at + 1 :] if turn.calls]
        is_conflict = "Conflict" in str(turns[2].content)
        assert again in ([], [made(turns[1])])
        assert not (is_conflict and again)
        ends.add("asked" if is_conflict else "done now" if again else "was done")
    assert ends == {"shop": {"asked", "done now"}, "pets": {"asked", "done now", "was done"}}.get(tools, ends)
    assert ends


@pytest.mark.parametrize("tools", ["shop", "pets", "github"])
def test_no_recovery_contradicts_itself(tools: str) -> None:
    known = {tool.name: tool for tool in CATALOGUES[tools]}
    (executes,) = (gate for gate in GATES if gate.name == "executes")
    passage = Passage((executes,), Bench(tools=known, known=(), seed=1))
    assert [refused for one in drafted_for(tools) if (refused := passage.judge(one))] == []


def test_a_refusal_fits_what_the_person_said_and_says_something() -> None:
    for candidate in (*drafted(), *drafted_for("pets")):
        told = str(results(candidate)[0].get("error"))
        if candidate.tool == "request_refund":
            assert "not delivered" not in told
        if candidate.kind in ("give_up", "alternative_tool"):
            assert not re.search("(?i)unexpected|invalid", told)


def test_whoever_is_turned_down_is_told_what_to_do_next() -> None:
    for candidate in drafted():
        if candidate.kind in ("give_up", "escalate"):
            last = str(candidate.example.messages[-1].content)
            assert len(re.findall(r"[.?!](?: |$)", last.replace("”", ""))) >= 2


def test_a_blind_retry_stands_in_the_history_or_as_the_rejected_answer() -> None:
    failed = [
        [made(turn) for turn in one.example.messages if turn.weight == Exact("0")]
        for one in drafted("history")
        if one.kind == "read_before_retry"
    ]
    assert any(len(calls) == 2 for calls in failed)
    assert all(len(set(calls)) == 1 for calls in failed)
    rejected = [one for one in drafted("rejected") if one.example.extra]
    assert rejected
    for candidate in rejected:
        (pair,) = find_pairs(candidate.example).pairs
        assert made(pair.rejected[0]) == made(candidate.example.messages[-3])
        assert made(pair.preferred[0])[0] == "track_order"
    assert not any(one.example.extra for one in drafted("left out"))
    assert errors_in([*drafted("history"), *rejected], SHOP) == {}


def test_a_value_nothing_was_found_under_is_asked_for_and_another_one_used() -> None:
    asked = [one for one in drafted() if sum(turn.role == "user" for turn in one.example.messages) == 2]
    assert asked
    for candidate in asked:
        turns = [turn for turn in candidate.example.messages if turn.role != "system"]
        before, after = json.loads(made(turns[1])[1]), json.loads(made(turns[5])[1])
        (name,) = turns[3].label.missing if turns[3].label else ()
        assert before[name] != after[name]
        assert str(after[name]) in str(turns[4].content)


def test_what_comes_next_is_said_beside_the_call_only_where_it_is_wanted() -> None:
    assert not any(turn.content for one in drafted() for turn in one.example.messages if turn.calls)
    said = [str(turn.content) for one in drafted(say_so=True) for turn in one.example.messages if turn.calls]
    assert any("30 seconds" in text for text in said)


everywhere = pytest.mark.parametrize("tools", CATALOGUES)


@everywhere
def test_nothing_is_destroyed_in_the_place_of_something_else(tools: str) -> None:
    named = {tool.name: tool for tool in CATALOGUES[tools]}
    for candidate in drafted_for(tools):
        (first, _), *later = calls_of(candidate.example)
        assert is_destructive(named[first]) or not any(is_destructive(named[name]) for name, _ in later)


def test_the_way_round_is_a_look_at_the_same_thing() -> None:
    found = {
        (tools, *(name for name, _ in calls_of(one.example)))
        for tools in CATALOGUES
        for one in drafted_for(tools)
        if one.kind == "alternative_tool"
    }
    assert ("github", "get_release_by_tag", "list_releases") in found
    assert ("shop", "cancel_order", "track_order") in found
    assert ("pets", "deletePet", "getPetById") not in found
    assert ("github", "create_or_update_file", "get_file_contents") not in found
    assert ("shop", "request_refund", "cancel_order") not in found
    assert not {names[-1] for names in found} & {"create_pull_request_review", "fork_repository", "add_issue_comment"}


@everywhere
def test_a_look_before_a_retry_brings_what_was_written(tools: str) -> None:
    looks = {
        (calls_of(one.example)[0][0], name)
        for one in drafted_for(tools)
        if one.kind == "read_before_retry"
        for name, _ in calls_of(one.example)
        if name != calls_of(one.example)[0][0]
    }
    expected = {
        "shop": {("cancel_order", "track_order")},
        "pets": {
            ("updatePetWithForm", "getPetById"),
            ("deletePet", "getPetById"),
            ("deleteOrder", "getOrderById"),
            ("updateUser", "getUserByName"),
            ("deleteUser", "getUserByName"),
        },
        "github": {
            ("label_write", "get_label"),
        },
    }
    assert looks == expected[tools]


@everywhere
def test_one_failure_of_one_tool_has_one_next_step(tools: str) -> None:
    steps: dict[tuple[str, str], set[str]] = {}
    for candidate in drafted_for(tools):
        if candidate.kind in ("corrected_argument", "give_up", "read_before_retry"):
            first = calls_of(candidate.example)[0][0]
            told = str(results(candidate)[0]["error"])
            if not told.startswith("Invalid arguments"):
                steps.setdefault((first, told), set()).add(candidate.kind)
    assert {pair: kinds for pair, kinds in steps.items() if len(kinds) > 1} == {}


def test_a_lost_write_is_looked_at_at_once_and_told_of_as_a_person_would() -> None:
    order = Order(demo_tools(), 0, seed=7, cells=(Cell(12, "recovery", "read_before_retry"),))
    told = list(get_synthesizer("recoveries").draft(order))
    assert all([turn for turn in one.example.messages if turn.calls][1].calls[0].name == "track_order" for one in told)
    last = [turn for one in told if (turn := one.example.messages[-1]).content]
    assert not any("order id" in str(turn.content) for turn in last)
    asked = [turn.label for turn in last if "ou still want" in str(turn.content) or "Shall I" in str(turn.content)]
    assert asked
    assert {label and label.reason for label in asked} == {"missing_information"}


@everywhere
def test_whoever_waits_was_told_to_and_says_so(tools: str) -> None:
    waited = [one for one in drafted_for(tools) if one.kind == "retry_after_wait"]
    assert waited
    for one in waited:
        assert re.search(r"(?i)retry after|try again", str(results(one)[0]["error"]))
        last = one.example.messages[-1]
        assert last.calls or re.search(r"\bwait(?:ed)?\b", str(last.content))


def test_whoever_cannot_go_on_says_who_will_and_promises_no_more() -> None:
    for one in drafted():
        if one.kind == "escalate":
            told = str(one.example.messages[-1].content)
            assert re.search(r"\b(?:I|so I) (?:hand|pass|leave) (?:it|that|your request)", told) or "pass it on" in told
            assert not re.search("any time|if it is urgent", told)


@pytest.mark.parametrize("tools", ["shop", "pets", "github"])
def test_nothing_found_is_never_given_up(tools: str) -> None:
    for candidate in drafted_for(tools):
        if candidate.kind == "give_up":
            assert not re.search("(?i)not found|nothing was found", str(results(candidate)[0].get("error")))


@pytest.mark.parametrize("tools", ["shop", "pets", "github"])
def test_whoever_hands_over_promises_nothing_that_no_call_brings_about(tools: str) -> None:
    handed = [one for one in drafted_for(tools) if one.kind == "escalate"]
    assert handed
    for candidate in handed:
        last = str(candidate.example.messages[-1].content)
        assert not re.search(r"(?i)\b(?:contact|hear from|get back to|ring|in touch)\b", last.partition("”")[2]), last
