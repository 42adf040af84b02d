"""Claims: an example on one person's desk is skipped by the others, for as long as its lease runs.

A lease is a promise between reviewers, not a lock on the text: it is renewed while somebody works, runs out by the
workspace's clock, and is asked again inside each act, so that nobody decides over a head that moved on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from curation.errors import ClaimedError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.heads import need_example
from curation.services.roles import ALLOWED, require
from curation.services.workspace import Workspace
from db import claims, people
from db.acts import Deed
from db.claims import ClaimRecord

LEASE = timedelta(minutes=10)
MOST = 500
"""Examples asked about in one statement."""
RENEWED_BELOW = timedelta(minutes=8)
"""A lease with more than this left is not written anew at every look."""


class ClaimView(msgspec.Struct, frozen=True):
    """Who has an example, until when."""

    example_id: str
    person_id: str
    by: str
    until: str
    is_mine: bool


def claim(ws: Workspace, actor: Actor, example_id: str, token: str) -> ClaimView:
    """Put an example on one's desk or keep it there; somebody else's running lease is given back as it stands.

    Only who may decide takes an example from the others.
    """
    require(actor, "accept example")
    now = ws.now()
    with ws.reading() as connection:
        need_example(connection, example_id)
        held = _running(connection, example_id, now)
        names = people.name_people(connection)
    if held and (held.person_id != actor.person_id or _is_fresh(held, token, now)):
        return _view(held, actor, names)
    with ws.unit() as unit:
        held = _running(unit.connection, example_id, now)
        if held is None or held.person_id == actor.person_id:
            held = ClaimRecord(example_id, actor.person_id, token, _after(now))
            claims.put_claim(unit.connection, held)
            unit.commit()
    return _view(held, actor, names)


def take_over(ws: Workspace, actor: Actor, example_id: str, token: str, *, nonce: str) -> ClaimView:
    """A lead takes an example from somebody's desk; the audit says from whose."""

    def work(act: Act) -> ClaimRecord:
        head = need_example(act.connection, example_id)
        held = _running(act.connection, example_id, act.at)
        taken = ClaimRecord(example_id, actor.person_id, token, _after(act.at))
        claims.put_claim(act.connection, taken)
        before = held.person_id if held else None
        act.note(Deed(f"claim {example_id}", before=before, after=actor.person_id, project_id=head.project_id))
        return taken

    return _view(perform(ws, actor, "take over", nonce, ClaimRecord, work), actor, {})


def release(ws: Workspace, actor: Actor, example_id: str, token: str) -> None:
    """Give an example back before its lease runs out; one that another tab has taken since stays there."""
    with ws.unit() as unit:
        held = claims.find_claim(unit.connection, example_id)
        if held is not None and (held.person_id, held.token) == (actor.person_id, token):
            claims.drop_claims(unit.connection, actor.person_id, [example_id])
            unit.commit()


def may_claim(actor: Actor) -> bool:
    """Whether the actor decides over examples at all."""
    return bool(actor.roles & ALLOWED["accept example"])


def list_held(act: Act, example_ids: Sequence[str]) -> frozenset[str]:
    """Inside an act: which of these somebody else has on the desk."""
    found: set[str] = set()
    for start in range(0, len(example_ids), MOST):
        held = claims.list_claims(act.connection, example_ids[start : start + MOST], act.at)
        found.update(one for one, record in held.items() if record.person_id != act.actor.person_id)
    return frozenset(found)


def list_claimed(ws: Workspace, actor: Actor, example_ids: Sequence[str]) -> dict[str, ClaimView]:
    """The running claims on these examples."""
    with ws.reading() as connection:
        held = claims.list_claims(connection, example_ids, ws.now())
        names = people.name_people(connection)
    return {one: _view(record, actor, names) for one, record in held.items()}


def first_free(ws: Workspace, actor: Actor, example_ids: Sequence[str], *, shared: frozenset[str] = frozenset()) -> str:
    """The first of these that nobody else has on the desk, "" when all are taken; what is `shared` nobody takes."""
    held = list_claimed(ws, actor, example_ids)
    return next((one for one in example_ids if one in shared or one not in held or held[one].is_mine), "")


def leave_desk(act: Act, example_id: str) -> None:
    """Inside an act: what one judges apart keeps nobody else from judging it, and a lease of one's own ends."""
    claims.drop_claims(act.connection, act.actor.person_id, [example_id])


def require_desk(act: Act, example_id: str) -> None:
    """Inside an act: refuse where the lease went to somebody else meanwhile; a decision ends the actor's own."""
    held = _running(act.connection, example_id, act.at)
    if held is not None and held.person_id != act.actor.person_id:
        name = people.name_people(act.connection).get(held.person_id, held.person_id)
        number = need_example(act.connection, example_id).number
        raise ClaimedError(
            f"{name} has example {number} on the desk until {clock_time(held.until)}: nothing was decided.",
            hint="Go on with the next one, or ask a lead to take it over.",
        )
    leave_desk(act, example_id)


def clock_time(moment: str) -> str:
    """Hours and minutes of a moment, local."""
    return f"{datetime.fromisoformat(moment).astimezone():%H:%M}"


def _running(connection: Connection, example_id: str, now: str) -> ClaimRecord | None:
    held = claims.find_claim(connection, example_id)
    return held if held and held.until > now else None


def _is_fresh(held: ClaimRecord, token: str, now: str) -> bool:
    return held.token == token and held.until > _stamp(datetime.fromisoformat(now) + RENEWED_BELOW)


def _after(now: str) -> str:
    return _stamp(datetime.fromisoformat(now) + LEASE)


def _stamp(moment: datetime) -> str:
    """A moment written as the workspace writes the time, so that the two compare as text."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _view(held: ClaimRecord, actor: Actor, names: dict[str, str]) -> ClaimView:
    is_mine = held.person_id == actor.person_id
    name = actor.name if is_mine else names.get(held.person_id, held.person_id)
    return ClaimView(held.example_id, held.person_id, name, held.until, is_mine)
