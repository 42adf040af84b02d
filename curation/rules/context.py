"""What a call could know: everything that was said, and every result that came, before it."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.values import Exact, Json
from curation.rules.row import Row, Turn

_DEEPEST_PART = 8


def texts_before(row: Row, index: int) -> list[str]:
    """All texts before a turn, oldest first, those inside lists of content parts among them."""
    texts = row.text_before(index)
    for turn in row.turns[:index]:
        if type(turn.message.content) is Exact:
            texts += part_texts(turn)
    return texts


def part_texts(turn: Turn) -> list[str]:
    """The texts inside a content that is a list of parts."""
    return list(strings_in(turn.parts)) if turn.parts else []


def strings_in(value: Json, depth: int = 0) -> Iterator[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST_PART and isinstance(value, list | dict):
        for child in value.values() if isinstance(value, dict) else value:
            yield from strings_in(child, depth + 1)


def stands_in(value: str, texts: list[str]) -> bool:
    """Whether one of the texts holds the value, letter by letter."""
    for text in texts:  # noqa: SIM110 - called for each value of each call
        if value in text:
            return True
    return False
