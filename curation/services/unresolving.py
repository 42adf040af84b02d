"""A resolution taken back: the two words differ again, and the reason may be said anew."""

from __future__ import annotations

import msgspec

from curation.errors import StateError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.blind_reviewing import RESOLVE
from curation.services.heads import need_example
from curation.services.rejoining import undo
from curation.services.workspace import Workspace
from db import acts, reviews


class Reopened(msgspec.Struct, frozen=True):
    """A difference that is there to be resolved again, and the reason that was given."""

    example_id: str
    rev: int
    reason: str


def take_resolution_back(ws: Workspace, actor: Actor, example_id: str, rev: int, seq: int, *, nonce: str) -> Reopened:
    """Undo one's own resolution, as long as nothing was done to the example since; `seq` is its change."""

    def work(act: Act) -> Reopened:
        record = acts.find_audit(act.connection, seq)
        if record is None or (record.act, record.object) != (RESOLVE, example_id):
            number = need_example(act.connection, example_id).number
            raise StateError(f"The difference on example {number} is resolved no more.", hint="Reload the page.")
        comments = reviews.list_comments(act.connection, example_id)
        said = [one.text for one in comments if (one.person_id, one.at) == (record.person_id, record.at)]
        saved = undo(act, example_id, rev, only=seq)
        return Reopened(saved.example_id, saved.rev, "\n".join(said))

    return perform(ws, actor, "undo", nonce, Reopened, work)
