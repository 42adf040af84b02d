"""Sticky splits and frozen dataset versions."""

# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

import msgspec
from sqlalchemy import Connection, func, insert, select

from curation.model.states import ExampleState, Portion, Split
from db.repairs import has_open_repair
from db.standing import in_states
from db.tables import dataset_item, dataset_version, example, example_tool, near_text, source, split_group

_SPLITS = {split.value: split for split in Split}
_FIELDS = "i.example_id, i.rev, i.body_hash, i.split, i.reviewed, b.bytes, b.n_waivers"
_ITEMS = f"""SELECT {_FIELDS} FROM dataset_item i CROSS JOIN body b ON b.hash = i.body_hash
    WHERE i.version_id = ? ORDER BY i.position"""
_ITEMS_OF_SPLIT = f"""SELECT {_FIELDS} FROM dataset_item i CROSS JOIN body b ON b.hash = i.body_hash
    WHERE i.version_id = ? AND i.split = ? ORDER BY i.position"""


class Member(msgspec.Struct, frozen=True):
    """An example that may go into a version."""

    example_id: str
    rev: int
    body_hash: str
    group_key: str
    categories: str
    is_accepted: bool
    n_error: int
    number: int
    normal_hash: str
    family: int | None = None
    """What it is nearly the same as, as far as it has been compared."""

    @property
    def has_group(self) -> bool:
        """Whether somebody, or what drafted it, has said what it belongs to."""
        return self.group_key != self.example_id


class VersionRecord(msgspec.Struct, frozen=True):
    """One frozen version."""

    id: str
    project_id: str
    n: int
    hash: str
    catalogue_id: str | None
    target: str | None
    checker_version: str
    counts: str
    by: str
    at: str


class ItemRecord(msgspec.Struct, frozen=True):
    """One place of a frozen version, with the bytes that stand there."""

    example_id: str
    rev: int
    body_hash: str
    split: Portion
    reviewed: bool
    body: bytes
    n_waivers: int | None = None
    """What is kept anyway in it; None where only a look into the body can tell."""


class OriginRecord(msgspec.Struct, frozen=True):
    """How some examples of a version began, and the imported file they came from."""

    origin: str
    source_id: str | None
    name: str
    format: str
    sha256: str
    examples: int


def find_split(connection: Connection, project_id: str, group_key: str) -> Split | None:
    query = select(split_group.c.split).where(
        split_group.c.project_id == project_id, split_group.c.group_key == group_key
    )
    split = connection.execute(query).scalar_one_or_none()
    return Split(split) if split else None


def read_splits(connection: Connection, project_id: str) -> dict[str, Split]:
    """Every group that has been drawn."""
    query = select(split_group.c.group_key, split_group.c.split).where(split_group.c.project_id == project_id)
    return {key: Split(split) for key, split in connection.execute(query)}


def add_splits(connection: Connection, project_id: str, drawn: Mapping[str, Split], at: str) -> None:
    rows = [
        {"project_id": project_id, "group_key": key, "split": split.value, "drawn_at": at}
        for key, split in drawn.items()
    ]
    if rows:
        connection.execute(insert(split_group), rows)


def list_members(connection: Connection, project_id: str, states: Iterable[ExampleState]) -> list[Member]:
    """Visible examples in these states that wait for no repair, in the order they came."""
    query = (
        select(
            example.c.id,
            example.c.head_rev,
            example.c.head_hash,
            example.c.group_key,
            example.c.categories,
            example.c.state,
            example.c.n_error,
            example.c.number,
            example.c.normal_hash,
            near_text.c.family,
        )
        .select_from(example.outerjoin(near_text, near_text.c.number == example.c.number))
        .where(in_states(project_id, states), ~has_open_repair())
        .order_by(example.c.number)
    )
    accepted = ExampleState.ACCEPTED.value
    return [Member(*row[:5], row[5] == accepted, *row[6:8], row[8], row[9]) for row in connection.execute(query)]


