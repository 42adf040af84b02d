"""How long an answer may be: what the longest right answer needs, in steps, and no more than the context."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.finetune.answer_lengths import choose_limit, estimate, measure, measure_look, say_beyond_look
from curation.llm.contract import Prompt, Turn
from curation.metrics.lengths import Lengths
from curation.rendering import ChatRow, read_chat_row


class Lettered:
    """A model for which every letter is a token."""

    def __init__(self, context: int = 0) -> None:
        self.context = context
        self.asked: list[Prompt] = []

    def count_answer(self, prompt: Prompt, answer: Turn) -> int:
        self.asked.append(prompt)
        return len(answer.content or "") + 1


def row(*turns: str) -> ChatRow:
    messages: list[dict[str, Any]] = [
        {"role": role, "content": text} for role, text in zip(("user", "assistant") * len(turns), turns, strict=False)
    ]
    return read_chat_row(json.dumps({"messages": messages}).encode(), "router")


@pytest.mark.parametrize(
    ("longest", "context", "limit"),
    [(0, 0, 128), (128, 0, 128), (129, 0, 192), (192, 0, 192), (900, 0, 960), (900, 512, 512), (90, 2048, 128)],
)
def test_limit_lets_the_longest_right_answer_through(longest: int, context: int, limit: int) -> None:
    assert choose_limit(longest, context) == limit


def test_right_answers_are_measured_behind_what_is_asked() -> None:
    model = Lettered()
    rows = [row("Hi", "x" * 149), row("Hi", "Hello"), row("Nobody answers this one")]
    assert measure(model, rows) == Lengths(limit=192, longest_right=150)
    assert [turn.content for turn in model.asked[0].turns] == ["Hi"]


def test_a_limit_that_was_said_is_kept_and_longer_right_answers_are_counted() -> None:
    rows = [row("Hi", "x" * 149), row("Hi", "x" * 99), row("Hi", "x" * 98)]
    assert measure(Lettered(), rows, 99) == Lengths(limit=99, longest_right=150, beyond=2)
    assert measure(Lettered(), []) == Lengths(limit=128)


def test_for_a_host_tokens_are_estimated() -> None:
    told = estimate([row("Hi", "word " * 400), row("Hi", "Hello")], 64)
    assert (told.limit, told.beyond, told.is_estimated) == (64, 1, True)
    assert 400 <= told.longest_right <= 1000


def test_a_look_while_training_has_room_for_the_turn_that_is_asked() -> None:
    assert measure_look(Lettered(), [row("Hi", "x" * 200), row("Hi", "Hello")]) == Lengths(256, longest_right=201)
    assert measure_look(Lettered(), []) == Lengths(128)


def test_one_long_right_answer_does_not_make_every_look_of_a_training_long() -> None:
    rows = [row("Hi", "x" * 3000), row("Hi", "Hello")]
    lengths = measure_look(Lettered(), rows)
    assert lengths == Lengths(512, longest_right=3001, beyond=1)
    assert say_beyond_look(lengths).startswith("1 validation decision has a right answer longer than the 512 tokens")
    assert say_beyond_look(measure_look(Lettered(), rows[1:])) == ""
    assert measure(Lettered(), rows).limit == 3008, "an evaluation gives every right answer room"
