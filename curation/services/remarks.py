"""What people say about an example: at a turn or about the whole, open until somebody has dealt with it."""

from __future__ import annotations

import msgspec

from curation.errors import CurationError, NotFoundError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.heads import need_example
from curation.services.second_looks import hidden_revs
from curation.services.workspace import Workspace
from db import people, reviews
from db.acts import Deed
from db.reviews import CommentRecord

COMMENT_LENGTH = 10_000


class CommentView(msgspec.Struct, frozen=True):
    """Something somebody said about a revision; `place` is an inner pointer, empty for the whole."""

    id: str
    rev: int
    place: str
    text: str
    by: str
    at: str
    closed_by: str = ""
    """Who has dealt with it; empty while it is open."""
    person_id: str = ""
    """Who said it, whatever their name is now: two people may have one name."""

    @property
    def is_open(self) -> bool:
        return not self.closed_by


def add_comment(
    ws: Workspace, actor: Actor, example_id: str, rev: int, text: str, *, place: str = "", nonce: str
) -> CommentView:
    """Say something about a revision."""
    said = need_text(text, "A comment")

    def work(act: Act) -> CommentView:
        head = need_example(act.connection, example_id)
        if not 1 <= rev <= head.head_rev:
            raise NotFoundError(f"Example {head.number} has no revision {rev}.")
        record = put_comment(act, example_id, rev, said, place)
        return CommentView(record.id, rev, place, said, act.actor.name, act.at, person_id=record.person_id)

    return perform(ws, actor, "comment", nonce, CommentView, work)


def close_comment(ws: Workspace, actor: Actor, comment_id: str, *, is_closed: bool = True, nonce: str) -> str:
    """Say that a comment was dealt with, or open it again."""

    def work(act: Act) -> str:
        found = reviews.find_comment(act.connection, comment_id)
        if found is None:
            raise NotFoundError("That comment is gone.", hint="Reload the page.")
        by, at = (actor.person_id, act.at) if is_closed else (None, None)
        reviews.close_comment(act.connection, comment_id, by, at)
        words = ("closed", "open") if found.resolved_by else ("open", "closed")
        act.note(Deed(comment_id, before=words[0], after="closed" if is_closed else "open"))
        return comment_id

    return perform(ws, actor, "close comment", nonce, str, work)


def list_comments(ws: Workspace, example_id: str, actor: Actor | None = None) -> tuple[CommentView, ...]:
    """Oldest first, without what was taken back with its verdict.

    While two people judge apart, an actor does not see what the other says of that text.
    """
    with ws.reading() as connection:
        records = reviews.list_standing(connection, example_id)
        names = people.name_people(connection)
        hidden = hidden_revs(connection, need_example(connection, example_id))
    shown = [
        one for one in records if one.rev not in hidden or (actor is not None and one.person_id == actor.person_id)
    ]
    return tuple(_view(one, names) for one in shown)


def _view(one: CommentRecord, names: dict[str, str]) -> CommentView:
    by = names.get(one.person_id, one.person_id)
    closed_by = names.get(one.resolved_by, one.resolved_by) if one.resolved_by else ""
    return CommentView(one.id, one.rev, one.place, one.text, by, one.at, closed_by, one.person_id)


def put_comment(act: Act, example_id: str, rev: int, text: str, place: str = "") -> CommentRecord:
    """Write a comment inside an act."""
    record = CommentRecord(act.ws.new_id(), example_id, rev, place, text, act.actor.person_id, act.at)
    reviews.add_comment(act.connection, record)
    act.note(Deed(record.id, after=example_id))
    return record


def need_text(text: str, what: str, hint: str = "Say what should be different.") -> str:
    """Words that say something, or a sentence that asks for them."""
    said = text.strip()
    if not said:
        raise CurationError(f"{what} needs a few words.", hint=hint)
    if len(said) > COMMENT_LENGTH:
        raise CurationError(f"{what} is longer than {COMMENT_LENGTH:,} characters.", hint="Shorten it.")
    return said
