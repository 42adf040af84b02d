"""How many tools are offered says nothing about what is right."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell
from curation.synthesizers.shop import demo_tools
from tests.synthesizers.drafting import catalogue, order_full, said_by

FEWEST = 40
"""Examples with one number of tools below which a share says nothing."""
MOST_APART = 0.15
"""Of some four hundred drafts; shares of forty are that far apart by chance."""


def tools_of(name: str) -> tuple[Tool, ...]:
    return demo_tools() if name == "demo" else catalogue(name)


def label_of(candidate: Candidate) -> str:
    label = candidate.example.messages[-1].label
    return str(label.reason) if label else "calls"


def most_apart(candidates: list[Candidate]) -> float:
    """By how much the share of one label differs most between one number of tools and all of them."""
    overall = Counter(label_of(one) for one in candidates)
    by_number: dict[int, Counter[str]] = defaultdict(Counter)
    for one in candidates:
        by_number[len(one.example.tools or ())][label_of(one)] += 1
    return max(
        abs(counts[label] / counts.total() - n / overall.total())
        for counts in by_number.values()
        if counts.total() >= FEWEST
        for label, n in overall.items()
    )


@pytest.mark.parametrize("name", ["demo", "petstore", "openai"])
def test_the_number_of_tools_says_nothing_in_whole_orders(name: str) -> None:
    reasons = ("missing_information", "answer_directly", "cannot_be_done", "escalate")
    cells = (Cell(160, "positive", "direct"), *(Cell(60, "no_tool", reason) for reason in reasons))
    drafted, _ = order_full(tools_of(name), seed=5, cells=cells)
    assert len(drafted) >= 350
    assert most_apart(drafted) <= MOST_APART


@pytest.mark.parametrize("name", ["demo", "petstore", "openai"])
def test_the_number_of_tools_says_nothing_in_near_misses(name: str) -> None:
    drafted = list(get_synthesizer("near_misses").draft(Order(tools_of(name), 400, seed=5)))
    assert len(drafted) == 400
    assert most_apart(drafted) <= MOST_APART


def test_nobody_is_told_that_people_cannot_be_brought_in() -> None:
    drafted, _ = order_full(demo_tools(), seed=5, cells=(Cell(40, "no_tool", "cannot_be_done", "escalate"),))
    misses = list(get_synthesizer("near_misses").draft(Order(demo_tools(), 300, seed=5)))
    turned_down = [one for one in (*drafted, *misses) if label_of(one) == "cannot_be_done"]
    assert len(turned_down) > 100
    assert not any("hand it to" in said_by(one.example, "assistant")[-1] for one in turned_down)
    complaints = {said_by(one.example)[0] for one in misses if one.category == "positive" and one.tool == "escalate"}
    assert complaints
    assert not any(said_by(one.example)[-1] in complaints for one in turned_down)
