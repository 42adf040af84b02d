"""What a call could know: everything that was said, and every result that came, before it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from curation.model.values import Exact, Json
from curation.rules.dates import has_full_date
from curation.rules.folding import fold, fold_words, id_tokens
from curation.rules.numbers import PAIRS_MOST, has_number_word, numbers_in
from curation.rules.row import Row, Turn
from curation.rules.whole import Fits, Room, begins, ends, find_whole, is_anywhere

if TYPE_CHECKING:
    from curation.rules.derived import Weak

_DEEPEST_PART = 8
_LATELY = 4_000
NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]{4,}\b")
"""A capitalised word, which may be a name."""


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


class Lines:
    """One string per turn in a single one, so that all before a turn are searched in one go, the newest first."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._found: dict[tuple[str, Fits], tuple[int, int]] = {}
        parts, self._ends, length = [], [0], 0
        for line in lines:
            parts.append(line)
            length += len(line) + 1
            self._ends.append(length)
        self._text = "\n".join(parts)

    def hold(self, value: str, index: int) -> bool:
        """Whether a string before this turn holds the value."""
        return self._text.rfind(value, 0, self._ends[index]) >= 0

    def hold_whole(self, value: str, index: int, fits: Fits, room: Room) -> bool:
        """Whether a string before this turn holds the value, and not only as a part of a longer one.

        Each value is looked for once in all of the row. Without room left, nothing is said against it.
        """
        stop = self._ends[index]
        # Most values stand whole in what was said last.
        at = self._text.find(value, max(0, stop - _LATELY), stop)
        if at >= 0 and fits(self._text, at, at + len(value)):
            return True
        start, at = self._found.get((value, fits), (0, -1))
        if at < 0 and start < stop:
            at = find_whole(self._text, value, start, stop, fits, room)
            self._found[value, fits] = stop, at
        return 0 <= at < stop or not room.is_left

    def turn_from(self, value: str, index: int, fits: Fits, room: Room) -> int | None:
        """The first turn from this one on that holds the value whole."""
        at = find_whole(self._text, value, self._ends[index], len(self._text), fits, room)
        return bisect_right(self._ends, at) - 1 if at >= 0 else None

    def find(self, value: str, index: int, room: Room) -> tuple[str, int]:
        """The text, and where a string before this turn holds the value first in any way; -1: nowhere."""
        return self._text, find_whole(self._text, value, 0, self._ends[index], is_anywhere, room)


class _FoldedLines(Lines):
    """Strings without case, width and punctuation that still know where their words began."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(map(fold, texts))
        self._texts = texts

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether words begin and end at these places."""
        return (self._is_edge(start) or begins(text, start)) and self.fits_end(text, start, end)

    def fits_end(self, text: str, _start: int, end: int) -> bool:
        """Whether a word ends at the second place."""
        return self._is_edge(end) or ends(text, end)

    @cached_property
    def _edges(self) -> list[int]:
        edges, at = [], 0
        for text in self._texts:
            for word in fold_words(text):
                at += len(word)
                edges.append(at)
            at += 1
        return edges

    def _is_edge(self, at: int) -> bool:
        place = bisect_left(self._edges, at)
        return place < len(self._edges) and self._edges[place] == at


class Heard:
    """All that a row says, laid out once for every value of every call."""

    def __init__(self, row: Row) -> None:
        self._texts = [turn.text or "\n".join(texts_of(turn)) for turn in row.turns]
        self._turns = row.turns
        self.room = Room()
        self.room_for_copies = Room()
        self.weak_values: list[Weak] | None = None
        """Kept by the rules on derived values."""
        self.n_compared = 0
        """How many words were compared with a value letter by letter, which costs the most."""
        self._first_names: list[str] = []
        self._n_named, self._named_to = 0, 0
        self._numbers: list[frozenset[str] | None] = [frozenset()]

    @cached_property
    def said(self) -> Lines:
        return Lines(self._texts)

    @cached_property
    def dated_from(self) -> int:
        """The first turn that holds a date with its year; the number of turns when none does."""
        return next((at for at, text in enumerate(self._texts) if has_full_date(text)), len(self._texts))

    @cached_property
    def folded(self) -> _FoldedLines:
        """The same without case, width and punctuation."""
        return _FoldedLines(self._texts)

    @cached_property
    def lowered(self) -> Lines:
        """The same without case."""
        return Lines(text.casefold() for text in self._texts)

    @cached_property
    def names(self) -> dict[str, int]:
        """Every name, with the turn that says it first."""
        first: dict[str, int] = {}
        for index, text in enumerate(self._texts):
            for name in NAME.findall(text):
                first.setdefault(name, index)
        return first

    def names_before(self, index: int, most: int) -> list[str]:
        """The first of the names that turns before this one say, in the order of the alphabet."""
        if index < self._named_to:
            self._first_names, self._n_named = [], 0
        self._named_to = index
        n_known = bisect_left(self._name_turns, index)
        for name in self._name_list[self._n_named : n_known]:
            insort(self._first_names, name)
            del self._first_names[most:]
        self._n_named = n_known
        return list(self._first_names)

    @cached_property
    def _name_list(self) -> list[str]:
        return list(self.names)

    @cached_property
    def _name_turns(self) -> list[int]:
        return list(self.names.values())

    def numbers_before(self, index: int) -> frozenset[str] | None:
        """The numbers before a turn; None when there are so many, or some in words, that any may follow from them."""
        known = self._numbers
        for text in self._texts[len(known) - 1 : index]:
            so_far = known[-1]
            if so_far is not None:
                so_far |= numbers_in(text)
                if len(so_far) > PAIRS_MOST or has_number_word(text):
                    so_far = None
            known.append(so_far)
        return known[index]

    def texts_before(self, index: int) -> list[str]:
        """The texts of the turns before one."""
        return self._texts[:index]

    @cached_property
    def _called(self) -> list[str]:
        return ["\n".join([call.text for call in turn.calls if call.text]) for turn in self._turns]

    @cached_property
    def called(self) -> Lines:
        """The arguments of all calls."""
        return Lines(self._called)

    @cached_property
    def called_folded(self) -> Lines:
        """The same without case, width and punctuation."""
        return Lines(map(fold, self._called))

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
