"""What differs between two frozen versions, streamed: what came in, went out, changed and moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Literal

import msgspec

from curation.errors import StateError
from curation.services.comparing import Change, compare_examples
from curation.services.freezing import DatasetView, need_version, read_dataset
from curation.services.judging import read_body
from curation.services.workspace import Workspace
from db import version_diffs
from db.version_diffs import PairRecord

Kind = Literal["came", "went", "changed", "moved"]
KINDS: tuple[Kind, ...] = ("came", "went", "changed", "moved")
CHUNK = 100
"""Pairs whose bodies are read together."""


class DiffCounts(msgspec.Struct, frozen=True):
    """How two versions differ, in examples."""

    came: int
    went: int
    changed: int
    """With another text; some of them moved as well."""
    moved: int
    """With the same text in another split."""
    changed_and_moved: int
    same: int

    def of(self, kind: Kind) -> int:
        return {"came": self.came, "went": self.went, "changed": self.changed, "moved": self.moved}[kind]


class DiffRow(msgspec.Struct, frozen=True):
    """One example that differs; a side where it is missing is None."""

    kind: Kind
    example_id: str
    number: int | None
    title: str
    split_before: str | None
    split_after: str | None
    rev_before: int | None
    rev_after: int | None
    changes: tuple[Change, ...] = ()
    """Place by place, for a changed text."""


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the exported difference."""

    change: Kind
    example: str
    number: int | None
    split: tuple[str | None, str | None]
    revision: tuple[int | None, int | None]
    fields: tuple[Change, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    """The first line: which versions, and the counts of all that follows."""

    versions: tuple[int, int]
    digests: tuple[str, str]
    counts: DiffCounts


def count_diff(ws: Workspace, before_id: str, after_id: str) -> DiffCounts:
    """Count without reading a single row."""
    before, after = _two(ws, before_id, after_id)
    with ws.reading() as connection:
        pairs = version_diffs.count_pairs(connection, before.id, after.id)
    shared = pairs.same + pairs.changed + pairs.moved + pairs.both
    return DiffCounts(
        came=sum(after.counts.values()) - shared,
        went=sum(before.counts.values()) - shared,
        changed=pairs.changed + pairs.both,
        moved=pairs.moved,
        changed_and_moved=pairs.both,
        same=pairs.same,
    )


def walk_diff(ws: Workspace, before_id: str, after_id: str, kinds: Sequence[Kind] = KINDS) -> Iterator[DiffRow]:
    """Everything that differs, kind by kind, in the order of the versions; at no time more than some rows in memory."""
    before, after = _two(ws, before_id, after_id)
    with ws.reading() as connection:
        for kind in kinds:
            if kind == "came":
                found = version_diffs.walk_came(connection, before.id, after.id)
            elif kind == "went":
                found = version_diffs.walk_went(connection, before.id, after.id)
            else:
                found = version_diffs.walk_differing(connection, before.id, after.id, changed=kind == "changed")
            while some := list(islice(found, CHUNK)):
                hashes = {one for pair in some for one in (pair.hash_before, pair.hash_after) if one}
                bodies = version_diffs.read_bodies(connection, hashes) if kind == "changed" else {}
                yield from (_row(kind, pair, bodies) for pair in some)


def write_diff(ws: Workspace, before_id: str, after_id: str, to: BinaryIO) -> int:
    """Write the difference as JSON lines, the counts first; says how many rows follow them."""
    before, after = _two(ws, before_id, after_id)
    counts = count_diff(ws, before.id, after.id)
    to.write(msgspec.json.encode(_Head((before.n, after.n), (before.hash, after.hash), counts)) + b"\n")
    n = 0
    for row in walk_diff(ws, before.id, after.id):
        line = _Line(
            row.kind,
            row.example_id,
            row.number,
            (row.split_before, row.split_after),
            (row.rev_before, row.rev_after),
            row.changes,
        )
        to.write(msgspec.json.encode(line) + b"\n")
        n += 1
    return n


def _two(ws: Workspace, before_id: str, after_id: str) -> tuple[DatasetView, DatasetView]:
    with ws.reading() as connection:
        projects = {need_version(connection, one).project_id for one in (before_id, after_id)}
    if len(projects) > 1:
        raise StateError("These versions belong to different projects.", hint="Compare versions of one project.")
    return read_dataset(ws, before_id), read_dataset(ws, after_id)


def _row(kind: Kind, pair: PairRecord, bodies: dict[str, bytes]) -> DiffRow:
    changes: tuple[Change, ...] = ()
    if kind == "changed" and pair.hash_before and pair.hash_after:
        old, new = (read_body(bodies[one]).example for one in (pair.hash_before, pair.hash_after))
        changes = compare_examples(old, new)
    return DiffRow(
        kind=kind,
        example_id=pair.example_id,
        number=pair.number,
        title=pair.title or "",
        split_before=pair.split_before,
        split_after=pair.split_after,
        rev_before=pair.rev_before,
        rev_after=pair.rev_after,
        changes=changes,
    )
