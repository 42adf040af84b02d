"""What every gate is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool


class Verdict(msgspec.Struct, frozen=True):
    """What a gate says of one candidate."""

    passed: bool
    reason: str = ""
    """A short code by which refusals are counted: a rule, `near_duplicate`, `wrong_state`, …"""
    told: str = ""
    """What is wrong and where, in a sentence: the instruction for a repair."""


PASSED = Verdict(True)


class Known(msgspec.Struct, frozen=True):
    """One example the project has already, as far as gates must know it."""

    normal_hash: str
    asked: str
    """What its person asked, normalised."""
    whole: str = ""
    is_test: bool = False
    """Whether it belongs to a test group: nothing like it may be drafted."""
    group: str = ""


class Bench(msgspec.Struct, frozen=True):
    """What candidates are held against."""

    tools: Mapping[str, Tool]
    target: str | None = None
    known: Sequence[Known] = ()
    seed: int = 0
    strictness: Mapping[str, float] = {}
    """Gate's own knobs: name → value."""


class Look(Protocol):
    """One gate at work on one order: it may remember what has passed."""

    def judge(self, candidate: Candidate) -> Verdict:
        """Whether it passes; changes nothing."""

    def keep(self, candidate: Candidate) -> None:
        """It has passed every gate: the next ones are compared with it too."""


class Opinion(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a judge thinks of one candidate: no more than a machine's opinion, for a person to weigh."""

    by: str
    """`rules`, or the name of a model."""
    fault: str = ""
    """A short code; empty: nothing is held against it."""
    why: str = ""
    quote: str = ""
    """The words it objects to, as it says they stand there."""
    turn: int | None = None
    """Position of the turn it objects to, from 0."""


@runtime_checkable
class Opines(Protocol):
    """A look whose word is an opinion."""

    def opinion(self) -> Opinion:
        """Of the candidate that it judged last."""


@runtime_checkable
class Tells(Protocol):
    """A look that can say something of all that passed, at any moment."""

    def figures(self) -> dict[str, float]:
        """Name → figure."""


class Gate(msgspec.Struct, frozen=True):
    """One gate: `GATE` in its module, one line in `curation.gates.GATES`."""

    name: str
    title: str
    open: Callable[[Bench], Look]
