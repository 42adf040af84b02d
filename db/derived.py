"""What follows from a body and is stored beside it: tools offered, tags, decisions, findings, search text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.definition import Definition
from curation.model.finding import Finding
from db.tables import body, decision, example, example_tag, example_text, example_tool, finding
from db.tool_texts import add_definitions


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
    n_waivers: int


def put_bodies(connection: Connection, derived: Sequence[Derived]) -> None:
    """Store bodies and definitions by content; known ones stay as they are."""
    rows = [{"hash": one.body_hash, "bytes": one.body, "n_waivers": one.n_waivers} for one in derived]
    connection.execute(upsert(body).on_conflict_do_nothing(), rows)
    definitions = {offer.definition.hash: offer.definition for one in derived for offer in one.offered}
    add_definitions(connection, definitions.values())


def clear_derived(connection: Connection, ids: Sequence[str]) -> None:
    """Forget what followed from the heads before."""
    for table in (example_tool, example_tag, decision, finding):
        connection.execute(delete(table).where(table.c.example_id.in_(ids)))
    numbers = select(example.c.number).where(example.c.id.in_(ids))
    connection.execute(delete(example_text).where(example_text.c.number.in_(numbers)))


def put_derived(connection: Connection, new: Sequence[tuple[str, Derived]]) -> None:
    """Store what follows from new heads, in one statement a table."""
    numbers = _numbers(connection, [example_id for example_id, _ in new])
    _insert(connection, example_tool, [row for i, d in new for row in _tool_rows(i, numbers[i], d)])
    _insert(connection, example_tag, [row for i, d in new for row in _tag_rows(i, numbers[i], d)])
    _insert(connection, decision, [{"example_id": i, **msgspec.structs.asdict(o)} for i, d in new for o in d.decisions])
    _insert(connection, finding, [row for i, d in new for row in _finding_rows(i, numbers[i], d)])
    _insert(connection, example_text, [{"number": numbers[i], "text": d.text} for i, d in new])


def _numbers(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    query = select(example.c.id, example.c.number).where(example.c.id.in_(ids))
    return {row.id: row.number for row in connection.execute(query)}


def _tool_rows(example_id: str, number: int, derived: Derived) -> list[dict[str, object]]:
    return [
        {
            "example_id": example_id,
            "position": position,
            "definition_hash": offer.definition.hash,
            "name": offer.definition.view.name or "",
            "called": offer.called,
            "number": number,
        }
        for position, offer in enumerate(derived.offered)
    ]


def _tag_rows(example_id: str, number: int, derived: Derived) -> list[dict[str, object]]:
    return [{"example_id": example_id, "tag": tag, "number": number} for tag in dict.fromkeys(derived.tags)]


def _finding_rows(example_id: str, number: int, derived: Derived) -> list[dict[str, object]]:
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
            "number": number,
        }
        for position, one in enumerate(derived.found)
    ]


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def renew_findings(connection: Connection, changes: Sequence[tuple[str, Derived]]) -> None:
    """Replace what the checker said about heads that did not change."""
    ids = [example_id for example_id, _ in changes]
    connection.execute(delete(finding).where(finding.c.example_id.in_(ids)))
    numbers = _numbers(connection, ids)
    _insert(connection, finding, [row for i, d in changes for row in _finding_rows(i, numbers[i], d)])
