"""Two people judge one revision apart; then their words are laid side by side, and differences are resolved."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, CurationError, StateError
from curation.model.example import Example, Message
from curation.model.people import Actor
from curation.model.transitions import follow
from curation.services.acts import Act, perform
from curation.services.claiming import leave_desk
from curation.services.heads import Saved, need_example, place, require_no_errors, require_rev
from curation.services.impartial import NEEDED, list_own, may_judge, may_resolve
from curation.services.judging import read_body
from curation.services.remarks import need_text, put_comment
from curation.services.second_looks import AGREED, DIFFER, OPEN, RESOLVED, UNDECIDED, current_look
from curation.services.text_fields import field_text
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import people, reviews
from db import second_looks as looks
from db.acts import Deed
from db.examples import ExampleRecord
from db.examples import read_body as read_bytes
from db.reviews import ReviewRecord
from db.second_looks import LookRecord

VERDICTS: dict[str, str] = {"accepted": "accept", "changes requested": "request changes", "rejected": "reject"}
"""What a reviewer says → the step that follows when both say so."""
KINDS: tuple[str, ...] = ("calls", "answers", "asks", "refuses", "escalates")
_KIND_OF_REASON = {
    "missing_information": "asks",
    "refuse": "refuses",
    "cannot_be_done": "refuses",
    "escalate": "escalates",
}
NO_TOOL = "none"


class Said(msgspec.Struct, frozen=True):
    """What a reviewer says about one decision: whether it is right, and what it should be."""

    turn: int
    kind: str
    tool: str = NO_TOOL
    reason: str = ""
    recovery: str = ""
    is_right: bool = True


class Opinion(msgspec.Struct, frozen=True):
    """One reviewer's whole word on a revision."""

    review_id: str
    person_id: str
    by: str
    verdict: str
    said: tuple[Said, ...]
    comments: tuple[str, ...]
    at: str


class LookView(msgspec.Struct, frozen=True):
    """Where the double review of an example stands, as one person may see it."""

    example_id: str
    rev: int
    state: str
    n_done: int
    has_mine: bool
    may_judge: bool
    """Whether this person's word may be one of the two."""
    opinions: tuple[Opinion, ...]
    """Both words once both are in; before that only one's own."""


def decisions_of(example: Example) -> tuple[Said, ...]:
    """What the example itself says of each of its decisions: the word of a reviewer who finds all of it right."""
    return tuple(_said(turn, one) for turn, one in enumerate(example.messages) if one.role == "assistant")


def _said(turn: int, message: Message) -> Said:
    reason = message.label.reason if message.label else None
    recovery = message.label.recovery if message.label else None
    if message.calls:
        names = " + ".join(field_text(call.name) or "?" for call in message.calls)
        return Said(turn, "calls", names, "", recovery or "")
    return Said(turn, _KIND_OF_REASON.get(reason or "", "answers"), NO_TOOL, reason or "", recovery or "")


def find_look(ws: Workspace, actor: Actor, example_id: str) -> LookView | None:
    """The double review of the newest revision; None where one person decides."""
    with ws.reading() as connection:
        head = need_example(connection, example_id)
        look = current_look(connection, head)
        if look is None:
            return None
        opinions = read_opinions(connection, look)
        is_free = may_judge(connection, actor, head)
    mine = tuple(one for one in opinions if one.person_id == actor.person_id)
    shown = mine if look.state == OPEN else tuple(opinions)
    return LookView(example_id, look.rev, look.state, len(opinions), bool(mine), is_free, shown)


def read_opinions(connection: Connection, look: LookRecord) -> list[Opinion]:
    """The blind words on the revision of a look, the first first."""
    names = people.name_people(connection)
    found = [one for one in reviews.list_reviews(connection, look.example_id) if one.blind and one.rev == look.rev]
    remarks = [one for one in reviews.list_standing(connection, look.example_id) if one.rev == look.rev]
    return [
        Opinion(
            one.id,
            one.person_id,
            names.get(one.person_id, one.person_id),
            one.verdict,
            msgspec.json.decode(one.labels, type=tuple[Said, ...]),
            tuple(remark.text for remark in remarks if remark.person_id == one.person_id),
            one.at,
        )
        for one in found
    ]


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

    return open_example(ws, perform(ws, actor, "resolve difference", nonce, Saved, work).example_id)


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


def list_apart(ws: Workspace, example_ids: Sequence[str]) -> frozenset[str]:
    """Which of these two people judge apart now: a claim keeps nobody from them."""
    with ws.reading() as connection:
        found = looks.looks_among(connection, example_ids)
    return frozenset(one for one, look in found.items() if look.state == OPEN)


def list_judged(ws: Workspace, actor: Actor, example_ids: Sequence[str]) -> frozenset[str]:
    """Which of these wait for somebody else: the actor has said their word, may not say one, or two people differ."""
    with ws.reading() as connection:
        waiting = {
            one.example_id: one for one in looks.looks_among(connection, example_ids).values() if one.state in UNDECIDED
        }
        spoken = reviews.list_spoken(connection, actor.person_id, list(waiting))
        own = list_own(connection, actor, list(waiting))
    return frozenset(
        one for one, look in waiting.items() if look.state == DIFFER or one in own or (one, look.rev) in spoken
    )
