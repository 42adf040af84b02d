"""What the models of a look are called on screen: short, each once, and the same in every card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

MOST_SHOWN = 5
"""Models in one chart: the first one gray, each other with a colour of its own."""


class Names(msgspec.Struct, frozen=True):
    """Full label → short name, in the order of the look."""

    by_label: Mapping[str, str]
    production: str = ""
    """Label of the answers of the model in production; empty where it did not answer here."""
    candidate: str = ""
    """Label of the model the gate looks at."""

    def __getitem__(self, label: str) -> str:
        return self.by_label.get(label, label)

    @property
    def short(self) -> tuple[str, ...]:
        return tuple(self.by_label.values())

    def told(self, label: str) -> str:
        """With a word for the one that is in production, and for the one that may follow it."""
        word = {self.production: ", production", self.candidate: ", candidate"}.get(label, "")
        return f"{self[label]}{word}"

    def places(self, labels: Sequence[str]) -> tuple[int, ...]:
        """Places in the look: a model keeps its colour and shape, whoever else is shown."""
        every = list(self.by_label)
        return tuple(every.index(label) % MOST_SHOWN for label in labels)


def name_models(labels: Sequence[str], production: str = "", candidate: str = "") -> Names:
    """Short names for the models of a look."""
    return Names(dict(zip(labels, short_names(labels), strict=True)), production, candidate)


def short_names(labels: Sequence[str]) -> list[str]:
    """A tuned model or another way to ask is often called after the first one; beside it, the rest says enough."""
    first = f"{labels[0]}, " if labels else ""
    short = [label.removeprefix(first) or label for label in labels]
    return short if len(set(short)) == len(short) else list(labels)
