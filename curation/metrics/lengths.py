"""How long answers could be, how long the right ones are, and how many were cut because they ran out of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Ended(Protocol):
    """An answer, and how it came to its end."""

    @property
    def is_cut(self) -> bool:
        """Whether it ran out of tokens and nothing wrote its end."""

    @property
    def is_closed(self) -> bool:
        """Whether it ran out of tokens and a grammar wrote its end."""

    @property
    def tokens(self) -> int | None:
        """How many it has; None: nobody counted them."""


class Lengths(msgspec.Struct, frozen=True):
    """What the figures of one model owe to the longest answer it was let give; read beside every one of them."""

    limit: int = 0
    """Tokens an answer could have; 0: nobody has said."""
    longest_right: int = 0
    """Tokens of the longest right answer; 0: not counted."""
    beyond: int = 0
    """Rows whose right answer is longer than the limit."""
    is_estimated: bool = False
    """Whether the tokens of right answers were estimated: a host's own count is not known here."""
    cut: int = 0
    """Answers that ran out of tokens, those whose end a grammar wrote among them."""
    cut_from: int = 0
    """Tokens of the shortest of them; 0: not counted."""
    cut_to: int = 0
    """Tokens of the longest of them."""

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing to know, none where every answer came to its end and every right one had room."""
        return tuple(note for note in (self._say_cut(), self._say_beyond()) if note)

    @property
    def of_all_rows(self) -> Lengths:
        """What was counted over all rows together, and is known of no row alone."""
        return msgspec.structs.replace(self, cut=0, cut_from=0, cut_to=0)

    def _say_cut(self) -> str:
        answers = "1 answer was" if self.cut == 1 else f"{self.cut:,} answers were"
        span = f"{self.cut_from:,} to {self.cut_to:,}" if self.cut_from != self.cut_to else f"{self.cut_to:,}"
        at = f"{answers} cut at {span} tokens."
        return (at if self.cut_to else f"{answers} cut: no tokens were left.") * bool(self.cut)

    def _say_beyond(self) -> str:
        n, about = self.beyond, "about " * self.is_estimated
        rows = "The right answer of 1 row is" if n == 1 else f"The right answers of {n:,} rows are"
        longer = f"{rows} longer than the {self.limit:,} tokens that an answer may have"
        return f"{longer}; allow {about}{self.longest_right:,}." * bool(n)


def count_cut(answers: Sequence[Ended], told: Lengths) -> Lengths:
    """What was told of the lengths, with the answers that were cut."""
    cut = [one for one in answers if one.is_cut or one.is_closed]
    tokens = [one.tokens for one in cut if one.tokens]
    return msgspec.structs.replace(told, cut=len(cut), cut_from=min(tokens, default=0), cut_to=max(tokens, default=0))
