"""Who may judge apart and who may decide between two: nobody their own text, unless too few people are left then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from curation.model.people import Actor
from curation.services.roles import ALLOWED
from db import people
from db.examples import ExampleRecord
from db.second_looks import NEEDED, list_writers

__all__ = ["NEEDED", "list_judges", "list_own", "may_judge", "may_resolve"]


def may_judge(connection: Connection, actor: Actor, head: ExampleRecord) -> bool:
    """Whoever wrote an example judges it only where there are not two others who could."""
    return head.id not in list_own(connection, actor, [head.id])


def may_resolve(connection: Connection, actor: Actor, judges: Iterable[str]) -> bool:
    """One of the two decides between both only where nobody else could."""
    heard = frozenset(judges)
    return actor.person_id not in heard or not _able(connection, "resolve difference") - heard


def list_own(connection: Connection, actor: Actor, example_ids: Sequence[str]) -> frozenset[str]:
    """The ones of these that are for others to judge: the actor wrote them, and two others could judge them."""
    able = _able(connection, "decide blind")
    writers = list_writers(connection, example_ids)
    return frozenset(one for one, by in writers.items() if actor.person_id in by and len(able - by) >= NEEDED)


def list_judges(connection: Connection) -> tuple[str, ...]:
    """Everybody who may judge apart."""
    return tuple(sorted(_able(connection, "decide blind")))


def _able(connection: Connection, act: str) -> frozenset[str]:
    return frozenset(one.person_id for one in people.list_active(connection) if one.roles & ALLOWED[act])
