"""Draws splits: once for each group, by hash, even by category and tool at first, and never moved by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from curation.model.states import Split
from curation.services.dealing import CATEGORY, SHARES, TOOL, Cluster, deal, draw_by_hash
from db import datasets, split_moves
from db.datasets import Member
from db.people import ProjectRecord


class MovedGroup(msgspec.Struct, frozen=True):
    """A group that somebody moved to another split, and why."""

    group: str
    before: str
    after: str
    reason: str


class SplitDraw(msgspec.Struct, frozen=True):
    """What decided the splits of a project's groups, so that anybody can draw them again."""

    salt: str
    shares: dict[str, float]
    rule: str = "sha256 of salt, line feed and group; dealt out by category and tool where no group had a split before"
    moved: tuple[MovedGroup, ...] = ()
    """What people moved since, in order."""


def draw_of(connection: Connection, project: ProjectRecord, until: str) -> SplitDraw:
    """How the groups of a project stood at a moment."""
    moved = (
        MovedGroup(one.group_key, one.before, one.after, one.reason)
        for one in split_moves.list_moves(connection, project.id)
        if one.at <= until
    )
    shares = {split.value: share for split, share in SHARES.items()}
    return SplitDraw(project.split_salt, shares, moved=tuple(moved))


class PlannedDraw(NamedTuple):
    """A draw, and all that decided it: where that is the same, so is the draw."""

    members: Sequence[Member]
    known: dict[str, Split]
    drawn: dict[str, Split]


def plan_draw(connection: Connection, project: ProjectRecord, members: Sequence[Member]) -> PlannedDraw:
    """Draw the groups that were never seen before, and store nothing: of many rows it takes a while."""
    known = datasets.read_splits(connection, project.id)
    # Tools count at the first draw alone, so nothing is read of them later.
    callers = {} if known else datasets.read_callers(connection, project.id)
    return PlannedDraw(members, known, draw_splits(cluster(members, known, callers), known, project.split_salt))


def ensure_splits(
    connection: Connection,
    project: ProjectRecord,
    members: Sequence[Member],
    at: str,
    planned: PlannedDraw | None = None,
) -> dict[str, Split]:
    """The split of every member's group; groups never seen before are drawn now, or were `planned` from the same."""
    draw = planned
    if draw is None or draw.members != members or draw.known != datasets.read_splits(connection, project.id):
        draw = plan_draw(connection, project, members)
    datasets.add_splits(connection, project.id, draw.drawn, at)
    return draw.known | draw.drawn


def draw_splits(clusters: Sequence[Cluster], known: Mapping[str, Split], salt: str) -> dict[str, Split]:
    """New groups → split; known groups keep theirs and take their new twins with them."""
    drawn: dict[str, Split] = {}
    fresh: list[Cluster] = []
    for one in clusters:
        kept = [known[group] for group in one.groups if group in known]
        if kept:
            drawn |= {group: kept[0] for group in one.groups if group not in known}
        else:
            fresh.append(one)
    chosen = {one.key: draw_by_hash(salt, one.key) for one in fresh} if known else deal(fresh, salt)
    return drawn | {group: chosen[one.key] for one in fresh for group in one.groups}


def cluster(
    members: Sequence[Member], known: Container[str] = (), callers: Mapping[str, Sequence[str]] | None = None
) -> list[Cluster]:
    """Groups that belong together; the smallest name stands first.

    Args:
        members: the rows.
        known: the groups that were drawn.
        callers: example → the tools it calls, where that matters.
    """
    parents = {member.group_key: member.group_key for member in members}
    rows: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        rows[member.group_key].append(member)
    for group, other in chain(_same(members), _nearly_same(members, known)):
        low, high = sorted((_root(parents, group), _root(parents, other)))
        parents[high] = low
    joined: dict[str, list[str]] = defaultdict(list)
    for group in sorted(rows):
        joined[_root(parents, group)].append(group)
    return [
        _cluster(groups, [row for group in groups for row in rows[group]], callers or {}) for groups in joined.values()
    ]


def _same(members: Iterable[Member]) -> Iterator[tuple[str, str]]:
    """Groups that hold the same row."""
    holders: dict[str, str] = {}
    for member in members:
        yield holders.setdefault(member.normal_hash, member.group_key), member.group_key


def _nearly_same(members: Iterable[Member], known: Container[str]) -> Iterator[tuple[str, str]]:
    """Rows without a group, each with one that it is nearly the same as.

    Where others of the family were drawn, it goes with them, else with a group of theirs: groups that people or drafts
    have told apart are not thrown together by a row that is like both.
    """
    families: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        if member.family is not None:
            families[member.family].append(member)
    for family in families.values():
        first = min(family, key=lambda one: (one.group_key not in known, not one.has_group, one.group_key))
        yield from (
            (first.group_key, one.group_key) for one in family if not one.has_group and one.group_key not in known
        )


def _root(parents: dict[str, str], group: str) -> str:
    while parents[group] != group:
        parents[group] = group = parents[parents[group]]
    return group


def _cluster(groups: list[str], rows: list[Member], callers: Mapping[str, Sequence[str]]) -> Cluster:
    counts = Counter(CATEGORY + name for row in rows for name in row.categories.split())
    counts.update(TOOL + name for row in rows for name in callers.get(row.example_id, ()))
    return Cluster(tuple(groups), len(rows), tuple(sorted(counts.items())))
