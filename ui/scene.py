"""One drawing of a conversation: what it shows, where the cursor can go, and what is still to be written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Judged
from curation.model.places import belongs_to, turn_of
from ui.tokens import Claim


@dataclass
class Scene:
    """What is drawn, and the text fields it put on the page (key → pointer)."""

    example_id: str
    example: Example
    ids: tuple[str, ...]
    judged: Sequence[Judged]
    tools: dict[str, Tool]
    claim: Claim
    is_editable: bool
    page: str
    selected: str = ""
    """`<turn id>` or `<turn id>/<call>` of what the inspector shows."""
    unwritten: frozenset[str] = frozenset()
    """Places that were just added and hold nothing yet: what is wrong there is not said in red."""
    below: Callable[[int], None] | None = None
    """Draws what people said about a turn below it."""
    fields: dict[str, str] = field(default_factory=dict)
    spots: dict[str, str] = field(default_factory=dict)
    """Where the cursor can go, in the order drawn: pointer → widget key."""
    told: list[str] = field(default_factory=list)
    """Pointers of the inspector's fields and of faults said in a card: what is found there is said there."""

    def add_field(self, key: str, pointer: str) -> None:
        """A text field is on the page."""
        self.fields[key] = pointer
        self.spots[pointer] = key

    def at_turn(self, turn: int) -> list[Judged]:
        """What is wrong in a turn and is to be said."""
        return [one for one in self.loud if turn_of(one.finding.at) == turn]

    def at_field(self, pointer: str) -> tuple[Judged, ...]:
        """What is wrong in a field and is to be said."""
        return tuple(one for one in self.loud if belongs_to(one.finding.at, pointer))

    @property
    def loud(self) -> tuple[Judged, ...]:
        """The findings without those about what is still to be written."""
        return tuple(one for one in self.judged if not self.is_quiet(one))

    def is_quiet(self, one: Judged) -> bool:
        """Whether a finding is about a place that was just added and waits to be written."""
        is_about_whole = one.finding.at in ("", "/messages") and bool(self.unwritten)
        return is_about_whole or any(belongs_to(one.finding.at, place) for place in self.unwritten)

    def field_claim(self, pointer: str) -> Claim:
        old = self.claim
        return Claim(old.person_id, old.project_id, old.kind, old.object_id, pointer, old.base_rev)
