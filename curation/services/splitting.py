"""Draws splits: once for each group, by hash, stratified at the first draw only, and never moved afterwards."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import msgspec
from sqlalchemy import Connection

from curation.model.states import Split
from db import datasets
from db.datasets import Member
from db.people import ProjectRecord

SHARES: dict[Split, float] = {Split.TRAIN: 0.7, Split.VALIDATION: 0.1, Split.TEST: 0.2}


class SplitDraw(msgspec.Struct, frozen=True):
    """What decided the splits of a project's groups, so that anybody can draw them again."""

    salt: str
    shares: dict[str, float]
    rule: str = "sha256 of salt, line feed and group; dealt out by category where no group had a split before"


def draw_of(project: ProjectRecord) -> SplitDraw:
    """How the groups of a project are drawn."""
    return SplitDraw(project.split_salt, {split.value: share for split, share in SHARES.items()})


class Cluster(msgspec.Struct, frozen=True):
    """Groups that hold the same row in its normal form, or rows without a group that are nearly the same.

    They go the same way. A group that was drawn stays where it is: what turns out later to be nearly the same as a row
    of another split is a finding, not a move.
    """

    groups: tuple[str, ...]
    n_rows: int
    category: str

    @property
    def key(self) -> str:
        return self.groups[0]


def ensure_splits(
    connection: Connection, project: ProjectRecord, members: Sequence[Member], at: str
) -> dict[str, Split]:
    """The split of every member's group; groups never seen before are drawn now."""
    known = datasets.read_splits(connection, project.id)
    drawn = draw_splits(cluster(members, known), known, project.split_salt)
    datasets.add_splits(connection, project.id, drawn, at)
    return known | drawn


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
    chosen = {one.key: _by_hash(salt, one.key) for one in fresh} if known else _stratified(fresh, salt)
    return drawn | {group: chosen[one.key] for one in fresh for group in one.groups}


def cluster(members: Sequence[Member], known: Container[str] = ()) -> list[Cluster]:
    """Groups that belong together; the smallest name stands first. `known` are those that were drawn."""
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
    return [_cluster(groups, [row for group in groups for row in rows[group]]) for groups in joined.values()]


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


def _cluster(groups: list[str], rows: list[Member]) -> Cluster:
    category = min(Counter(row.categories for row in rows).items(), key=lambda pair: (-pair[1], pair[0]))[0]
    return Cluster(tuple(groups), len(rows), category)


def _fraction(salt: str, key: str) -> float:
    """A number in [0, 1) that only the salt and the name decide."""
    return int.from_bytes(hashlib.sha256(f"{salt}\n{key}".encode()).digest()[:8], "big") / 2**64


def _by_hash(salt: str, key: str) -> Split:
    fraction, edge = _fraction(salt, key), 0.0
    for split, share in SHARES.items():
        edge += share
        if fraction < edge:
            return split
    return Split.TEST


def _stratified(clusters: Sequence[Cluster], salt: str) -> dict[str, Split]:
    strata: dict[str, list[Cluster]] = defaultdict(list)
    for one in clusters:
        strata[one.category].append(one)
    return {key: split for stratum in strata.values() for key, split in _deal(stratum, salt).items()}


def _deal(stratum: Sequence[Cluster], salt: str) -> dict[str, Split]:
    """Deal one category out in hash order, each cluster to the split that lacks most rows.

    With three clusters or more every split gets one, so that a rare category is trained, watched and tested.
    """
    total = sum(one.n_rows for one in stratum)
    lacking = {split: share * total for split, share in SHARES.items()}
    dealt: dict[str, Split] = {}
    for left, one in zip(
        range(len(stratum), 0, -1), sorted(stratum, key=lambda one: _fraction(salt, one.key)), strict=True
    ):
        empty = [split for split in SHARES if split not in dealt.values()]
        open_to = empty if len(stratum) >= len(SHARES) and left <= len(empty) else list(SHARES)
        split = max(open_to, key=lambda split: lacking[split])
        lacking[split] -= one.n_rows
        dealt[one.key] = split
    return dealt
