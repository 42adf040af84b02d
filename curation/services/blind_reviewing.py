"""Two people judge one revision apart; then their words are laid side by side, and differences are resolved."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import BlockedError, CurationError, StateError
from curation.model.people import Actor
from curation.model.transitions import follow
from curation.services.acts import Act, perform
from curation.services.blind_words import LookView, Said, decisions_of, find_look, read_opinions
from curation.services.claiming import leave_desk
from curation.services.heads import Saved, need_example, place, require_no_errors, require_rev
from curation.services.impartial import NEEDED, may_judge, may_resolve
from curation.services.judging import read_body
from curation.services.remarks import need_text, put_comment
from curation.services.second_looks import AGREED, DIFFER, OPEN, RESOLVED, current_look
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import reviews
from db import second_looks as looks
from db.acts import Deed
from db.examples import ExampleRecord
from db.examples import read_body as read_bytes
from db.reviews import ReviewRecord
from db.second_looks import LookRecord

VERDICTS: dict[str, str] = {"accepted": "accept", "changes requested": "request changes", "rejected": "reject"}
"""What a reviewer says → the step that follows when both say so."""

RESOLVE = "resolve difference"


def decide(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    rev: int,
    verdict: str,
    said: Sequence[Said],
    comment: str = "",
    *,
    nonce: str,
) -> LookView:
    """Say one's word without having seen the other's; the second word decides, or shows where the two differ."""
    if verdict not in VERDICTS:
        raise CurationError(f"There is no verdict `{verdict}`.", hint=f"Verdicts are {', '.join(VERDICTS)}.")
    text = need_text(comment, "Asking for changes") if verdict == "changes requested" else comment.strip()

    def work(act: Act) -> Saved:
        head, look = _need_look(act, example_id, rev, OPEN)
        leave_desk(act, example_id)
        if not may_judge(act.connection, actor, head):
            raise BlockedError(
                f"You wrote example {head.number}: two others judge it.", hint="Go on with the next one."
            )
        _require_complete(act, head, said, verdict)
        if any(one.person_id == actor.person_id for one in read_opinions(act.connection, look)):
            raise StateError(f"You have judged example {head.number} already; the second word is somebody else's.")
        _write(act, head, verdict, said, blind=1)
        if text:
            put_comment(act, example_id, rev, text)
        return _settle(act, head, look)

    perform(ws, actor, "decide blind", nonce, Saved, work)
    return _need_view(ws, actor, example_id)


def take_back(ws: Workspace, actor: Actor, example_id: str, rev: int, *, nonce: str) -> ExampleView:
    """Withdraw one's own word while the other's is not known; one that was changed afterwards would not be blind."""

    def work(act: Act) -> Saved:
        head = need_example(act.connection, example_id)
        require_rev(head, rev)
        look = current_look(act.connection, head)
        mine = [one for one in read_opinions(act.connection, look) if one.person_id == actor.person_id] if look else []
        if look is None or not mine:
            raise StateError(f"There is no word of yours to take back on example {head.number}.")
        if look.state != OPEN:
            raise StateError(
                f"Both words on example {head.number} have been seen: yours stays as you said it.",
                hint="Where the two differ, somebody else decides on Agreement.",
            )
        looks.withdraw(act.connection, mine[-1].review_id)
        reviews.close_said(act.connection, [example_id], actor.person_id, mine[-1].at, actor.person_id, act.at)
        act.note(_look_deed(look, OPEN))
        return Saved(example_id, rev)

    return open_example(ws, perform(ws, actor, "decide blind", nonce, Saved, work).example_id)


def resolve(
    ws: Workspace,
    actor: Actor,
    example_id: str,
    rev: int,
    verdict: str,
    said: Sequence[Said],
    reason: str,
    *,
    nonce: str,
) -> ExampleView:
    """Decide where two people differ, with a reason; the verdict then counts."""
    text = need_text(reason, "Resolving a difference")
    if verdict not in VERDICTS:
        raise CurationError(f"There is no verdict `{verdict}`.", hint=f"Verdicts are {', '.join(VERDICTS)}.")

    def work(act: Act) -> Saved:
        head, look = _need_look(act, example_id, rev, DIFFER)
        if not may_resolve(act.connection, actor, [one.person_id for one in read_opinions(act.connection, look)]):
            raise BlockedError(
                f"You are one of the two who judged example {head.number}: somebody else decides between you.",
                hint="Go on with the next one.",
            )
        if verdict == "accepted":
            require_no_errors(act, head, "accepted")
            _require_as_said(act, head, said)
        _write(act, head, verdict, said, blind=0)
        put_comment(act, example_id, rev, text)
        resolved = msgspec.structs.replace(look, state=RESOLVED, resolved_by=actor.person_id, resolved_at=act.at)
        looks.put_look(act.connection, resolved)
        act.note(_look_deed(look, RESOLVED))
        return place(act, head, follow(VERDICTS[verdict], head.state, f"Example {head.number}"))

    return open_example(ws, perform(ws, actor, RESOLVE, nonce, Saved, work).example_id)


def _need_look(act: Act, example_id: str, rev: int, state: str) -> tuple[ExampleRecord, LookRecord]:
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    look = current_look(act.connection, head)
    if look is None or look.state != state:
        now = look.state if look else "not drawn"
        raise StateError(f"The double review of example {head.number} is not {state}: it is {now}.")
    looks.put_look(act.connection, look)
    return head, look


def _require_complete(act: Act, head: ExampleRecord, said: Sequence[Said], verdict: str) -> None:
    """Each decision gets a word, and what is accepted is right throughout."""
    example = read_body(read_bytes(act.connection, head.head_hash)).example
    if [one.turn for one in said] != [one.turn for one in decisions_of(example)]:
        raise CurationError("Each decision of the example needs a word.", hint="Reload the page and try again.")
    if verdict == "accepted":
        require_no_errors(act, head, "accepted")
        wrong = next((one for one in said if not one.is_right), None)
        if wrong is not None:
            raise BlockedError(
                f"You called turn {wrong.turn + 1} wrong: what is wrong is not accepted.",
                hint="Ask for changes and say what it should be.",
            )


def _require_as_said(act: Act, head: ExampleRecord, said: Sequence[Said]) -> None:
    example = read_body(read_bytes(act.connection, head.head_hash)).example
    own = {one.turn: one for one in decisions_of(example)}
    other = next((one for one in said if own.get(one.turn) != msgspec.structs.replace(one, is_right=True)), None)
    if other is not None or any(not one.is_right for one in said):
        turn = other.turn + 1 if other else next(one.turn for one in said if not one.is_right) + 1
        raise BlockedError(
            f"You decided that turn {turn} should be something else: the example does not say so.",
            hint="Ask for changes, or decide for what the example says.",
        )


def _settle(act: Act, head: ExampleRecord, look: LookRecord) -> Saved:
    """After a word: wait for the second one, follow both, or keep the difference."""
    opinions = read_opinions(act.connection, look)
    if len(opinions) < NEEDED:
        return Saved(head.id, head.head_rev)
    first, second = opinions[:NEEDED]
    if first.verdict != second.verdict or first.said != second.said:
        _set_look(act, look, DIFFER)
        return Saved(head.id, head.head_rev)
    _set_look(act, look, AGREED)
    return place(act, head, follow(VERDICTS[second.verdict], head.state, f"Example {head.number}"))


def _write(act: Act, head: ExampleRecord, verdict: str, said: Sequence[Said], *, blind: int) -> None:
    labels = msgspec.json.encode(tuple(said)).decode()
    record = ReviewRecord(act.ws.new_id(), head.id, head.head_rev, act.actor.person_id, verdict, act.at, labels, blind)
    reviews.add_review(act.connection, record)
    act.note(Deed(record.id, after=f"{head.id}@{head.head_rev}", project_id=head.project_id))


def _set_look(act: Act, look: LookRecord, state: str) -> None:
    looks.put_look(act.connection, msgspec.structs.replace(look, state=state))
    act.note(_look_deed(look, state))


def _look_deed(look: LookRecord, state: str) -> Deed:
    return Deed(f"second look {look.example_id}", f"{look.state}@{look.rev}", f"{state}@{look.rev}", look.project_id)


def _need_view(ws: Workspace, actor: Actor, example_id: str) -> LookView:
    found = find_look(ws, actor, example_id)
    if found is None:
        raise StateError("The example was saved again meanwhile.", hint="Open it again.")
    return found
