"""Examples: narrow head rows, bodies by content, and revisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, insert, select, update

from curation.model.states import ExampleState
from db.derived import Derived, clear_derived, put_bodies, put_derived, renew_findings
from db.tables import UNJUDGED, body, example, example_tool, revision


class ExampleRecord(msgspec.Struct, frozen=True):
    """The narrow row of an example."""

    number: int
    id: str
    project_id: str
    state: ExampleState
    head_rev: int
    head_hash: str
    accepted_rev: int | None
    group_key: str
    title: str
    categories: tuple[str, ...]
    n_error: int
    n_warning: int
    origin: str
    batch_id: str | None
    updated_by: str
    updated_at: str
    author: str
    """Who made the newest revision; a verdict does not change it."""


class NewExample(msgspec.Struct, frozen=True):
    """An example about to be stored for the first time."""

    id: str
    project_id: str
    state: ExampleState
    origin: str
    derived: Derived
    batch_id: str | None = None
    line: int | None = None
    is_staged: bool = False


class RevisionRecord(msgspec.Struct, frozen=True):
    """One save."""

    example_id: str
    rev: int
    body_hash: str
    by: str
    at: str
    why: str


HEAD_COLUMNS = (
    example.c.number,
    example.c.id,
    example.c.project_id,
    example.c.state,
    example.c.head_rev,
    example.c.head_hash,
    example.c.accepted_rev,
    example.c.group_key,
    example.c.title,
    example.c.categories,
    example.c.n_error,
    example.c.n_warning,
    example.c.origin,
    example.c.batch_id,
    example.c.updated_by,
    example.c.updated_at,
    example.c.author,
)


def to_record(row: Sequence[object]) -> ExampleRecord:
    """A row of HEAD_COLUMNS as a record."""
    values = list(row)
    values[3] = ExampleState(str(values[3]))
    values[9] = tuple(str(values[9]).split())
    return ExampleRecord(*values)  # type: ignore[arg-type]


def find_example(connection: Connection, example_id: str) -> ExampleRecord | None:
    row = connection.execute(select(*HEAD_COLUMNS).where(example.c.id == example_id)).one_or_none()
    return to_record(row) if row else None


def find_examples(connection: Connection, example_ids: Sequence[str]) -> dict[str, ExampleRecord]:
    """Those of these ids that are here, in one statement."""
    rows = connection.execute(select(*HEAD_COLUMNS).where(example.c.id.in_(example_ids)))
    return {record.id: record for record in map(to_record, rows)}


def read_body(connection: Connection, body_hash: str) -> bytes:
    return bytes(connection.execute(select(body.c.bytes).where(body.c.hash == body_hash)).scalar_one())


def find_revision(connection: Connection, example_id: str, rev: int) -> RevisionRecord | None:
    query = select(revision).where(revision.c.example_id == example_id, revision.c.rev == rev)
    row = connection.execute(query).one_or_none()
    return RevisionRecord(*row) if row else None


def list_revisions(connection: Connection, example_id: str) -> list[RevisionRecord]:
    """Newest first."""
    query = select(revision).where(revision.c.example_id == example_id).order_by(revision.c.rev.desc())
    return [RevisionRecord(*row) for row in connection.execute(query)]


def known_bodies(
    connection: Connection, project_id: str, body_hashes: Iterable[str], batch_id: str | None = None
) -> set[str]:
    """Which of these bodies are already the head of an example of the project, or of the batch being filled."""
    query = select(example.c.head_hash).where(
        example.c.head_hash.in_(list(body_hashes)),
        example.c.project_id == project_id,
        example.c.state != ExampleState.ARCHIVED.value,
        (example.c.staged == 0) | (example.c.batch_id == batch_id),
    )
    return set(connection.execute(query).scalars())


def add_examples(connection: Connection, new: Sequence[NewExample], by: str, at: str, why: str) -> None:
    """Store new examples at revision 1, in one statement a table."""
    if not new:
        return
    put_bodies(connection, [one.derived for one in new])
    connection.execute(insert(example), [_first_row(one, by, at) for one in new])
    rows = [
        {"example_id": one.id, "rev": 1, "body_hash": one.derived.body_hash, "by": by, "at": at, "why": why}
        for one in new
    ]
    connection.execute(insert(revision), rows)
    put_derived(connection, [(one.id, one.derived) for one in new])


def _first_row(one: NewExample, by: str, at: str) -> dict[str, object]:
    return {
        "id": one.id,
        "project_id": one.project_id,
        "state": one.state.value,
        "head_rev": 1,
        "accepted_rev": 1 if one.state is ExampleState.ACCEPTED else None,
        "origin": one.origin,
        "batch_id": one.batch_id,
        "line": one.line,
        "staged": int(one.is_staged),
        "created_at": at,
        "updated_by": by,
        "updated_at": at,
        "author": by,
        **head_values(one.id, one.derived),
    }


def head_values(example_id: str, derived: Derived) -> dict[str, object]:
    """What the narrow row says of a body."""
    return {
        "head_hash": derived.body_hash,
        "normal_hash": derived.normal_hash,
        "group_key": derived.group or example_id,
        "title": derived.title,
        "categories": " ".join(derived.categories),
        "n_calls": derived.n_calls,
        "n_decisions": sum(one.kind != "reports" for one in derived.decisions),
        "n_no_tool": sum(one.kind == "abstains" for one in derived.decisions),
        "size_bytes": len(derived.body),
        **_verdict(derived),
    }


def _verdict(derived: Derived) -> dict[str, object]:
    return {"n_error": derived.n_error, "n_warning": derived.n_warning, "verdict_key": derived.verdict_key}


def add_revision(
    connection: Connection, head: ExampleRecord, state: ExampleState, derived: Derived, by: str, at: str, why: str
) -> None:
    """Store the next revision of an example; the caller has checked the one it builds on."""
    rev = head.head_rev + 1
    put_bodies(connection, [derived])
    values = {"example_id": head.id, "rev": rev, "body_hash": derived.body_hash, "by": by, "at": at, "why": why}
    connection.execute(insert(revision).values(values))
    connection.execute(
        update(example)
        .where(example.c.id == head.id, example.c.head_rev == head.head_rev)
        .values(
            head_rev=rev,
            state=state.value,
            accepted_rev=None,
            updated_by=by,
            updated_at=at,
            author=by,
            **head_values(head.id, derived),
        )
    )
    clear_derived(connection, [head.id])
    put_derived(connection, [(head.id, derived)])


def set_state(connection: Connection, head: ExampleRecord, state: ExampleState, by: str, at: str) -> None:
    """Move an example, at the revision it is at; accepting binds it to that revision."""
    accepted_rev = head.head_rev if state is ExampleState.ACCEPTED else None
    connection.execute(
        update(example)
        .where(example.c.id == head.id, example.c.head_rev == head.head_rev)
        .values(state=state.value, accepted_rev=accepted_rev, updated_by=by, updated_at=at)
    )


def replace_verdicts(connection: Connection, changes: Sequence[tuple[str, Derived]]) -> None:
    """Renew what the checker said about heads that did not change."""
    for example_id, derived in changes:
        connection.execute(update(example).where(example.c.id == example_id).values(**_verdict(derived)))
    renew_findings(connection, changes)


def leave_verdicts(connection: Connection, example_ids: Iterable[str], verdict_key: str) -> None:
    """Keep what is known of these heads as their verdict."""
    connection.execute(update(example).where(example.c.id.in_(list(example_ids))).values(verdict_key=verdict_key))


def list_stale(
    connection: Connection, project_id: str, verdict_key: str, *, after: int, limit: int
) -> list[ExampleRecord]:
    """Examples the current checker, target and catalogue have not judged yet."""
    query = (
        select(*HEAD_COLUMNS)
        .where(example.c.project_id == project_id, example.c.staged == 0, example.c.verdict_key != verdict_key)
        .where(example.c.number > after)
        .order_by(example.c.number)
        .limit(limit)
    )
    return [to_record(row) for row in connection.execute(query)]


def list_unjudged(connection: Connection, limit: int) -> list[ExampleRecord]:
    """Examples of any project of which only the errors are known yet."""
    query = select(*HEAD_COLUMNS).where(UNJUDGED).order_by(example.c.number).limit(limit)
    return [to_record(row) for row in connection.execute(query)]


def list_judged_by(connection: Connection, project_id: str, verdict_key: str, *, after: int, limit: int) -> list[int]:
    """The numbers of examples with verdicts reached under this key, above number `after`."""
    query = (
        select(example.c.number)
        # Joined to "", the project leads nowhere: the walk is along the numbers, and goes on where it stopped.
        .where(example.c.project_id.concat("") == project_id, example.c.verdict_key == verdict_key)
        .where(example.c.number > after)
        .order_by(example.c.number)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def carry_verdicts(
    connection: Connection, numbers: Sequence[int], before: str, now: str, changed: Iterable[str]
) -> int:
    """Let the verdicts of these reached under one key stand under another, but where a changed tool is offered."""
    offers = select(example_tool.c.number).where(
        example_tool.c.number == example.c.number, example_tool.c.name.in_(list(changed))
    )
    kept = (
        update(example)
        .where(example.c.number.in_(numbers), example.c.verdict_key == before, ~offers.exists())
        .values(verdict_key=now)
    )
    return connection.execute(kept).rowcount


def head_hashes(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Example → the body its head revision holds now."""
    query = select(example.c.id, example.c.head_hash).where(example.c.id.in_(ids))
    return {row.id: row.head_hash for row in connection.execute(query)}
