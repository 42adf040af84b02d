"""How a person stands to the example on the Review desk: who has it, whether two judge it apart, what was said."""

from __future__ import annotations

from dataclasses import dataclass

from curation.model.people import Actor
from curation.services import blind_words, remarks, reviewing
from curation.services.blind_words import LookView
from curation.services.claiming import ClaimView
from curation.services.remarks import CommentView
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import review_claims
from ui.review_bar import Stand
from ui.review_blind import is_blind, waits


@dataclass(frozen=True)
class Standing:
    """An example as one person finds it on their desk."""

    view: ExampleView
    held: ClaimView | None
    look: LookView | None
    comments: tuple[CommentView, ...]
    submitted_by: str = ""
    """Who handed it to review, where that was not the author."""

    @property
    def hands(self) -> str:
        """Who wrote the text, and who handed it to review where that was somebody else."""
        return f"by {self.view.author}" + (f", submitted by {self.submitted_by}" if self.submitted_by else "")

    @property
    def stand(self) -> Stand:
        """What of it decides which buttons are open."""
        is_mine = self.held is None or self.held.is_mine
        return Stand(is_mine, is_blind(self.look), waits(self.look))


def stand_at(ws: Workspace, actor: Actor, view: ExampleView) -> Standing:
    """Claim the example where this person alone is to decide it, and read what they may see of it."""
    look = blind_words.find_look(ws, actor, view.id)
    is_apart = is_blind(look) or waits(look)
    held = None if is_apart else review_claims.hold(ws, actor, view)
    said = remarks.list_comments(ws, view.id, actor)
    return Standing(view, held, look, said, reviewing.name_submitter(ws, view.id))
