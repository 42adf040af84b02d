"""Freezes accepted work into a dataset version: immutable, in order, with a digest over bodies and splits."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, NotFoundError, StateError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState, Portion, Split, portion_of
from curation.rules import CHECKER_VERSION
from curation.services.acts import Act, perform
from curation.services.appearing import finish_decided, require_all_there
from curation.services.judging import read_body
from curation.services.near_indexing import catch_up
from curation.services.portions import walk_portions
from curation.services.projects import need_project
from curation.services.rechecking import recheck_stale, require_fresh
from curation.services.roles import require
from curation.services.splitting import ensure_splits, plan_draw
from curation.services.workspace import Workspace
from db import catalogues, datasets, people
from db.acts import Deed
from db.datasets import Member, VersionRecord

UNREVIEWED = (ExampleState.CANDIDATE, ExampleState.DRAFT, ExampleState.SUBMITTED)
"""What a lead may add to a version without review: never what was sent back or turned down."""


class DatasetView(msgspec.Struct, frozen=True):
    """One frozen version; `counts` has a row count for every split."""

    id: str
    n: int
    hash: str
    at: str
    by: str
    counts: dict[str, int]
    catalogue_n: int | None
    target: str | None
    checker_version: str


class DatasetItem(msgspec.Struct, frozen=True):
    """One row of a frozen version."""

    example_id: str
    rev: int
    body_hash: str
    split: Portion
    reviewed: bool
    example: Example


def freeze(
    ws: Workspace, actor: Actor, project_id: str, *, include_unreviewed: bool = False, nonce: str
) -> DatasetView:
    """Freeze what is accepted; with `include_unreviewed` also errorless work nobody has reviewed, marked so."""
    require(actor, "freeze")
    finish_decided(ws)
    recheck_stale(ws, project_id)
    catch_up(ws)
    with ws.reading() as connection:
        # Drawn before the lock is taken; what changes meanwhile makes it draw again inside.
        project = need_project(connection, project_id)
        found = datasets.list_members(connection, project.id, _states(include_unreviewed=include_unreviewed))
        planned = plan_draw(connection, project, [one for one in found if not one.n_error])

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        require_all_there(act.connection, project.id)
        require_fresh(act.connection, project.id)
        members = choose_members(act.connection, project.id, include_unreviewed=include_unreviewed)
        splits = ensure_splits(act.connection, project, members, act.at, planned)
        _require_no_leak(members, splits)
        record = _version(act, project.id, project.working_target, members, splits)
        datasets.add_version(act.connection, record, members, splits)
        act.note(Deed(record.id, after=f"{record.n}:{record.hash}", project_id=project.id))
        return record.id

    return read_dataset(ws, perform(ws, actor, "freeze", nonce, str, work))


def choose_members(connection: Connection, project_id: str, *, include_unreviewed: bool) -> list[Member]:
    """What would be frozen now. Accepted work with errors stands in the way; other work with errors stays out.

    So does what waits for repair after a change of a tool: it shows the tool as it was.
    """
    found = datasets.list_members(connection, project_id, _states(include_unreviewed=include_unreviewed))
    broken = [one.number for one in found if one.is_accepted and one.n_error]
    if broken:
        named = ", ".join(str(number) for number in broken[:5])
        raise BlockedError(
            f"{len(broken)} accepted examples have errors now, so nothing was frozen: {named}.",
            hint="Open them from the list of errors; editing sends them through review again.",
        )
    members = [one for one in found if not one.n_error]
    if not members:
        raise StateError("There is nothing to freeze.", hint="Accept at least one example first.")
    return members


def _states(*, include_unreviewed: bool) -> tuple[ExampleState, ...]:
    return (ExampleState.ACCEPTED, *(UNREVIEWED if include_unreviewed else ()))


def count_members(ws: Workspace, project_id: str) -> tuple[int, int]:
    """How many accepted examples a version would take now, and how many unreviewed ones a lead could add."""
    with ws.reading() as connection:
        found = datasets.list_members(connection, project_id, (ExampleState.ACCEPTED, *UNREVIEWED))
    n_accepted = sum(one.is_accepted for one in found)
    return n_accepted, sum(not one.is_accepted and not one.n_error for one in found)


def _require_no_leak(members: Sequence[Member], splits: Mapping[str, Split]) -> None:
    """The same row may not be trained on and tested with."""
    seen: dict[str, Member] = {}
    for one in members:
        twin = seen.setdefault(one.normal_hash, one)
        if splits[twin.group_key] is not splits[one.group_key]:
            raise BlockedError(
                f"Examples {twin.number} and {one.number} are the same row in "
                f"{splits[twin.group_key]} and {splits[one.group_key]}.",
                hint="Archive one of them: a row in two splits makes the test flatter the model.",
            )


def _version(
    act: Act, project_id: str, target: str | None, members: Sequence[Member], splits: Mapping[str, Split]
) -> VersionRecord:
    current = catalogues.newest_catalogue(act.connection, project_id)
    placed = [(one.body_hash, splits[one.group_key]) for one in members]
    counts = Counter(split.value for _, split in placed)
    return VersionRecord(
        id=act.ws.new_id(),
        project_id=project_id,
        n=datasets.newest_n(act.connection, project_id) + 1,
        hash=hash_version(placed),
        catalogue_id=current.id if current else None,
        target=target,
        checker_version=CHECKER_VERSION,
        counts=msgspec.json.encode({split.value: counts[split.value] for split in Split}).decode(),
        by=act.actor.person_id,
        at=act.at,
    )


def hash_version(placed: Iterable[tuple[str, Split]]) -> str:
    """The digest over (body, split) in order."""
    digest = hashlib.sha256()
    for body_hash, split in placed:
        digest.update(f"{body_hash} {split.value}\n".encode())
    return digest.hexdigest()


def list_datasets(ws: Workspace, project_id: str) -> tuple[DatasetView, ...]:
    """Newest first."""
    with ws.reading() as connection:
        return tuple(_view(connection, one) for one in datasets.list_versions(connection, project_id))


def get_dataset(ws: Workspace, project_id: str, n: int) -> DatasetView:
    """Version `n` of a project."""
    with ws.reading() as connection:
        record = datasets.find_version_n(connection, project_id, n)
        if record is None:
            newest = datasets.newest_n(connection, project_id)
            hint = f"The newest one is {newest}." if newest else "Freeze one first."
            raise NotFoundError(f"There is no dataset version {n} in this project.", hint=hint)
        return _view(connection, record)


def read_dataset(ws: Workspace, dataset_id: str) -> DatasetView:
    """A version by its id."""
    with ws.reading() as connection:
        return _view(connection, need_version(connection, dataset_id))


def need_version(connection: Connection, dataset_id: str) -> VersionRecord:
    record = datasets.find_version(connection, dataset_id)
    if record is None:
        raise NotFoundError("This dataset version is not here.")
    return record


def read_items(ws: Workspace, dataset_id: str, split: Portion | str | None = None) -> Iterator[DatasetItem]:
    """A version's rows in order, streamed; all splits, or one portion."""
    wanted = (portion_of(split),) if split else tuple(Split)
    with ws.reading() as connection:
        need_version(connection, dataset_id)
        for item in walk_portions(connection, dataset_id, wanted):
            example = read_body(item.body).example
            yield DatasetItem(item.example_id, item.rev, item.body_hash, item.split, item.reviewed, example)


def _view(connection: Connection, record: VersionRecord) -> DatasetView:
    numbers = {one.id: one.n for one in catalogues.list_catalogues(connection, record.project_id)}
    return DatasetView(
        id=record.id,
        n=record.n,
        hash=record.hash,
        at=record.at,
        by=people.name_people(connection).get(record.by, record.by),
        counts=msgspec.json.decode(record.counts, type=dict[str, int]),
        catalogue_n=numbers.get(record.catalogue_id or ""),
        target=record.target,
        checker_version=record.checker_version,
    )
