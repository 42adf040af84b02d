"""Examples: narrow head rows, bodies by content, revisions, and everything derived from the head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.definition import Definition
from curation.model.finding import Finding
from curation.model.states import ExampleState
from db.catalogue import add_definitions
from db.tables import (
    body,
    decision,
    example,
    example_tag,
    example_text,
    example_tool,
    finding,
    revision,
)


class Offered(msgspec.Struct, frozen=True):
    """A definition an example offers, and how often a turn calls it."""

    definition: Definition
    called: int = 0


class Decided(msgspec.Struct, frozen=True):
    """One assistant turn: `calls`, `abstains` (straight after a user turn) or `reports` (after a result)."""

    turn: int
    kind: str
    reason: str | None = None
    recovery: str | None = None


class Found(msgspec.Struct, frozen=True):
    """One finding with its fingerprint, and whether a waiver covers it."""

    finding: Finding
    fingerprint: str
    waived: bool = False


class Derived(msgspec.Struct, frozen=True):
    """Everything that follows from a body: what lists, counters, search and health read."""

    body: bytes
    body_hash: str
    normal_hash: str
    group: str | None
    title: str
    text: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    offered: tuple[Offered, ...]
    decisions: tuple[Decided, ...]
    found: tuple[Found, ...]
    n_calls: int
    n_error: int
    n_warning: int
    verdict_key: str


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
    _put_bodies(connection, [one.derived for one in new])
    connection.execute(insert(example), [_first_row(one, by, at) for one in new])
    rows = [
        {"example_id": one.id, "rev": 1, "body_hash": one.derived.body_hash, "by": by, "at": at, "why": why}
        for one in new
    ]
    connection.execute(insert(revision), rows)
    _put_derived(connection, [(one.id, one.derived) for one in new])


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
        **_head_values(one.id, one.derived),
    }


def _head_values(example_id: str, derived: Derived) -> dict[str, object]:
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
    _put_bodies(connection, [derived])
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
            **_head_values(head.id, derived),
        )
    )
    _clear_derived(connection, [head.id])
    _put_derived(connection, [(head.id, derived)])


def set_state(connection: Connection, head: ExampleRecord, state: ExampleState, by: str, at: str) -> None:
    """Move an example, at the revision it is at; accepting binds it to that revision."""
    accepted_rev = head.head_rev if state is ExampleState.ACCEPTED else None
    connection.execute(
        update(example)
        .where(example.c.id == head.id, example.c.head_rev == head.head_rev)
        .values(state=state.value, accepted_rev=accepted_rev, updated_by=by, updated_at=at)
    )


def replace_findings(connection: Connection, changes: Sequence[tuple[str, Derived]]) -> None:
    """Renew what the checker said about heads that did not change."""
    ids = [example_id for example_id, _ in changes]
    connection.execute(delete(finding).where(finding.c.example_id.in_(ids)))
    for example_id, derived in changes:
        connection.execute(update(example).where(example.c.id == example_id).values(**_verdict(derived)))
    _insert(connection, finding, [row for change in changes for row in _finding_rows(*change)])


def list_stale(connection: Connection, project_id: str, verdict_key: str, limit: int) -> list[ExampleRecord]:
    """Examples the current checker, target and catalogue have not judged yet."""
    query = (
        select(*HEAD_COLUMNS)
        .where(example.c.project_id == project_id, example.c.staged == 0, example.c.verdict_key != verdict_key)
        .order_by(example.c.number)
        .limit(limit)
    )
    return [to_record(row) for row in connection.execute(query)]


def head_hashes(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Example → the body its head revision holds now."""
    query = select(example.c.id, example.c.head_hash).where(example.c.id.in_(ids))
    return {row.id: row.head_hash for row in connection.execute(query)}


def _put_bodies(connection: Connection, derived: Sequence[Derived]) -> None:
    rows = [{"hash": one.body_hash, "bytes": one.body} for one in derived]
    connection.execute(upsert(body).on_conflict_do_nothing(), rows)
    definitions = {offer.definition.hash: offer.definition for one in derived for offer in one.offered}
    add_definitions(connection, definitions.values())


def _clear_derived(connection: Connection, ids: Sequence[str]) -> None:
    for table in (example_tool, example_tag, decision, finding):
        connection.execute(delete(table).where(table.c.example_id.in_(ids)))
    numbers = select(example.c.number).where(example.c.id.in_(ids))
    connection.execute(delete(example_text).where(example_text.c.number.in_(numbers)))


def _put_derived(connection: Connection, new: Sequence[tuple[str, Derived]]) -> None:
    _insert(connection, example_tool, [row for one in new for row in _tool_rows(*one)])
    _insert(connection, example_tag, [{"example_id": i, "tag": tag} for i, d in new for tag in dict.fromkeys(d.tags)])
    _insert(connection, decision, [{"example_id": i, **msgspec.structs.asdict(o)} for i, d in new for o in d.decisions])
    _insert(connection, finding, [row for one in new for row in _finding_rows(*one)])
    numbers = _numbers(connection, [example_id for example_id, _ in new])
    _insert(connection, example_text, [{"number": numbers[i], "text": d.text} for i, d in new])


def _numbers(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    query = select(example.c.id, example.c.number).where(example.c.id.in_(ids))
    return {row.id: row.number for row in connection.execute(query)}


def _tool_rows(example_id: str, derived: Derived) -> list[dict[str, object]]:
    return [
        {
            "example_id": example_id,
            "position": position,
            "definition_hash": offer.definition.hash,
            "name": offer.definition.view.name or "",
            "called": offer.called,
        }
        for position, offer in enumerate(derived.offered)
    ]


def _finding_rows(example_id: str, derived: Derived) -> list[dict[str, object]]:
    return [
        {
            "example_id": example_id,
            "position": position,
            "rule": one.finding.rule,
            "code": one.finding.code,
            "fingerprint": one.fingerprint,
            "place": one.finding.at,
            "message": one.finding.message,
            "waived": int(one.waived),
        }
        for position, one in enumerate(derived.found)
    ]


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def count_examples(connection: Connection, project_id: str) -> int:
    query = select(func.count()).select_from(example)
    return connection.execute(query.where(example.c.project_id == project_id, example.c.staged == 0)).scalar_one()
