"""What two people say of one revision, each apart: their words, and how far the two are, as one person may see it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.example import Example, Message
from curation.model.people import Actor
from curation.services.heads import need_example
from curation.services.impartial import list_judges, may_judge
from curation.services.second_looks import OPEN, current_look
from curation.services.text_fields import field_text
from curation.services.workspace import Workspace
from db import people, reviews
from db import second_looks as looks
from db.second_looks import LookRecord

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


def list_judged(ws: Workspace, actor: Actor, example_ids: Sequence[str]) -> frozenset[str]:
    """Which of these wait for somebody else: the actor has said their word, may not say one, or two people differ."""
    with ws.reading() as connection:
        judges = list_judges(connection)
        return frozenset(looks.list_for_others(connection, example_ids, actor.person_id, judges))


def list_apart(ws: Workspace, example_ids: Sequence[str]) -> frozenset[str]:
    """Which of these two people judge apart now: a claim keeps nobody from them."""
    with ws.reading() as connection:
        found = looks.looks_at_heads(connection, example_ids)
    return frozenset(one for one, look in found.items() if look.state == OPEN)
