"""What the strategies for lessons hold for any catalogue: their number, no error, other words, the same again."""

from __future__ import annotations

from collections import Counter

import pytest

from curation.gates import GATES, Bench, Passage
from curation.model.envelope import encode
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.contract import Cell, Shortfall
from tests.synthesis_orders import catalogue, errors_in, openings_of, order_for

LESSONS = ("near_misses", "contrast_pairs", "recoveries", "hard_cases", "variations", "scenarios")
COUNT = 300
LEAST_DISTINCT = {"near_misses": 0.85, "variations": 0.8}
"""In half of these twins the very same words are said where the tool is gone; and of a conversation that opens without
any value, a variation opens in the same words."""
lessons = pytest.mark.parametrize("name", LESSONS)


def drafted(name: str, tools: str = "shop", count: int = COUNT) -> list[Candidate]:
    synthesizer = get_synthesizer(name)
    return list(synthesizer.draft(order_for(synthesizer, catalogue(tools), count)))


@lessons
@pytest.mark.parametrize("tools", ["shop", "swagger_petstore.yaml"])
def test_three_hundred_candidates_without_an_error_and_in_other_words(name: str, tools: str) -> None:
    candidates = drafted(name, tools)
    assert len(candidates) == COUNT
    assert errors_in(candidates, catalogue(tools)) == {}
    openings = openings_of(candidates)
    assert len(set(openings)) >= LEAST_DISTINCT.get(name, 0.9) * COUNT
    assert not any("{" in text or "}" in text or "  " in text for text in openings)


@lessons
def test_nearly_all_pass_the_gates(name: str) -> None:
    passage = Passage(GATES, Bench(tools={tool.name: tool for tool in catalogue("shop")}))
    refused: Counter[str] = Counter()
    for candidate in drafted(name, count=100):
        refusal = passage.judge(candidate)
        if refusal is None:
            passage.keep(candidate)
        else:
            refused[f"{refusal.gate}: {refusal.verdict.reason}"] += 1
    assert refused.total() <= 4, refused


@lessons
def test_the_same_order_gives_the_same_bytes(name: str) -> None:
    first, second = drafted(name, count=60), drafted(name, count=60)
    assert [encode(one.example) for one in first] == [encode(one.example) for one in second]
    assert first == second


@lessons
def test_candidates_name_their_strategy_their_tool_and_their_family(name: str) -> None:
    for candidate in drafted(name, count=60):
        assert candidate.strategy == name
        assert candidate.tool in {tool.name for tool in catalogue("shop")}
        assert candidate.example.group


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("near_misses", Cell(6, "no_tool", "missing_information", "track_order")),
        ("contrast_pairs", Cell(6, tool="change_address")),
        ("recoveries", Cell(6, "recovery", "read_before_retry", "cancel_order")),
        ("hard_cases", Cell(6, "hard_case", "refusal", "request_refund")),
    ],
)
def test_a_cell_gives_exactly_what_it_says(name: str, cell: Cell) -> None:
    candidates = list(get_synthesizer(name).draft(Order(catalogue("shop"), 0, cells=(cell,))))
    assert len(candidates) == cell.count
    wanted = [one for one in candidates if one.category == cell.category]
    assert wanted
    assert all(one.kind == cell.kind for one in wanted if cell.kind)
    assert all(cell.tool in {tool.view.name for tool in one.example.tools or ()} for one in wanted)


def test_what_cannot_be_drafted_is_said_with_what_would_help() -> None:
    short: list[Shortfall] = []
    cells = (Cell(4, "recovery", "read_before_retry"), Cell(2, "teapot"), Cell(2, "recovery", tool="nobody"))
    order = Order(catalogue("mcp_reply.json"), 0, cells=cells, tell_short=short.append)
    assert list(get_synthesizer("recoveries").draft(order)) == []
    told = {(one.cell.category, one.cell.count): one.why for one in short}
    assert "one that reads the same thing" in told["recovery", 4]
    assert "another strategy" in told["teapot", 2]
    assert "`nobody`" in told["recovery", 2]


def test_kinds_that_a_catalogue_cannot_give_are_made_up_by_the_others() -> None:
    order = Order(catalogue("mcp_reply.json"), 60, seed=2)
    candidates = list(get_synthesizer("recoveries").draft(order))
    assert len(candidates) == 60
    assert "read_before_retry" not in {one.kind for one in candidates}


@pytest.mark.parametrize("tag", ["missing_value", "untrusted_instructions", "refusal", "escalation"])
def test_two_hundred_of_one_hard_case_are_told_in_many_words(tag: str) -> None:
    order = Order(catalogue("shop"), 0, cells=(Cell(200, "hard_case", tag),))
    candidates = list(get_synthesizer("hard_cases").draft(order))
    assert len(candidates) == 200
    assert len(set(openings_of(candidates))) >= 180
    endings = {str(one.example.messages[-1].content) for one in candidates}
    assert len(endings) >= 8
