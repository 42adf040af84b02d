"""Every answer a model gave in the playground; newest first, page by page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, insert, or_, select, update

from db.tables import example, interaction, model


class InteractionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One answer with what it was an answer to."""

    id: str
    project_id: str
    model_id: str
    chat_id: str | None = None
    mode: str
    decoding: str
    said: str = ""
    """What the person had said last, for lists."""
    request: bytes
    """The conversation up to the answer, with the tools on offer, in the stored form of an example."""
    answer: str
    verdict: str
    """Of the first answer: what was repaired stays an invalid output."""
    why: str = ""
    steps: str = "[]"
    latency_ms: float | None = None
    tokens: int | None = None
    cost: float | None = None
    by: str
    at: str
    example_id: str | None = None
    currency: str | None = None


class InteractionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    id: str
    model_id: str
    model_name: str
    chat_id: str | None
    mode: str
    decoding: str
    said: str
    answer: str
    verdict: str
    why: str
    steps: str
    latency_ms: float | None
    tokens: int | None
    cost: float | None
    currency: str | None
    by: str
    at: str
    example_id: str | None
    example_number: int | None


SHOWN = 600
"""So many characters of an answer are read for a list."""


def add_interaction(connection: Connection, record: InteractionRecord) -> None:
    connection.execute(insert(interaction).values(**msgspec.structs.asdict(record)))


def find_interaction(connection: Connection, interaction_id: str) -> InteractionRecord | None:
    row = connection.execute(select(interaction).where(interaction.c.id == interaction_id)).mappings().one_or_none()
    return InteractionRecord(**row) if row else None


def write_steps(connection: Connection, interaction_id: str, steps: str) -> None:
    connection.execute(update(interaction).where(interaction.c.id == interaction_id).values(steps=steps))


def link_example(connection: Connection, interaction_id: str, example_id: str) -> None:
    connection.execute(update(interaction).where(interaction.c.id == interaction_id).values(example_id=example_id))


def list_interactions(
    connection: Connection,
    project_id: str,
    limit: int,
    *,
    verdicts: Collection[str] = (),
    model_id: str = "",
    before: str = "",
    held: Collection[str] = (),
) -> list[InteractionEntry]:
    """Those before one of them, newest first; answers are cut for the list. `held`: only with such a step."""
    wanted = _wanted(project_id, verdicts, model_id, held)
    if before:
        wanted.append(interaction.c.id < before)
    query = _entries().where(*wanted).order_by(interaction.c.id.desc()).limit(limit)
    return [InteractionEntry(**row) for row in connection.execute(query).mappings()]


def find_entries(connection: Connection, ids: Collection[str]) -> list[InteractionEntry]:
    """Some answers as lines of the log."""
    rows = connection.execute(_entries().where(interaction.c.id.in_(sorted(ids)))).mappings()
    return [InteractionEntry(**row) for row in rows]


def find_model_of(connection: Connection, example_id: str) -> str:
    """The name of the model whose answer an example was made from; "" for any other."""
    query = (
        select(model.c.name)
        .join(interaction, interaction.c.model_id == model.c.id)
        .where(interaction.c.example_id == example_id)
        .order_by(interaction.c.id)
        .limit(1)
    )
    return connection.execute(query).scalar() or ""


def _entries() -> Select[Any]:
    plain = [name for name in InteractionEntry.__struct_fields__ if name in interaction.c and name != "answer"]
    return (
        select(
            *(interaction.c[name] for name in plain),
            func.substr(interaction.c.answer, 1, SHOWN).label("answer"),
            model.c.name.label("model_name"),
            example.c.number.label("example_number"),
        )
        .join(model, model.c.id == interaction.c.model_id)
        .outerjoin(example, example.c.id == interaction.c.example_id)
    )


def count_interactions(
    connection: Connection,
    project_id: str,
    *,
    verdicts: Collection[str] = (),
    model_id: str = "",
    held: Collection[str] = (),
) -> int:
    query = select(func.count()).select_from(interaction).where(*_wanted(project_id, verdicts, model_id, held))
    return connection.execute(query).scalar_one()


def list_asked(connection: Connection, project_id: str) -> list[tuple[str, str]]:
    """Id and name of every model that was asked, by name."""
    query = (
        select(model.c.id, model.c.name)
        .where(model.c.project_id == project_id)
        .where(select(interaction.c.id).where(interaction.c.model_id == model.c.id).exists())
        .order_by(model.c.name)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def _wanted(
    project_id: str, verdicts: Collection[str], model_id: str, held: Collection[str]
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [interaction.c.project_id == project_id]
    if verdicts:
        wanted.append(interaction.c.verdict.in_(sorted(verdicts)))
    if model_id:
        wanted.append(interaction.c.model_id == model_id)
    if held:
        # Inside a text of the steps every quote is escaped, so nothing that a model wrote looks like this.
        wanted.append(or_(*(interaction.c.steps.contains(f'"kind":"{kind}"') for kind in sorted(held))))
    return wanted
