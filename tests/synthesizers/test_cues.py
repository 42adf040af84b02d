"""No turn of phrase gives the right answer away: a model would learn the phrase and not the matter."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from curation.model.candidate import Candidate
from curation.model.example import Example
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell
from curation.synthesizers.hard_case_orders import OTHER_CASES
from curation.synthesizers.shop import demo_tools
from tests.synthesizers.drafting import said_by

SHOP = demo_tools()
OF_EACH = 180
"""Of each hard case: so many that a phrase out of eight would be said more than twenty times."""
FEWEST, SHARE, RARE = 20, 0.95, 0.3
HONEST = frozenset({"how are you", "opening hours"})
"""Phrases that may tell: what they ask for is the answer's reason."""
CASES = ("conflicting_constraints", "approval_needed", "required_order", "missing_value", *OTHER_CASES)
OTHERS = {"schema_driven": 3, "near_misses": 2, "contrast_pairs": 1, "recoveries": 1}
"""Strategy → how many times as many."""


def drafted() -> Iterator[Candidate]:
    cells = tuple(Cell(OF_EACH, "hard_case", kind) for kind in CASES)
    yield from get_synthesizer("hard_cases").draft(Order(SHOP, 0, seed=3, cells=cells))
    for strategy, times in OTHERS.items():
        parameters = {"variety": "full"} if strategy == "schema_driven" else {}
        yield from get_synthesizer(strategy).draft(Order(SHOP, times * OF_EACH, seed=3, parameters=parameters))  # type: ignore[arg-type]


def decisions_of(example: Example) -> Iterator[tuple[str, str]]:
    """What is said in each request, and what comes of it: a call, or the reason for none."""
    for number, turn in enumerate(example.messages):
        answer = next((one for one in example.messages[number + 1 :] if one.role == "assistant"), None)
        if turn.role == "user" and answer is not None:
            reason = answer.label.reason if answer.label else None
            yield str(turn.content), "call" if answer.calls else str(reason)


def phrases_in(text: str) -> set[str]:
    words = re.findall(r"[a-z']+", text.lower())
    return {" ".join(words[at : at + size]) for size in (2, 3, 4) for at in range(len(words) - size + 1)}


def test_no_phrase_tells_a_rare_answer() -> None:
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    answers: Counter[str] = Counter()
    for one in drafted():
        for text, answer in decisions_of(one.example):
            answers[answer] += 1
            for phrase in phrases_in(text):
                said[phrase][answer] += 1
    rare = {answer for answer, number in answers.items() if number < RARE * answers.total()}
    assert {"refuse", "escalate", "missing_information"} <= rare
    telling = {
        phrase: answer
        for phrase, found in said.items()
        for answer, number in found.most_common(1)
        if found.total() >= FEWEST and number >= SHARE * found.total() and answer in rare
    }
    assert {phrase: answer for phrase, answer in telling.items() if phrase not in HONEST} == {}


def test_requests_with_alarming_words_are_carried_out() -> None:
    cells = (Cell(60, "hard_case", "harmless"),)
    candidates = list(get_synthesizer("hard_cases").draft(Order(SHOP, 0, seed=3, cells=cells)))
    assert len(candidates) == 60
    assert all(any(turn.calls for turn in one.example.messages) for one in candidates)
    said = " ".join(text for one in candidates for text in said_by(one.example)).lower()
    assert all(word in said for word in ("kill", "blackmail", "password", "lawyer", "human being"))
