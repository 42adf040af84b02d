"""The sixth gate: figures of a batch, and a refusal only where its share would fall."""

from __future__ import annotations

import msgspec
import pytest

from curation.gates import diverse
from curation.gates.contract import Bench, Look, Tells
from curation.gates.diverse import FEWEST, WINDOW
from curation.model.candidate import Candidate
from tests.gates.conversations import BENCH, Talk


def ask(words: str, order: str = "A-1001") -> Candidate:
    return Talk(words).calls("get_order", {"order_id": order}).candidate()


def filled(count: int, bench: Bench = BENCH) -> Look:
    """A look at a batch in which all requests begin alike."""
    look = diverse.GATE.open(bench)
    for number in range(count):
        look.keep(ask(f"Where is my order {number}?", f"A-{number}"))
    return look


def test_request_that_begins_like_all_others_is_refused() -> None:
    look = filled(WINDOW)
    verdict = look.judge(ask("Where is my parcel?", "B-1"))
    assert (verdict.passed, verdict.reason) == (False, "same_openings")
    assert look.judge(ask("Has the parcel left?", "B-1")).passed


def test_few_candidates_say_nothing_of_a_share() -> None:
    assert filled(FEWEST - 1).judge(ask("Where is my parcel?", "B-1")).passed


def test_what_brings_something_new_passes_and_raises_the_share() -> None:
    look = filled(WINDOW)
    for number in range(WINDOW):
        look.keep(ask(f"Say{'abcdefghijklmnopqrst'[number % 20]} how order stands", f"C-{number}"))
    assert look.judge(ask("Saya how order stands", "D-1")).passed


def test_same_values_again_and_again_are_refused_where_that_is_wanted() -> None:
    look = diverse.GATE.open(msgspec.structs.replace(BENCH, strictness={"openings": 0.0, "values": 0.1}))
    for _ in range(FEWEST):
        look.keep(ask("Where is A-1001?"))
    assert look.judge(ask("Where is A-1001?")).reason == "same_values"
    assert look.judge(ask("Where is B-2?", "B-2")).passed


def test_figures_can_be_read_at_any_moment() -> None:
    look = diverse.GATE.open(BENCH)
    assert isinstance(look, Tells)
    assert look.figures() == {}
    look.keep(ask("Where is my order?"))
    look.keep(ask("Where is my order?", "B-2"))
    assert look.figures() == {"openings": 0.5, "tools": 0.5, "values": 1.0, "shapes": 0.5}


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_nothing_is_refused_that_is_not_below_the_share(share: float) -> None:
    bench = msgspec.structs.replace(BENCH, strictness={"openings": share})
    look = diverse.GATE.open(bench)
    for number in range(WINDOW):
        look.keep(ask(f"{'abcdefghij'[number % 10] * 3} is my order", f"A-{number}"))
    assert look.judge(ask("aaa is my order", "B-1")).passed
