"""Moves of groups from one split to another, and what stands around a group."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection, and_, func, insert, or_, select, update

from curation.model.states import ExampleState, Split
from db.standing import SAME_GROUP, in_states
from db.tables import dataset_item, dataset_version, example, example_tool, near_text, split_group, split_move

AT_ONCE = 500
"""Values of one statement."""


class MoveRecord(msgspec.Struct, frozen=True):
    """One group that was moved; those that went together share the id."""

    id: str
    group_key: str
    project_id: str
    before: str
    after: str
    reason: str
    undoes: str | None
    by: str
    at: str


def add_moves(connection: Connection, records: Iterable[MoveRecord]) -> None:
    """Write moves down and move the groups; without the first the second is refused."""
    for one in records:
        connection.execute(insert(split_move).values(**msgspec.structs.asdict(one)))
        same = (split_group.c.project_id == one.project_id, split_group.c.group_key == one.group_key)
        connection.execute(update(split_group).where(*same).values(split=one.after))


def list_moves(connection: Connection, project_id: str) -> list[MoveRecord]:
    """Oldest first."""
    query = select(split_move).where(split_move.c.project_id == project_id).order_by(split_move.c.id)
    return [MoveRecord(*row) for row in connection.execute(query.order_by(split_move.c.group_key))]


def find_move(connection: Connection, move_id: str) -> list[MoveRecord]:
    """Everything that went in one act."""
    query = select(split_move).where(split_move.c.id == move_id).order_by(split_move.c.group_key)
    return [MoveRecord(*row) for row in connection.execute(query)]


def last_moves(connection: Connection, project_id: str, groups: Collection[str]) -> dict[str, str]:
    """Group → the last act that moved it."""
    query = select(split_move.c.group_key, func.max(split_move.c.id)).where(
        split_move.c.project_id == project_id, split_move.c.group_key.in_(groups)
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(split_move.c.group_key))}


def find_group(connection: Connection, project_id: str, said: str) -> str | None:
    """The group of an example by its number, or one by its own name, where there is such a one."""
    ours = (example.c.project_id == project_id, example.c.staged == 0)
    number = said.removeprefix("#").strip()
    named = select(example.c.group_key).where(*ours, example.c.group_key == said).limit(1)
    found: str | None = connection.execute(named).scalar_one_or_none()
    if found is None and number.isascii() and number.isdigit() and len(number) < 16:
        by_number = select(example.c.group_key).where(*ours, example.c.number == int(number))
        found = connection.execute(by_number).scalar_one_or_none()
    return found


def find_companions(connection: Connection, project_id: str, group_key: str) -> list[str]:
    """The group with all drawn groups that must go with it: those that hold one of its rows, and loose rows that are
    nearly the same as one of its loose rows."""
    found, new = {group_key}, [group_key]
    while new:
        reached = {
            key for at in range(0, len(new), AT_ONCE) for key in _touch(connection, project_id, new[at : at + AT_ONCE])
        }
        new = sorted(reached - found)
        found |= reached
    return sorted(found)


def _touch(connection: Connection, project_id: str, groups: Collection[str]) -> list[str]:
    ours = and_(example.c.project_id == project_id, example.c.staged == 0)
    kept = select(example.c.normal_hash).where(ours, example.c.group_key.in_(groups))
    loose = example.c.group_key == example.c.id
    families = (
        select(near_text.c.family)
        .join(example, example.c.number == near_text.c.number)
        .where(ours, loose, example.c.group_key.in_(groups), near_text.c.family.is_not(None))
    )
    same = select(example.c.group_key).where(ours, example.c.normal_hash.in_(kept))
    near = (
        select(example.c.group_key)
        .join(near_text, near_text.c.number == example.c.number)
        .where(ours, loose, near_text.c.family.in_(families))
    )
    drawn = select(split_group.c.group_key).where(
        split_group.c.project_id == project_id,
        or_(split_group.c.group_key.in_(same), split_group.c.group_key.in_(near)),
    )
    return list(connection.execute(drawn).scalars())


def read_split_of(connection: Connection, project_id: str, groups: Collection[str]) -> dict[str, Split]:
    """Drawn group → its split."""
    query = select(split_group.c.group_key, split_group.c.split).where(
        split_group.c.project_id == project_id, split_group.c.group_key.in_(groups)
    )
    return {row[0]: Split(row[1]) for row in connection.execute(query)}


def count_rows(connection: Connection, project_id: str, groups: Collection[str]) -> int:
    """How many living examples are in these groups."""
    gone = [ExampleState.REJECTED.value, ExampleState.ARCHIVED.value]
    query = select(func.count()).where(
        example.c.project_id == project_id,
        example.c.staged == 0,
        example.c.group_key.in_(groups),
        example.c.state.not_in(gone),
    )
    return connection.execute(query).scalar_one()


def versions_testing(connection: Connection, project_id: str, groups: Collection[str]) -> list[int]:
    """The numbers of the frozen versions whose test split holds a row of these groups."""
    query = (
        select(dataset_version.c.n)
        .join(dataset_item, dataset_item.c.version_id == dataset_version.c.id)
        .join(example, example.c.id == dataset_item.c.example_id)
        .where(
            dataset_version.c.project_id == project_id,
            dataset_item.c.split == Split.TEST.value,
            example.c.project_id == project_id,
            example.c.group_key.in_(groups),
        )
        .distinct()
        .order_by(dataset_version.c.n)
    )
    return list(connection.execute(query).scalars())


def count_by_category(
    connection: Connection, project_id: str, states: Iterable[ExampleState]
) -> list[tuple[str, str | None, int]]:
    """(categories, split, rows); None for rows whose group has not been drawn."""
    query = (
        select(example.c.categories, split_group.c.split, func.count())
        .select_from(example.outerjoin(split_group, SAME_GROUP))
        .where(in_states(project_id, states))
        .group_by(example.c.categories, split_group.c.split)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def count_by_tool(
    connection: Connection, project_id: str, states: Iterable[ExampleState]
) -> list[tuple[str, str | None, int]]:
    """(tool, split, rows that call it); None for rows whose group has not been drawn."""
    query = (
        select(example_tool.c.name, split_group.c.split, func.count(example.c.id.distinct()))
        .select_from(
            example_tool.join(example, example.c.id == example_tool.c.example_id).outerjoin(split_group, SAME_GROUP)
        )
        .where(in_states(project_id, states), example_tool.c.called > 0)
        .group_by(example_tool.c.name, split_group.c.split)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
