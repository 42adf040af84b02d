"""What a model thinks before it answers in the playground is no part of the turn."""

from __future__ import annotations

import pytest

from curation.services.playground_answers import read_answer
from tests.shop_rows import make_example

THOUGHTS = ("<think>Which one?</think>\n", "<think>Hm.</think><think>Yes.</think>", "Let me see.\n</think>\n\n")


@pytest.mark.parametrize("thought", THOUGHTS)
def test_a_call_behind_thoughts_is_the_turn(thought: str) -> None:
    call = '{"tool": "track_order", "arguments": {"order_id": "A-1"}}'
    given = read_answer(thought + call, make_example("A-1"), is_router=True)
    assert given.verdict == "valid_call"
    assert [one.name for one in given.turn.calls or ()] == ["track_order"]
    assert given.text.startswith(thought), "what the model wrote is shown whole"


@pytest.mark.parametrize("thought", THOUGHTS)
def test_words_behind_thoughts_are_the_turn(thought: str) -> None:
    given = read_answer(thought + "Which order?", make_example("A-1"), is_router=False)
    assert given.turn.content is not None
    assert str(given.turn.content).strip() == "Which order?"


def test_thoughts_alone_are_kept_to_be_seen_and_count_as_nothing() -> None:
    given = read_answer("<think>Let me see", make_example("A-1"), is_router=False)
    assert given.verdict == "unparseable"
    assert given.turn.content == "<think>Let me see"