def read_callers(connection: Connection, project_id: str) -> dict[str, list[str]]:
    """Example → the tools it calls."""
    query = (
        select(example_tool.c.example_id, example_tool.c.name)
        .join(example, example.c.id == example_tool.c.example_id)
        .where(example.c.project_id == project_id, example.c.staged == 0, example_tool.c.called > 0)
        .order_by(example_tool.c.example_id, example_tool.c.position)
    )
    found: dict[str, list[str]] = {}
    for example_id, name in connection.execute(query):
        found.setdefault(example_id, []).append(name)
    return found


def add_version(
    connection: Connection, record: VersionRecord, members: Iterable[Member], splits: Mapping[str, Split]
) -> None:
    """Store a version and its items; nothing in them changes afterwards."""
    connection.execute(insert(dataset_version).values(**msgspec.structs.asdict(record)))
    rows = [
        {
            "version_id": record.id,
            "position": position,
            "example_id": one.example_id,
            "rev": one.rev,
            "body_hash": one.body_hash,
            "split": splits[one.group_key].value,
            "reviewed": int(one.is_accepted),
        }
        for position, one in enumerate(members)
    ]
    connection.execute(insert(dataset_item), rows)


def list_versions(connection: Connection, project_id: str) -> list[VersionRecord]:
    """Newest first."""
    query = select(dataset_version).where(dataset_version.c.project_id == project_id)
    return [VersionRecord(*row) for row in connection.execute(query.order_by(dataset_version.c.n.desc()))]


def find_version(connection: Connection, version_id: str) -> VersionRecord | None:
    row = connection.execute(select(dataset_version).where(dataset_version.c.id == version_id)).one_or_none()
    return VersionRecord(*row) if row else None


def find_version_n(connection: Connection, project_id: str, n: int) -> VersionRecord | None:
    query = select(dataset_version).where(dataset_version.c.project_id == project_id, dataset_version.c.n == n)
    row = connection.execute(query).one_or_none()
    return VersionRecord(*row) if row else None


def newest_n(connection: Connection, project_id: str) -> int:
    query = select(func.max(dataset_version.c.n)).where(dataset_version.c.project_id == project_id)
    return connection.execute(query).scalar_one() or 0


def list_examples_in(connection: Connection, version_id: str, split: Split) -> set[str]:
    """The examples that a split of a version holds."""
    query = select(dataset_item.c.example_id).where(
        dataset_item.c.version_id == version_id, dataset_item.c.split == split.value
    )
    return set(connection.execute(query).scalars())


def walk_items(connection: Connection, version_id: str, split: Split | None = None) -> Iterator[ItemRecord]:
    """A version's items in their order, streamed."""
    query, values = (_ITEMS_OF_SPLIT, (version_id, split.value)) if split else (_ITEMS, (version_id,))
    # Past SQLAlchemy, whose rows would cost as much as what is read.
    with closing(connection.connection.cursor()) as cursor:
        for row in cursor.execute(query, values):
            yield ItemRecord(row[0], row[1], row[2], _SPLITS[row[3]], row[4] == 1, row[5], row[6])


def count_origins(connection: Connection, version_id: str, splits: Iterable[Split]) -> list[OriginRecord]:
    """The examples of a version by their origin and imported file."""
    joined = dataset_item.join(example, example.c.id == dataset_item.c.example_id).outerjoin(
        source, source.c.batch_id == example.c.batch_id
    )
    parts = (example.c.origin, source.c.id, source.c.name, source.c.format, source.c.sha256)
    query = (
        select(*parts, func.count())
        .select_from(joined)
        .where(dataset_item.c.version_id == version_id, dataset_item.c.split.in_([split.value for split in splits]))
        .group_by(*parts)
    )
    return [
        OriginRecord(row[0], row[1], row[2] or "", row[3] or "", row[4] or "", row[5])
        for row in connection.execute(query)
    ]
