"""The fourth and fifth gates: nothing that is there already, and nothing like the test."""

from __future__ import annotations

import msgspec
import pytest

from curation.gates import Bench, Known, fresh, unleaked
from curation.gates.contract import Look
from curation.gates.knowing import know
from curation.model.candidate import Candidate
from tests.gates.conversations import BENCH, Talk

LONG = "Good morning, could you please find out for me where on earth the parcel of my order {} has got to by now?"


def ask(order: str, words: str = LONG, name: str = "get_order", twin: str = "") -> Candidate:
    return Talk(words.format(order)).calls(name, {"order_id": order}).candidate(twin=twin)


def grouped(candidate: Candidate, group: str) -> Candidate:
    return msgspec.structs.replace(candidate, example=msgspec.structs.replace(candidate.example, group=group))


def with_known(*known: Known) -> Bench:
    return msgspec.structs.replace(BENCH, known=known)


def kept(look: Look, *candidates: Candidate) -> Look:
    for one in candidates:
        look.keep(one)
    return look


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (ask("A-1001"), "duplicate"),
        (ask("A-1002"), "near_duplicate"),
        (ask("A-1001", name="pause_order"), "contradiction"),
        (ask("A-1001", "Where is {}?"), ""),
    ],
    ids=["same", "nearly the same", "same request, other call", "other words"],
)
def test_batch_holds_nothing_twice(candidate: Candidate, reason: str) -> None:
    assert kept(fresh.GATE.open(BENCH), ask("A-1001")).judge(candidate).reason == reason


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [(ask("A-1001"), "duplicate"), (ask("A-1002"), "near_duplicate"), (ask("A-1002", "Where is {}?"), "")],
)
def test_project_holds_nothing_twice(candidate: Candidate, reason: str) -> None:
    assert fresh.GATE.open(with_known(know(ask("A-1001").example))).judge(candidate).reason == reason


def test_judging_alone_remembers_nothing() -> None:
    look = fresh.GATE.open(BENCH)
    assert [look.judge(ask("A-1001")).passed for _ in range(2)] == [True, True]


def test_pair_may_be_alike_and_a_third_may_not() -> None:
    look = kept(fresh.GATE.open(BENCH), ask("A-1001", twin="pair-1"))
    assert look.judge(ask("A-1002", twin="pair-1")).passed
    assert look.judge(ask("A-1002", twin="pair-2")).reason == "near_duplicate"
    assert look.judge(ask("A-1002")).reason == "near_duplicate"


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (ask("A-1001"), "test_row"),
        (ask("A-1002"), "like_test"),
        (ask("A-1002", name="pause_order"), "like_test"),
        (grouped(ask("B-2", "Where is {}?"), "frame/07"), "test_group"),
        (grouped(ask("B-2", "Where is {}?"), "frame/08"), ""),
        (ask("B-2", "Where is {}?"), ""),
    ],
)
def test_nothing_like_a_test_group_passes(candidate: Candidate, reason: str) -> None:
    tested = know(grouped(ask("A-1001"), "frame/07").example, is_test=True)
    trained = know(grouped(ask("B-3", "Is {} packed by now?"), "frame/08").example)
    assert unleaked.GATE.open(with_known(tested, trained)).judge(candidate).reason == reason


def test_rows_outside_the_test_leak_nothing() -> None:
    trained = know(grouped(ask("A-1001"), "frame/07").example)
    assert unleaked.GATE.open(with_known(trained)).judge(ask("A-1001")).passed
