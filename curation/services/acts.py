"""Every act is one transaction with a nonce: done once or not at all, and written into the audit with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.people import Actor
from curation.services.roles import require
from curation.services.workspace import Workspace
from db import acts
from db.acts import ActRecord, Deed

Result = TypeVar("Result")


class Act:
    """An act under way: its connection, its time, who does it, and what it has done so far."""

    def __init__(self, ws: Workspace, connection: Connection, actor: Actor, kind: str) -> None:
        self.ws = ws
        self.connection = connection
        self.actor = actor
        self.kind = kind
        self.at = ws.now()
        self.n_deeds = 0

    def note(self, deed: Deed) -> None:
        """Write one line of the audit; an act that changes anything notes at least one."""
        self.note_all([deed])

    def note_all(self, deeds: Sequence[Deed]) -> None:
        """A line of the audit for each of many deeds."""
        acts.add_audits(self.connection, self.kind, self.actor.person_id, self.at, deeds)
        self.n_deeds += len(deeds)


def perform(
    ws: Workspace, actor: Actor, kind: str, nonce: str, result_type: type[Result], work: Callable[[Act], Result]
) -> Result:
    """Do an act once. The same nonce again gives back what the first time gave."""
    require(actor, kind)
    if not nonce:
        raise StateError("An act came without its nonce.", hint="Reload the page and try again.")
    with ws.unit() as unit:
        if done := acts.find_act(unit.connection, nonce):
            return _repeat(done, kind, actor, result_type)
        act = Act(ws, unit.connection, actor, kind)
        result = work(act)
        if not act.n_deeds:
            raise RuntimeError(f"the act {kind!r} noted nothing in the audit")
        stored = msgspec.json.encode(result).decode()
        acts.add_act(unit.connection, ActRecord(nonce, kind, actor.person_id, act.at, stored))
        unit.commit()
    return result


def find_done(ws: Workspace, actor: Actor, kind: str, nonce: str, result_type: type[Result]) -> Result | None:
    """What an act that takes several transactions gave the first time, None when it was not finished yet."""
    require(actor, kind)
    with ws.reading() as connection:
        done = acts.find_act(connection, nonce)
    return _repeat(done, kind, actor, result_type) if done else None


def _repeat(done: ActRecord, kind: str, actor: Actor, result_type: type[Result]) -> Result:
    if (done.kind, done.person_id) != (kind, actor.person_id):
        raise StateError("This form was already used for another act.", hint="Reload the page and try again.")
    return msgspec.json.decode(done.result, type=result_type)
