"""What every drafting strategy is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.parameter import Parameter
from curation.model.values import Json


class Order(msgspec.Struct, frozen=True):
    """What a person asks a synthesizer for."""

    tools: tuple[Tool, ...]
    count: int
    seed: int = 0
    mix: dict[str, float] = {}
    """Category → share: positive, no_tool, recovery, … (the synthesizer's own default when empty)."""
    parameters: dict[str, Json] = {}
    others: tuple[Tool, ...] = ()
    """Tools that may be offered beside, and are never called."""


class Candidate(msgspec.Struct, frozen=True):
    """One drafted example; `example.group` names its wording family."""

    example: Example
    category: str


class Synthesizer(msgspec.Struct, frozen=True):
    """One strategy: `SYNTHESIZER` in its module, one line in `curation.synthesizers.SYNTHESIZERS`."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    draft: Callable[[Order], Iterator[Candidate]]
    """Deterministic for an order; yields at most `count` candidates."""
