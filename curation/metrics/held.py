"""What a grammar did to the answers of one model: where it let more through, where less, and where it wrote the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Held(msgspec.Struct, frozen=True):
    """How far answers were held to a grammar; read beside every figure that came of it."""

    loosened: tuple[str, ...] = ()
    """Tools whose schema says more than the grammar held an answer to."""
    refused: int | None = None
    """Rows whose right answer the grammar does not let through; None: not counted."""
    unheld: int | None = None
    """Rows whose tools are not known, so that nothing held their answers; None: not counted."""
    closed: int = 0
    """Answers that ran out of tokens and whose end the grammar wrote, not the model."""
    unheeded: int = 0
    """Answers of a server that was to hold them to a form, and that do not fit it."""

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing to know, none where the grammar held everything and wrote nothing."""
        told = (self._say_closed(), self._say_refused(), self._say_unheld(), self._say_loosened(), self._say_unheeded())
        return tuple(note for note in told if note)

    @property
    def of_all_rows(self) -> Held:
        """What was counted over all rows together, and is known of no row alone."""
        return msgspec.structs.replace(self, closed=0)

    def _say_closed(self) -> str:
        n = self.closed
        answers = "1 answer" if n == 1 else f"{n:,} answers"
        return f"The grammar, not the model, wrote the end of {answers} that ran out of tokens." * bool(n)

    def _say_refused(self) -> str:
        n = self.refused or 0
        rows = "The right answer of 1 row is" if n == 1 else f"The right answers of {n:,} rows are"
        return f"{rows} beyond the grammar, which bounds texts, lists and numbers." * bool(n)

    def _say_unheld(self) -> str:
        n = self.unheld or 0
        rows = "1 row names no tools: its answer was" if n == 1 else f"{n:,} rows name no tools: their answers were"
        return f"{rows} held to nothing." * bool(n)

    def _say_loosened(self) -> str:
        names = ", ".join(f"`{name}`" for name in self.loosened)
        return f"The grammar lets more through than the schema of {names}." * bool(names)

    def _say_unheeded(self) -> str:
        n = self.unheeded
        answers = "1 answer does" if n == 1 else f"{n:,} answers do"
        return f"{answers} not fit the form that the server was to hold them to: it pays no heed to it." * bool(n)


class Noted(Protocol):
    """Something about the answers of one model that is to be known beside their figures."""

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing to know."""


def gather_notes(held: Mapping[str, Noted]) -> dict[str, tuple[str, ...]]:
    """Each note once → the names of the models it is about."""
    notes = dict.fromkeys(note for one in held.values() for note in one.notes)
    return {note: tuple(name for name, one in held.items() if note in one.notes) for note in notes}
