"""What a list of examples is narrowed to: every part must hold."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from curation.model.states import ExampleState

UNDRAWN = "undrawn"
"""The split of groups that have none yet."""


class Use(StrEnum):
    """How an example uses the tool it is asked for."""

    OFFERED = "offered"
    CALLED = "called"


class Level(StrEnum):
    """The worst that was found in an example."""

    ERROR = "error"
    WARNING = "warning"
    CLEAN = "clean"


class Special(StrEnum):
    """Queues that are no state: what a change of a tool broke, and second looks."""

    REPAIR = "repair"
    SECOND_LOOK = "second"
    DIFFER = "differ"


class ExampleFilter(msgspec.Struct, frozen=True, kw_only=True):
    """One way to narrow a list; an empty part narrows nothing. No states: all but rejected and archived
    examples."""

    states: tuple[ExampleState, ...] = ()
    special: Special | None = None
    category: str = ""
    tool: str = ""
    use: Use = Use.OFFERED
    rule: str = ""
    level: Level | None = None
    tag: str = ""
    author: str = ""
    origin: str = ""
    split: str = ""
    search: str = ""
    batch: str = ""
    trait: str = ""
    """What the examples show, as `Trait.address` writes it."""
    alike: str = ""
    """What they are like each other by: `family:N`, `same:DIGEST` of their form, or `request:DIGEST`."""
    longer: str = ""
    """`BASE:N`: those of which a base model makes more than N tokens."""
    judge: str = ""
    """Leaves out what two judge apart and is for others than this person to judge or to resolve."""
    left_out: tuple[str, ...] = ()
    """What rows say of double reviews that are for others than `judge`."""
    left_in: tuple[str, ...] = ()
    """What the other rows say."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the state narrows it: its count is kept, not counted."""
        return self == ExampleFilter(states=self.states)
