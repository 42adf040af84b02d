"""How many tokens an answer may have: as many as the longest right answer needs, so that none of those is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from curation.finetune.rows import answer_turn, turn_of
from curation.llm.budget import estimate_text
from curation.llm.contract import Prompt, Turn
from curation.metrics.lengths import Lengths
from curation.rendering import ChatRow

LEAST = 128
"""Enough for most right answers; a model that finds no end is not let go on for long."""
STEP = 64
"""Room beyond that is given in such steps: the same words can take a few tokens more in another spelling."""
MOST_IN_LOOK = 512
"""A model that finds no end is asked anew in every look of a training: one long right answer must not cost hours."""


class Counting(Protocol):
    """A model that knows how many tokens an answer takes."""

    @property
    def context(self) -> int:
        """The most tokens it takes in one go; 0: not known."""

    def count_answer(self, prompt: Prompt, answer: Turn) -> int:
        """Tokens it must write to give this answer, its end among them."""


def choose_limit(longest_right: int, context: int = 0) -> int:
    """The limit that lets the longest right answer through."""
    limit = LEAST if longest_right <= LEAST else -(-longest_right // STEP) * STEP
    return min(limit, context) if context else limit


def measure(model: Counting, rows: Iterable[ChatRow], said: int = 0) -> Lengths:
    """The lengths of rows that end in their right answer, and the limit: what was said, or what they need."""
    counts = [_count(model, row, len(row.messages) - 1) for row in rows if _ends_answered(row)]
    longest = max(counts, default=0)
    return _told(counts, said or choose_limit(longest, model.context))


def estimate(rows: Iterable[ChatRow], limit: int) -> Lengths:
    """The same for a model whose tokens nobody here can count."""
    counts = [_estimate(turn_of(row.messages[-1])) for row in rows if _ends_answered(row)]
    return msgspec.structs.replace(_told(counts, limit), is_estimated=True)


def measure_look(model: Counting, rows: Iterable[ChatRow]) -> Lengths:
    """The same for the looks of a training, whose rows are asked at one of their turns and go on after it."""
    counts = [_count(model, row, answer_turn(row)) for row in rows]
    return _told(counts, min(choose_limit(max(counts, default=0), model.context), MOST_IN_LOOK))


def say_beyond_look(lengths: Lengths) -> str:
    """What a training says of right answers that its looks cut; empty where there are none."""
    n = lengths.beyond
    rows = "1 validation decision has a right answer" if n == 1 else f"{n:,} validation decisions have right answers"
    longer = f"{rows} longer than the {lengths.limit:,} tokens that an answer may have while training"
    return f"{longer}, so no look counts them as right; an evaluation gives them room." * bool(n)


def _told(counts: Sequence[int], limit: int) -> Lengths:
    return Lengths(limit, max(counts, default=0), sum(count > limit for count in counts))


def _ends_answered(row: ChatRow) -> bool:
    return bool(row.messages) and row.messages[-1].get("role") == "assistant"


def _count(model: Counting, row: ChatRow, at: int) -> int:
    tools = tuple(msgspec.json.encode(tool).decode() for tool in row.tools)
    asked = Prompt(tuple(turn_of(message) for message in row.messages[:at]), tools)
    return model.count_answer(asked, turn_of(row.messages[at]))


def _estimate(answer: Turn) -> int:
    return estimate_text(answer.content or "") + sum(map(estimate_text, answer.calls))
