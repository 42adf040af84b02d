"""Who has an example on the desk, and until when."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from db.tables import claim


class ClaimRecord(msgspec.Struct, frozen=True):
    """One lease; `token` names the tab that holds it."""

    example_id: str
    person_id: str
    token: str
    until: str


def find_claim(connection: Connection, example_id: str) -> ClaimRecord | None:
    row = connection.execute(select(claim).where(claim.c.example_id == example_id)).one_or_none()
    return ClaimRecord(*row) if row else None


def put_claim(connection: Connection, record: ClaimRecord) -> None:
    """Take or renew a lease; whoever held it before does so no more."""
    values = msgspec.structs.asdict(record)
    changed = {name: value for name, value in values.items() if name != "example_id"}
    connection.execute(insert(claim).values(values).on_conflict_do_update(index_elements=["example_id"], set_=changed))


def drop_claims(connection: Connection, person_id: str, example_ids: Sequence[str]) -> None:
    """Give back what a person holds of these."""
    connection.execute(delete(claim).where(claim.c.person_id == person_id, claim.c.example_id.in_(example_ids)))


def list_claims(connection: Connection, example_ids: Sequence[str], now: str) -> dict[str, ClaimRecord]:
    """The leases on these examples that still run."""
    query = select(claim).where(claim.c.example_id.in_(example_ids), claim.c.until > now)
    return {row.example_id: ClaimRecord(*row) for row in connection.execute(query)}
