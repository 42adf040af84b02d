"""Near-misses: what changes between an example that calls and one that does not, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from curation.model.example import Example, Message
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.blanking import leave_out
from tests.synthesis_orders import catalogue, openings_of, seeds_of

SHOP = catalogue("shop")


def twins(count: int = 200) -> list[tuple[Candidate, Candidate]]:
    candidates = list(get_synthesizer("near_misses").draft(Order(SHOP, count, seed=4)))
    return [(one, other) for one, other in pairwise(candidates) if one.twin == other.twin]


def names(example: Example) -> set[str | None]:
    return {one.view.name for one in example.tools or ()}


def last(example: Example) -> Message:
    return example.messages[-1]


def test_a_positive_and_its_near_miss_are_twins_in_one_group() -> None:
    found = twins()
    assert len(found) == 100
    for positive, negative in found:
        assert positive.example.group == negative.example.group
        assert positive.category == "positive"
        assert negative.category == "no_tool"
        assert last(positive.example).calls
        assert not any(turn.calls for turn in negative.example.messages)
        assert last(negative.example).label is not None
        assert negative.deeds == ()


def test_the_same_request_is_turned_down_only_where_the_tool_is_gone() -> None:
    same = [
        (one, other) for one, other in twins() if openings_of([one]) == openings_of([other]) and one.tool == other.tool
    ]
    assert same
    for positive, negative in same:
        assert names(positive.example) - names(negative.example) == {positive.tool}
        label = last(negative.example).label
        assert label is not None
        assert label.reason == "cannot_be_done"


def test_a_value_left_open_is_named_and_nowhere_said() -> None:
    missing = [(one, other) for one, other in twins() if other.kind == "missing_information"]
    assert missing
    for positive, negative in missing:
        label = last(negative.example).label
        assert label is not None
        assert len(label.missing) == 1
        assert negative.tool in names(negative.example)
        assert len(openings_of([negative])[0]) < len(openings_of([positive])[0]) + 20


def test_near_misses_of_examples_stay_in_their_groups() -> None:
    seeds = seeds_of(SHOP)
    candidates = list(get_synthesizer("near_misses").draft(Order(SHOP, 150, seed=4, seeds=seeds)))
    assert len(candidates) == 150
    assert {one.example.group for one in candidates} <= {seed.group for seed in seeds}
    assert {one.kind for one in candidates} == {"missing_information", "answer_directly", "cannot_be_done"}
    assert not any(turn.calls for one in candidates for turn in one.example.messages)


@pytest.mark.parametrize(
    ("text", "value", "parameter", "expected"),
    [
        ("Where is order B4821 now?", "B4821", "order_id", "Where is my order now?"),
        ("Cancel B4821.", "B4821", "order_id", "Cancel my order."),
        ("What is the weather in Paris?", "Paris", "city", "What is the weather?"),
        ("Delete it. The order id is 17. Thanks.", "17", "order_id", "Delete it. Thanks."),
        ("Add a pet, name doggie, status sold.", "sold", "status", "Add a pet, name doggie."),
        ("My order is B4821.", "B4821", "order_id", None),
        ("B4821 or B4821?", "B4821", "order_id", None),
        ("Give it to Ada at once.", "Ada", "name", None),
    ],
)
def test_a_value_is_taken_out_cleanly_or_not_at_all(
    text: str, value: str, parameter: str, expected: str | None
) -> None:
    assert leave_out(text, value, parameter) == expected
