"""Which tokens of a rendered row a model learns from: the assistant's own words and the token that ends them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from curation.rendering.rows import ChatRow
from curation.rendering.template import Template

UNTRAINED = -100
"""The label PyTorch's loss skips."""


class Span(NamedTuple):
    """Characters of the rendered text that carry loss; `stops` is False when no stop token is among them."""

    start: int
    end: int
    stops: bool


class Piece(NamedTuple):
    """A stretch of text as one token or several shows it."""

    text: str
    trained: bool


class LossMask(NamedTuple):
    """A row as the trainer gets it."""

    text: str
    ids: list[int]
    offsets: list[tuple[int, int]]
    trained: list[bool]
    spans: tuple[Span, ...]

    @property
    def labels(self) -> list[int]:
        return [token if on else UNTRAINED for token, on in zip(self.ids, self.trained, strict=True)]

    @property
    def trained_text(self) -> str:
        return "".join(piece.text for piece in self.pieces() if piece.trained)

    def tokens(self) -> list[Piece]:
        """Token by token; a token that shares its character with the one before it shows as empty."""
        pieces, at = [], 0
        for (start, end), on in zip(self.offsets, self.trained, strict=True):
            pieces.append(Piece(self.text[max(start, at) : end], on))
            at = max(at, end)
        return pieces

    def pieces(self) -> list[Piece]:
        """The text in alternating stretches."""
        runs = groupby(self.tokens(), key=lambda piece: piece.trained)
        return [Piece("".join(one.text for one in run), on) for on, run in runs]


def loss_mask(template: Template, row: ChatRow) -> LossMask:
    """Render a row, find the assistant's words in it, and mark their tokens."""
    text = template.render(row)
    spans = tuple(span_of(template, row, turn, text) for turn in row.trained_turns())
    tokens = template.tokenize(text)
    trained = [_starts_inside(start, end, spans) for start, end in tokens.offsets]
    return LossMask(text, tokens.ids, tokens.offsets, trained, spans)


def span_of(template: Template, row: ChatRow, turn: int, text: str) -> Span:
    """From where the opened turn ends to its stop token; what the template writes after that is not the model's."""
    start = _start_of_turn(template, row, turn, text)
    closed = template.render(row, turn + 1)
    end = _end_of_turn(closed, text, start)
    stop = _last_stop(text[start:end], template.stop_tokens)
    return Span(start, end, stops=False) if stop is None else Span(start, start + stop, stops=True)


def _start_of_turn(template: Template, row: ChatRow, turn: int, text: str) -> int:
    """Where the turn's words begin in the whole text: after what opens it.

    When the template writes the turn before in another way as long as it is the newest, the opened text is no
    beginning of the whole one; what opens the turn then follows the end of the turn before.
    """
    opened = template.render(row, turn, prompt=True)
    start = shared_length(opened, text)
    if start == len(opened) or turn == 0 or row.messages[turn - 1].get("role") != "assistant":
        return start
    before = template.render(row, turn)
    end = _end_of_turn(before, text, _start_of_turn(template, row, turn - 1, text))
    opening = opened.removeprefix(before)
    is_there = len(opening) < len(opened) and text.startswith(opening, end)
    return end + len(opening) if is_there else start


def _end_of_turn(closed: str, text: str, start: int) -> int:
    """Where the turn ends in the whole text.

    Some templates begin the newest turn with an empty thought and leave it out once another turn follows, so what the
    turn ends with is looked for as well as what it begins with.
    """
    end = shared_length(closed, text)
    if end == len(closed):
        return end
    words = closed[start:]
    for left_out in range(1, len(words)):
        if text.startswith(words[left_out:], start):
            return max(end, start + len(words) - left_out)
    return end


def shared_length(one: str, other: str) -> int:
    if other.startswith(one):
        return len(one)
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _last_stop(words: str, stop_tokens: Iterable[str]) -> int | None:
    ends = [at + len(token) for token in stop_tokens if (at := words.rfind(token)) >= 0]
    return max(ends, default=None)


def _starts_inside(start: int, end: int, spans: Iterable[Span]) -> bool:
    return any(span.start <= start < span.end and end > start for span in spans)
