"""Which examples are looked at twice, and how far that is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from db.tables import example, project, review, second_look


class LookRecord(msgspec.Struct, frozen=True):
    """One example drawn for a blind second review, at one revision. `state`: open, agreed, differ, resolved."""

    example_id: str
    project_id: str
    rev: int
    state: str
    drawn_at: str
    resolved_by: str | None = None
    resolved_at: str | None = None


class BlindRecord(msgspec.Struct, frozen=True):
    """One blind verdict, as the agreement is counted from it."""

    example_id: str
    rev: int
    person_id: str
    verdict: str
    labels: str


def find_look(connection: Connection, example_id: str) -> LookRecord | None:
    row = connection.execute(select(second_look).where(second_look.c.example_id == example_id)).one_or_none()
    return LookRecord(*row) if row else None


def put_look(connection: Connection, record: LookRecord) -> None:
    """Store how far a look is; the one before it at an older revision gives way."""
    values = msgspec.structs.asdict(record)
    changed = {name: value for name, value in values.items() if name != "example_id"}
    statement = insert(second_look).values(values).on_conflict_do_update(index_elements=["example_id"], set_=changed)
    connection.execute(statement)


def list_looks(connection: Connection, project_id: str, states: Sequence[str]) -> list[LookRecord]:
    """The looks in these states that are about the newest revision, oldest first."""
    query = (
        select(second_look)
        .join(example, example.c.id == second_look.c.example_id)
        .where(second_look.c.project_id == project_id, second_look.c.state.in_(states))
        .where(example.c.head_rev == second_look.c.rev)
        .order_by(second_look.c.drawn_at, second_look.c.example_id)
    )
    return [LookRecord(*row) for row in connection.execute(query)]


def looks_among(connection: Connection, example_ids: Sequence[str]) -> dict[str, LookRecord]:
    """The looks of these examples."""
    rows = connection.execute(select(second_look).where(second_look.c.example_id.in_(example_ids)))
    return {row.example_id: LookRecord(*row) for row in rows}


def list_blind(connection: Connection, project_id: str) -> list[BlindRecord]:
    """Every blind verdict of a project whose two reviews are both in; withdrawn ones left out."""
    query = (
        select(review.c.example_id, review.c.rev, review.c.person_id, review.c.verdict, review.c.labels)
        .join(example, example.c.id == review.c.example_id)
        .outerjoin(second_look, second_look.c.example_id == review.c.example_id)
        .where(example.c.project_id == project_id, review.c.blind == 1)
        .where((second_look.c.rev != review.c.rev) | (second_look.c.state != "open"))
        .order_by(review.c.id)
    )
    return [BlindRecord(*row) for row in connection.execute(query)]


def withdraw(connection: Connection, review_id: str) -> None:
    """A blind verdict taken back stays written, and counts no more."""
    connection.execute(update(review).where(review.c.id == review_id).values(blind=0, verdict="withdrawn"))


def read_settings(connection: Connection, project_id: str) -> tuple[str, str]:
    """A project's settings as JSON, and its salt."""
    query = select(project.c.settings, project.c.split_salt).where(project.c.id == project_id)
    row = connection.execute(query).one()
    return row.settings, row.split_salt


def write_settings(connection: Connection, project_id: str, settings: str) -> None:
    connection.execute(update(project).where(project.c.id == project_id).values(settings=settings))
