"""What a change of tools touches: which definitions examples offer, which examples, datasets and models hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, and_, func, select

from curation.model.states import ExampleState
from db.examples import HEAD_COLUMNS, ExampleRecord, to_record
from db.tables import (
    audit,
    body,
    dataset_item,
    dataset_version,
    definition,
    example,
    example_tool,
    finding,
    model,
    tool,
    tool_version,
)

CHUNK = 500
SETTLED = (ExampleState.ARCHIVED.value, ExampleState.REJECTED.value)
"""What was put away is moved no more."""


class Held(msgspec.Struct, frozen=True):
    """One definition that examples offer."""

    name: str
    hash: str
    text: str


class KnownVersion(msgspec.Struct, frozen=True):
    """A definition that a tool had at one of its saves."""

    tool_id: str
    is_archived: bool
    name: str
    hash: str
    text: str


class HeldRows(msgspec.Struct, frozen=True):
    """How many of some examples a split of a dataset version holds."""

    version_id: str
    n: int
    split: str
    rows: int


def list_held(connection: Connection, names: Collection[str]) -> list[Held]:
    """Every definition under these names that an example of any project offers."""
    query = select(example_tool.c.name, example_tool.c.definition_hash).where(example_tool.c.name.in_(names)).distinct()
    rows = list(connection.execute(query))
    texts = _texts(connection, [row[1] for row in rows])
    return [Held(row[0], row[1], texts[row[1]]) for row in rows]


def count_holders(connection: Connection, project_id: str, hashes: Collection[str]) -> dict[str, int]:
    """Definition → how many open examples of a project offer it; those that none does are left out."""
    names = select(definition.c.name).where(definition.c.hash.in_(hashes))
    query = (
        select(example_tool.c.definition_hash, func.count(example_tool.c.number.distinct()))
        .join(example, example.c.number == example_tool.c.number)
        .where(example_tool.c.name.in_(names), example_tool.c.definition_hash.in_(hashes))
        .where(example.c.project_id == project_id, example.c.staged == 0, example.c.state.not_in(SETTLED))
        .group_by(example_tool.c.definition_hash)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _texts(connection: Connection, hashes: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(hashes), CHUNK):
        query = select(definition.c.hash, definition.c.text).where(definition.c.hash.in_(hashes[at : at + CHUNK]))
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return found


def list_known_versions(connection: Connection, project_id: str) -> list[KnownVersion]:
    """Every definition the project's tools ever had, the oldest save first."""
    query = (
        select(tool.c.id, tool.c.archived, definition.c.name, definition.c.hash, definition.c.text)
        .join(tool_version, tool_version.c.tool_id == tool.c.id)
        .join(definition, definition.c.hash == tool_version.c.definition_hash)
        .where(tool.c.project_id == project_id)
        .order_by(tool_version.c.at, tool_version.c.n)
    )
    return [KnownVersion(row[0], bool(row[1]), row[2] or "", row[3], row[4]) for row in connection.execute(query)]


def last_seq(connection: Connection, kinds: Collection[str], after: int) -> int:
    """The audit's number of the newest act of these kinds beyond `after`; `after` itself where there is none."""
    query = select(audit.c.seq).where(audit.c.seq > after, audit.c.act.in_(kinds)).order_by(audit.c.seq.desc())
    return connection.execute(query.limit(1)).scalar_one_or_none() or after


def list_numbers(connection: Connection, project_id: str, hashes: Collection[str]) -> list[int]:
    """The open examples that offer any of these definitions, in the order they came."""
    names = select(definition.c.name).where(definition.c.hash.in_(hashes))
    query = (
        select(example_tool.c.number)
        .join(example, example.c.number == example_tool.c.number)
        .where(example_tool.c.name.in_(names), example_tool.c.definition_hash.in_(hashes))
        .where(example.c.project_id == project_id, example.c.staged == 0, example.c.state.not_in(SETTLED))
        .distinct()
        .order_by(example_tool.c.number)
    )
    return list(connection.execute(query).scalars())


def read_heads(connection: Connection, numbers: Sequence[int]) -> list[tuple[ExampleRecord, str, bytes]]:
    """Head row, verdict key and body of some examples."""
    query = (
        select(*HEAD_COLUMNS, example.c.verdict_key, body.c.bytes)
        .join(body, body.c.hash == example.c.head_hash)
        .where(example.c.number.in_(numbers))
        .order_by(example.c.number)
    )
    return [(to_record(row[:-2]), row[-2], bytes(row[-1])) for row in connection.execute(query)]


def read_marks(connection: Connection, ids: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
    """Example → (rule, fingerprint) of what the checker says about its head."""
    marks: dict[str, set[tuple[str, str]]] = {example_id: set() for example_id in ids}
    query = select(finding.c.example_id, finding.c.rule, finding.c.fingerprint).where(finding.c.example_id.in_(ids))
    for row in connection.execute(query):
        marks[row[0]].add((row[1], row[2]))
    return marks


def count_held_rows(connection: Connection, project_id: str, ids: Sequence[str]) -> list[HeldRows]:
    """How many of these examples each dataset version holds, by split."""
    counted: dict[tuple[str, int, str], int] = {}
    for chunk in _chunks(ids):
        query = (
            select(dataset_version.c.id, dataset_version.c.n, dataset_item.c.split, func.count())
            .join(dataset_item, dataset_item.c.version_id == dataset_version.c.id)
            .where(dataset_version.c.project_id == project_id, dataset_item.c.example_id.in_(chunk))
            .group_by(dataset_version.c.id, dataset_item.c.split)
        )
        for row in connection.execute(query):
            key = (row[0], row[1], row[2])
            counted[key] = counted.get(key, 0) + row[3]
    return [HeldRows(*key, n) for key, n in counted.items()]


def list_models_trained_on(connection: Connection, version_ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """(id, name, dataset version) of the models trained on these versions, newest first."""
    query = (
        select(model.c.id, model.c.name, model.c.dataset_id)
        .where(and_(model.c.dataset_id.in_(version_ids), model.c.kind != "base"))
        .order_by(model.c.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
