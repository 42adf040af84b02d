"""What a call could know: everything that was said, and every result that came, before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from curation.model.values import Exact, Json
from curation.rules.folding import fold, id_tokens
from curation.rules.row import Row, Turn

_DEEPEST_PART = 8
NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]{4,}\b")
"""A capitalised word, which may be a name."""


def texts_before(row: Row, index: int) -> list[str]:
    """All texts before a turn, oldest first, those inside lists of content parts among them."""
    return [text for turn in row.turns[:index] for text in texts_of(turn)]


def texts_of(turn: Turn) -> list[str]:
    """The text of a turn, or the texts inside a content that is a list of parts."""
    if turn.text:
        return [turn.text]
    return list(strings_in(turn.parts)) if type(turn.message.content) is Exact and turn.parts else []


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


class _Lines:
    """One string per turn in a single one, so that all before a turn are searched in one go, the newest first."""

    __slots__ = ("_ends", "_text")

    def __init__(self, lines: Iterable[str]) -> None:
        parts, self._ends, length = [], [0], 0
        for line in lines:
            parts.append(line)
            length += len(line) + 1
            self._ends.append(length)
        self._text = "\n".join(parts)

    def hold(self, value: str, index: int) -> bool:
        """Whether a string before this turn holds the value."""
        return self._text.rfind(value, 0, self._ends[index]) >= 0


class Heard:
    """All that a row says, laid out once for every value of every call."""

    def __init__(self, row: Row) -> None:
        self._texts = ["\n".join(texts_of(turn)) for turn in row.turns]
        self._calls = [[call.text for call in turn.calls if call.text] for turn in row.turns]
        self.n_searched = 0
        """How many values were compared with all tokens, which costs the most."""

    @cached_property
    def said(self) -> _Lines:
        return _Lines(self._texts)

    @cached_property
    def folded(self) -> _Lines:
        """The same without case, width and punctuation."""
        return _Lines(fold(text) for text in self._texts)

    @cached_property
    def lowered(self) -> _Lines:
        """The same without case."""
        return _Lines(text.casefold() for text in self._texts)

    @cached_property
    def names(self) -> dict[str, int]:
        """Every name, with the turn that says it first."""
        first: dict[str, int] = {}
        for index, text in enumerate(self._texts):
            for name in NAME.findall(text):
                first.setdefault(name, index)
        return first

    def texts_before(self, index: int) -> list[str]:
        """The texts of the turns before one."""
        return self._texts[:index]

    @cached_property
    def called(self) -> _Lines:
        """The arguments of all calls."""
        return _Lines("\n".join(texts) for texts in self._calls)

    @cached_property
    def called_folded(self) -> _Lines:
        """The same without case, width and punctuation."""
        return _Lines(fold("\n".join(texts)) for texts in self._calls)

    @cached_property
    def _tokens(self) -> tuple[list[str], list[int]]:
        tokens: list[str] = []
        ends = [0]
        for text in self._texts:
            tokens += id_tokens(text)
            ends.append(len(tokens))
        return tokens, ends

    def tokens_before(self, index: int) -> list[str]:
        """The words before a turn that may be ids, oldest first."""
        tokens, ends = self._tokens
        return tokens[: ends[index]]
