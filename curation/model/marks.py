"""Where an example stood, as the audit writes it: its state and its revision (`draft@3`)."""

from __future__ import annotations

import msgspec

from curation.model.states import ExampleState


class Mark(msgspec.Struct, frozen=True):
    """One place in the life of an example."""

    state: ExampleState
    rev: int

    def __str__(self) -> str:
        return f"{self.state.value}@{self.rev}"


def mark_of(text: str) -> Mark:
    """A mark as the audit wrote it."""
    state, _, rev = text.partition("@")
    return Mark(ExampleState(state), int(rev))
