"""Models: trained ones, and bases somebody evaluated or trained from."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from db.tables import model


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table, field by field."""

    id: str
    project_id: str
    name: str
    base: str
    kind: str
    location: str
    job_id: str | None = None
    dataset_id: str | None = None
    template_hash: str | None = None
    digest: str | None = None
    created_at: str
    by: str | None = None
    details: str = "{}"


def save_model(connection: Connection, record: ModelRecord) -> None:
    """Add a model, or write it anew when its job was resumed."""
    values: dict[str, Any] = msgspec.structs.asdict(record)
    changed = {name: value for name, value in values.items() if name not in ("id", "created_at")}
    connection.execute(insert(model).values(**values).on_conflict_do_update([model.c.id], set_=changed))


def find_model(connection: Connection, model_id: str) -> ModelRecord | None:
    row = connection.execute(select(model).where(model.c.id == model_id)).mappings().one_or_none()
    return ModelRecord(**row) if row else None


def list_models(connection: Connection, project_id: str) -> list[ModelRecord]:
    """Newest first."""
    query = select(model).where(model.c.project_id == project_id).order_by(model.c.id.desc())
    return [ModelRecord(**row) for row in connection.execute(query).mappings()]
