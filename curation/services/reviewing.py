"""Review: a verdict on one exact revision, comments, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import CurationError, NotFoundError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.transitions import TRANSITIONS
from curation.services.acts import Act, perform
from curation.services.comparing import Change, compare_examples
from curation.services.heads import Saved, move, need_example, require_no_errors
from curation.services.judging import read_body
from curation.services.projects import need_project
from curation.services.rechecking import recheck_stale, require_fresh
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import datasets, examples, people, reviews
from db.acts import Deed
from db.reviews import CommentRecord, ReviewRecord

__all__ = ["Change", "CommentView", "RevisionView", "accept", "accept_batch", "compare_revisions"]

COMMENT_LENGTH = 10_000


class CommentView(msgspec.Struct, frozen=True):
    """Something somebody said about a revision; `place` is an inner pointer, empty for the whole."""

    id: str
    rev: int
    place: str
    text: str
    by: str
    at: str


class RevisionView(msgspec.Struct, frozen=True):
    """One save, with the verdicts it got."""

    rev: int
    by: str
    at: str
    why: str
    verdicts: tuple[str, ...]


def accept(ws: Workspace, actor: Actor, example_id: str, rev: int, *, nonce: str) -> ExampleView:
    """Accept exactly this revision; it has no errors then."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        saved = move(act, head, rev, "accept")
        require_no_errors(act, head, "accepted")
        _add_verdict(act, saved, "accepted")
        return saved

    return _open(ws, perform(ws, actor, "accept example", nonce, Saved, work))


def request_changes(ws: Workspace, actor: Actor, example_id: str, rev: int, comment: str, *, nonce: str) -> ExampleView:
    """Send a revision back with a comment that says what to change."""
    text = _need_text(comment, "Asking for changes")

    def work(act: Act) -> Saved:
        saved = move(act, need_example(act.connection, example_id), rev, "request changes")
        _add_verdict(act, saved, "changes requested", text)
        return saved

    return _open(ws, perform(ws, actor, "request changes", nonce, Saved, work))


def reject(ws: Workspace, actor: Actor, example_id: str, rev: int, comment: str, *, nonce: str) -> ExampleView:
    """Turn a revision down; a comment is welcome."""

    def work(act: Act) -> Saved:
        saved = move(act, need_example(act.connection, example_id), rev, "reject")
        _add_verdict(act, saved, "rejected", comment.strip())
        return saved

    return _open(ws, perform(ws, actor, "reject example", nonce, Saved, work))


def accept_batch(
    ws: Workspace, actor: Actor, project_id: str, *, states: Sequence[ExampleState | str], nonce: str
) -> int:
    """Accept everything in these states that has no error; says how many. Only for leads."""
    wanted = [ExampleState(state) for state in states]
    for state in wanted:
        if state not in TRANSITIONS["accept in a batch"]:
            raise CurationError(f"Examples that are {state.value} cannot be accepted in a batch.")
    recheck_stale(ws, project_id)

    def work(act: Act) -> int:
        project = need_project(act.connection, project_id)
        require_fresh(act.connection, project.id)
        members = [one for one in datasets.list_members(act.connection, project.id, wanted) if not one.n_error]
        for one in members:
            head = need_example(act.connection, one.example_id)
            _add_verdict(act, move(act, head, one.rev, "accept in a batch"), "accepted in a batch")
        if not members:
            raise CurationError("There is nothing to accept: no example in these states is free of errors.")
        return len(members)

    return perform(ws, actor, "accept batch", nonce, int, work)


def add_comment(
    ws: Workspace, actor: Actor, example_id: str, rev: int, text: str, *, place: str = "", nonce: str
) -> CommentView:
    """Say something about a revision."""
    said = _need_text(text, "A comment")

    def work(act: Act) -> CommentView:
        head = need_example(act.connection, example_id)
        if not 1 <= rev <= head.head_rev:
            raise NotFoundError(f"Example {head.number} has no revision {rev}.")
        record = _put_comment(act, Saved(example_id, rev), said, place)
        return CommentView(record.id, rev, place, said, act.actor.name, act.at)

    return perform(ws, actor, "comment", nonce, CommentView, work)


def list_comments(ws: Workspace, example_id: str) -> tuple[CommentView, ...]:
    """Oldest first."""
    with ws.reading() as connection:
        records = reviews.list_comments(connection, example_id)
        names = people.name_people(connection)
    return tuple(
        CommentView(one.id, one.rev, one.place, one.text, names.get(one.person_id, one.person_id), one.at)
        for one in records
    )


def list_revisions(ws: Workspace, example_id: str) -> tuple[RevisionView, ...]:
    """Newest first, with their verdicts."""
    with ws.reading() as connection:
        need_example(connection, example_id)
        records = examples.list_revisions(connection, example_id)
        verdicts = reviews.list_reviews(connection, example_id)
        names = people.name_people(connection)
    return tuple(
        RevisionView(
            one.rev,
            names.get(one.by, one.by),
            one.at,
            one.why,
            tuple(review.verdict for review in verdicts if review.rev == one.rev),
        )
        for one in records
    )


def compare_revisions(ws: Workspace, example_id: str, a: int, b: int) -> tuple[Change, ...]:
    """What changed from revision a to revision b, place by place."""
    before, after = open_example(ws, example_id, a), open_example(ws, example_id, b)
    return compare_examples(read_body(before.body).example, read_body(after.body).example)


def _add_verdict(act: Act, saved: Saved, verdict: str, text: str = "") -> None:
    record = ReviewRecord(act.ws.new_id(), saved.example_id, saved.rev, act.actor.person_id, verdict, act.at)
    reviews.add_review(act.connection, record)
    if text:
        _put_comment(act, saved, text)


def _put_comment(act: Act, saved: Saved, text: str, place: str = "") -> CommentRecord:
    record = CommentRecord(act.ws.new_id(), saved.example_id, saved.rev, place, text, act.actor.person_id, act.at)
    reviews.add_comment(act.connection, record)
    act.note(Deed(record.id, after=saved.example_id))
    return record


def _need_text(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise CurationError(f"{what} needs a few words.", hint="Say what should be different.")
    if len(said) > COMMENT_LENGTH:
        raise CurationError(f"{what} is longer than {COMMENT_LENGTH:,} characters.", hint="Shorten it.")
    return said


def _open(ws: Workspace, saved: Saved) -> ExampleView:
    return open_example(ws, saved.example_id, saved.rev)
