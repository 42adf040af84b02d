"""What follows from a body and is stored beside it: tools offered, tags, decisions, findings, search text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from curation.model.definition import Definition
from curation.model.finding import Finding
from db.many_rows import add_rows
from db.tables import body, decision, example, example_tag, example_text, example_tool, finding
from db.tool_texts import add_definitions


class Offered(msgspec.Struct, frozen=True, gc=False):
    """A definition an example offers, and how often a turn calls it."""

    definition: Definition
    called: int = 0


class Decided(msgspec.Struct, frozen=True, gc=False):
    """One assistant turn: `calls`, `abstains` (straight after a user turn) or `reports` (after a result)."""

    turn: int
    kind: str
    reason: str | None = None
    recovery: str | None = None


class Found(msgspec.Struct, frozen=True, gc=False):
    """One finding with its fingerprint, and whether a waiver covers it."""

    finding: Finding
    fingerprint: str
    waived: bool = False


class Derived(msgspec.Struct, frozen=True, gc=False):
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
    rows = [(one.body_hash, one.body, None, one.n_waivers) for one in derived]
    add_rows(connection, body, rows, keep_known=True)
    definitions = {offer.definition.text: offer.definition for one in derived for offer in one.offered}
    add_definitions(connection, definitions.values())


def clear_derived(connection: Connection, ids: Sequence[str]) -> None:
    """Forget what followed from the heads before."""
    for table in (example_tool, example_tag, decision, finding):
        connection.execute(delete(table).where(table.c.example_id.in_(ids)))
    numbers = select(example.c.number).where(example.c.id.in_(ids))
    connection.execute(delete(example_text).where(example_text.c.number.in_(numbers)))


def put_derived(connection: Connection, new: Sequence[tuple[str, Derived]]) -> None:
    """Store what follows from new heads, in few statements a table."""
    numbers = _numbers(connection, [example_id for example_id, _ in new])
    put_numbered(connection, [(example_id, numbers[example_id], derived) for example_id, derived in new])


def put_numbered(connection: Connection, new: Sequence[tuple[str, int, Derived]]) -> None:
    """The same for heads of which the numbers are known."""
    add_rows(connection, example_tool, [row for one in new for row in _tool_rows(*one)])
    add_rows(connection, example_tag, [row for one in new for row in _tag_rows(*one)])
    add_rows(connection, decision, [(i, o.turn, o.kind, o.reason, o.recovery) for i, _, d in new for o in d.decisions])
    add_rows(connection, finding, [row for one in new for row in _finding_rows(*one)])
    add_rows(connection, example_text, [(number, derived.text) for _, number, derived in new])


def _numbers(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    query = select(example.c.id, example.c.number).where(example.c.id.in_(ids))
    return {row.id: row.number for row in connection.execute(query)}


def _tool_rows(example_id: str, number: int, derived: Derived) -> list[tuple[object, ...]]:
    return [
        (example_id, position, one.definition.hash, one.definition.view.name or "", one.called, number)
        for position, one in enumerate(derived.offered)
    ]


def _tag_rows(example_id: str, number: int, derived: Derived) -> list[tuple[object, ...]]:
    return [(example_id, tag, number) for tag in dict.fromkeys(derived.tags)]


def _finding_rows(example_id: str, number: int, derived: Derived) -> list[tuple[object, ...]]:
    return [
        (
            example_id,
            position,
            one.finding.rule,
            one.finding.code,
            one.fingerprint,
            one.finding.at,
            one.finding.message,
            int(one.waived),
            number,
        )
        for position, one in enumerate(derived.found)
    ]


def renew_findings(connection: Connection, changes: Sequence[tuple[str, Derived]]) -> None:
    """Replace what the checker said about heads that did not change."""
    ids = [example_id for example_id, _ in changes]
    connection.execute(delete(finding).where(finding.c.example_id.in_(ids)))
    numbers = _numbers(connection, ids)
    add_rows(connection, finding, [row for i, d in changes for row in _finding_rows(i, numbers[i], d)])
