"""Examples: narrow head rows, bodies by content, and revisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, insert, select, update

from curation.model.states import ExampleState
from db.derived import Derived, clear_derived, put_bodies, put_derived, put_numbered, renew_findings
from db.many_rows import add_rows
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


class NewExample(msgspec.Struct, frozen=True, gc=False):
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


_COLUMNS = tuple(column.name for column in example.columns)
_LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'example'"
_KNOWN = """SELECT DISTINCT e.head_hash FROM json_each(?) h CROSS JOIN example e INDEXED BY example_by_body
    WHERE e.head_hash = h.value AND e.project_id = ? AND e.state <> 'archived' AND (e.staged = 0 OR e.batch_id = ?)"""


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


def find_numbered(connection: Connection, project_id: str, numbers: Sequence[int]) -> dict[int, str]:
    """Number → id, of those that a project has."""
    query = select(example.c.number, example.c.id).where(
        example.c.project_id == project_id, example.c.number.in_(numbers), example.c.staged == 0
    )
    return {int(number): str(one) for number, one in connection.execute(query)}


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
    wanted = (msgspec.json.encode(list(body_hashes)).decode(), project_id, batch_id)
    return set(connection.exec_driver_sql(_KNOWN, wanted).scalars())


def add_examples(connection: Connection, new: Sequence[NewExample], by: str, at: str, why: str) -> None:
    """Store new examples at revision 1, in few statements a table."""
    if not new:
        return
    put_bodies(connection, [one.derived for one in new])
    # The caller is the only writer, so the next numbers are known before they are given.
    first = (connection.exec_driver_sql(_LAST_NUMBER).scalar_one_or_none() or 0) + 1
    numbered = list(enumerate(new, start=first))
    add_rows(connection, example, [_in_order(_first_row(number, one, by, at)) for number, one in numbered])
    add_rows(connection, revision, [(one.id, 1, one.derived.body_hash, by, at, why) for one in new])
    put_numbered(connection, [(one.id, number, one.derived) for number, one in numbered])


def _in_order(row: dict[str, object]) -> tuple[object, ...]:
    return tuple([row[name] for name in _COLUMNS])


def _first_row(number: int, one: NewExample, by: str, at: str) -> dict[str, object]:
    return {
        "number": number,
        "look": "",
        "drawn": 0,
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
