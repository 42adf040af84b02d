from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from curation.gates.contract import PASSED, Bench, Opines, Opinion, Verdict
from curation.gates.judged_by_model import NAME, NO_ANSWER, gate_with
from curation.model.candidate import Candidate
from curation.model.example import Example
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.model_judging import judge_with
from curation.synthesizers.shop import demo_tools
from tests.scripted_drafter import scripted_drafter

TOOLS = {tool.name: tool for tool in demo_tools()}
CANDIDATE = Candidate(
    Example(
        messages=(turns.user("Where is B4821?"), turns.calling(turns.call("cancel_order", {"order_id": "B4821"}))),
        tools=tuple(tool.definition for tool in demo_tools()),
    ),
    "positive",
)
DOUBT = {"fault": "wrong_tool", "turn": 1, "quote": "cancel_order", "why": "The person only asks where it is."}


def look_at(said: Json, strictness: float = 0.0) -> tuple[Verdict, Opinion]:
    text = said if isinstance(said, str) else msgspec.json.encode(said).decode()
    gate = gate_with(judge_with(scripted_drafter(0, lambda _prompt: text), TOOLS), "judge-1")
    look = gate.open(Bench(TOOLS, strictness={NAME: strictness}))
    verdict = look.judge(CANDIDATE)
    assert isinstance(look, Opines)
    return verdict, look.opinion()


def judge(said: Json, strictness: float = 0.0) -> Verdict:
    return look_at(said, strictness)[0]


def test_a_judge_without_doubts_lets_it_pass_and_says_so() -> None:
    assert look_at({"fault": "none", "turn": 0, "quote": "", "why": ""}) == (PASSED, Opinion("judge-1"))


def test_a_doubt_is_an_opinion_that_goes_with_the_candidate() -> None:
    verdict, opinion = look_at(DOUBT)
    assert verdict.passed
    assert verdict.told == "Turn 1: The person only asks where it is. (“cancel_order”)"
    assert opinion == Opinion("judge-1", "wrong_tool", "The person only asks where it is.", "cancel_order", 1)
    assert opinion == look_at(DOUBT, strictness=1)[1]


def saying(text: str) -> Callable[[object], str]:
    return lambda _prompt: text


def test_what_no_rule_can_read_needs_its_good_word() -> None:
    misquoted = DOUBT | {"quote": "delete_order"}
    for said, passes in (
        (None, False),
        (DOUBT, False),
        (misquoted, False),
        ({"fault": "none", "turn": 0, "quote": "", "why": ""}, True),
    ):
        text = msgspec.json.encode(said).decode()
        gate = gate_with(judge_with(scripted_drafter(0, saying(text)), TOOLS), is_compulsory=True)
        assert gate.open(Bench(TOOLS)).judge(CANDIDATE).passed is passes


def test_where_its_word_counts_it_refuses() -> None:
    assert not judge(DOUBT, strictness=1).passed


@pytest.mark.parametrize("change", [{"quote": "delete_order"}, {"turn": 0}, {"turn": 7}, {"quote": " "}], ids=str)
def test_an_objection_to_something_that_is_not_there_refuses_nothing(change: dict[str, Json]) -> None:
    assert judge(DOUBT | change, strictness=1).passed


@pytest.mark.parametrize("said", ["pass", {"fault": "fine"}, DOUBT | {"verdict": "accept"}], ids=str)
def test_an_unreadable_judgement_says_nothing(said: Json) -> None:
    assert look_at(said, strictness=1) == (Verdict(True, NO_ANSWER), Opinion("judge-1", NO_ANSWER))
