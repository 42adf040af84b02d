"""Review: a verdict on one exact revision, comments, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import BlockedError, CurationError
from curation.model.marks import Mark
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.transitions import TRANSITIONS, follow
from curation.services.acts import Act, perform
from curation.services.claiming import list_held, require_desk
from curation.services.comparing import Change, compare_examples
from curation.services.heads import Saved, mark, move, need_example, place, require_no_errors, require_rev
from curation.services.judging import read_body
from curation.services.projects import need_project
from curation.services.rechecking import recheck_stale, require_fresh
from curation.services.remarks import CommentView, add_comment, close_comment, list_comments, need_text, put_comment
from curation.services.second_looks import draw, hidden_revs, judged_twice, require_settled
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import acts, datasets, examples, many_heads, people, reviews
from db.acts import Deed
from db.examples import ExampleRecord
from db.reviews import ReviewRecord

__all__ = [
    "Change",
    "CommentView",
    "RevisionView",
    "accept",
    "accept_batch",
    "add_comment",
    "close_comment",
    "compare_revisions",
    "list_comments",
]


class RevisionView(msgspec.Struct, frozen=True):
    """One save, with the verdicts it got."""

    rev: int
    by: str
    at: str
    why: str
    verdicts: tuple[str, ...]


def accept(
    ws: Workspace, actor: Actor, example_id: str, rev: int, comment: str = "", *, place: str = "", nonce: str
) -> ExampleView:
    """Accept exactly this revision; it has no errors then. A comment is welcome, and part of the act."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        saved = move(act, head, rev, "accept")
        _require_mine(act, head)
        require_no_errors(act, head, "accepted")
        _add_verdict(act, saved, "accepted", comment.strip(), place)
        return saved

    return _open(ws, perform(ws, actor, "accept example", nonce, Saved, work))


def accept_edited(ws: Workspace, actor: Actor, example_id: str, rev: int, *, nonce: str) -> ExampleView:
    """Accept what the reviewer has just put right: submitted and accepted in one act."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        require_rev(head, rev)
        name = f"Example {head.number}"
        is_waiting = head.state in TRANSITIONS["accept"]
        state = follow("accept", head.state if is_waiting else follow("submit", head.state, name), name)
        _require_mine(act, head)
        if not is_waiting and draw(act, head):
            raise BlockedError(f"{name} is judged by two people: submit it.", hint="Both then judge the edited text.")
        require_no_errors(act, head, "accepted")
        saved = place(act, head, state)
        _add_verdict(act, saved, "accepted")
        return saved

    return _open(ws, perform(ws, actor, "accept edited", nonce, Saved, work))


def request_changes(
    ws: Workspace, actor: Actor, example_id: str, rev: int, comment: str, *, place: str = "", nonce: str
) -> ExampleView:
    """Send a revision back with a comment that says what to change, and where."""
    text = need_text(comment, "Asking for changes")

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        saved = move(act, head, rev, "request changes")
        _require_mine(act, head)
        _add_verdict(act, saved, "changes requested", text, place)
        return saved

    return _open(ws, perform(ws, actor, "request changes", nonce, Saved, work))


def reject(ws: Workspace, actor: Actor, example_id: str, rev: int, comment: str, *, nonce: str) -> ExampleView:
    """Turn a revision down; a comment is welcome."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        saved = move(act, head, rev, "reject")
        _require_mine(act, head)
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
        heads = many_heads.read_heads_of(act.connection, [one.example_id for one in members])
        n_accepted = accept_in_batch(act, [heads[one.example_id] for one in members])
        if not n_accepted:
            raise CurationError("There is nothing to accept: no example in these states is free of errors.")
        return n_accepted

    return perform(ws, actor, "accept batch", nonce, int, work)


def accept_in_batch(act: Act, heads: Sequence[ExampleRecord]) -> int:
    """Inside another act: accept heads without errors, but for those that two people judge apart or somebody has."""
    kept = list_held(act, [head.id for head in heads]) | judged_twice(act.connection, heads)
    free = [head for head in heads if head.id not in kept]
    for head in free:
        follow("accept in a batch", head.state, f"Example {head.number}")
    many_heads.set_states(act.connection, free, ExampleState.ACCEPTED, act.actor.person_id, act.at)
    act.note_all(
        [Deed(one.id, mark(one), str(Mark(ExampleState.ACCEPTED, one.head_rev)), one.project_id) for one in free]
    )
    reviews.add_reviews(act.connection, [_verdict(act, one.id, one.head_rev, "accepted in a batch") for one in free])
    return len(free)


def name_submitter(ws: Workspace, example_id: str) -> str:
    """Who handed an example to review last, "" where nobody did but the one who wrote it."""
    with ws.reading() as connection:
        found = acts.find_submitter(connection, example_id)
        if found in (None, need_example(connection, example_id).author):
            return ""
        return people.name_people(connection).get(found, found)


def list_revisions(ws: Workspace, example_id: str) -> tuple[RevisionView, ...]:
    """Newest first, with their verdicts; those said apart only once both are in."""
    with ws.reading() as connection:
        hidden = hidden_revs(connection, need_example(connection, example_id))
        records = examples.list_revisions(connection, example_id)
        verdicts = [one for one in reviews.list_reviews(connection, example_id) if one.rev not in hidden]
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


def _require_mine(act: Act, head: ExampleRecord) -> None:
    """One person's verdict counts: on an example that is theirs to judge, and that no second person is asked about."""
    require_desk(act, head.id)
    require_settled(act, head)


def _add_verdict(act: Act, saved: Saved, verdict: str, text: str = "", where: str = "") -> None:
    reviews.add_review(act.connection, _verdict(act, saved.example_id, saved.rev, verdict))
    if text:
        put_comment(act, saved.example_id, saved.rev, text, where)


def _verdict(act: Act, example_id: str, rev: int, verdict: str) -> ReviewRecord:
    return ReviewRecord(act.ws.new_id(), example_id, rev, act.actor.person_id, verdict, act.at)


def _open(ws: Workspace, saved: Saved) -> ExampleView:
    return open_example(ws, saved.example_id, saved.rev)
