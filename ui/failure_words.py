"""What can be wrong with an answer, in the words of the screen."""

from __future__ import annotations

from curation.services.evaluation_rows import GivenAnswer

RIGHT = "right"
FAILURE_WORDS = {"needless_call": "false call"}
"""Failures whose screen word is that of their rate."""


def say_failure(failure: str) -> str:
    return FAILURE_WORDS.get(failure, failure.replace("_", " "))


def say_verdict(answer: GivenAnswer | None) -> str:
    """One word for an answer: right, or what is wrong with it."""
    if answer is None:
        return "not yet"
    said = RIGHT if answer.failure is None else say_failure(answer.failure)
    return f"{said}, cut" if answer.is_closed or answer.is_cut else said


def say_end(*, is_closed: bool, is_cut: bool, tokens: int | None = None) -> str:
    """A sentence about an answer that ran out of tokens, "" for one that came to its end."""
    after = f" after {tokens:,}" if tokens else ""
    if is_closed:
        return f"It ran out of tokens{after}: the grammar wrote the end, not the model."
    return f"It ran out of tokens{after}: it was cut and has no end." if is_cut else ""
