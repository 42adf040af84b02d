"""Counts what examples show, a little behind them, so that Health reads sums and every sum opens its examples.

Triggers note which examples came, changed or went. A pass works out what they show without any lock, then takes off
what was counted of them before and adds what they show now, slice by slice. What was not ticked off is counted by the
next pass, so a kill costs nothing.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from curation.errors import UnreadableError
from curation.finetune.process import try_lock
from curation.model.traits import LONGEST_PART, OPENS, Trait, trait
from curation.rules.coverage import enum_texts
from curation.rules.traits import EDITION, Expected, traits_of
from curation.services.judging import read_bench, read_body
from curation.services.pacing import IsStopped, Pace
from curation.services.workspace import Workspace
from db import token_counts, traits
from db.traits import CHANGES, NO_STATE, KeptTraits, Shown, TraitRow

LOCK_FILE = "traits.lock"
PASS_ROWS = 10_000
READ_ROWS = 100
"""Few, as somebody may be typing in the same process meanwhile."""
RENEWED = 2_000
SLICE = 25
"""Examples ticked off before the clock is looked at again."""


class Told(NamedTuple):
    """What an example shows: by its body, None where that is counted already, and by the row beside it."""

    row: TraitRow | None
    """None: the example is gone."""
    number: int
    body: Mapping[Trait, int] | None
    beside: Mapping[Trait, int]


def tally_waiting(ws: Workspace, most: int = PASS_ROWS, *, is_stopped: IsStopped = lambda: False) -> int:
    """Count some of the examples that wait; says how many. 0 while another process does."""
    with ws.reading() as connection:
        numbers = traits.list_todo(connection, most)
    lock = try_lock(ws.home / LOCK_FILE) if numbers else None
    if lock is None:
        return 0
    try:
        _Pass(ws, is_stopped).run(numbers)
        return len(numbers)
    finally:
        os.close(lock)


def renew_edition(ws: Workspace) -> bool:
    """Let every example be counted again where they were counted by other rules; whether that was so."""
    with ws.reading() as connection:
        if traits.read_edition(connection) == EDITION:
            return False
    after = 0
    while numbers := _next_kept(ws, after):
        with ws.unit() as unit:
            traits.count_again(unit.connection, numbers)
            unit.commit()
        after = numbers[-1]
    with ws.unit() as unit:
        traits.write_edition(unit.connection, EDITION, ws.now())
        unit.commit()
    return True


def _next_kept(ws: Workspace, after: int) -> list[int]:
    with ws.reading() as connection:
        return traits.list_kept(connection, after, RENEWED)


def tally_all(ws: Workspace) -> None:
    """Count everything that waits, for who needs to know it now."""
    while tally_waiting(ws):
        pass


class _Pass:
    """One pass over some of the examples that wait; only one process is at it."""

    def __init__(self, ws: Workspace, is_stopped: IsStopped) -> None:
        self._ws = ws
        self._pace = Pace(ws, is_stopped)
        self._expected: dict[str, Expected] = {}

    def run(self, numbers: Sequence[int]) -> None:
        for start in range(0, len(numbers), READ_ROWS):
            told = self._read(numbers[start : start + READ_ROWS])
            self._pace.in_slices(told, SLICE, _tick_off)

    def _read(self, numbers: Sequence[int]) -> list[Told]:
        with self._ws.reading() as connection:
            rows = traits.read_rows(connection, numbers)
            kept = traits.read_kept(connection, numbers)
            rules = traits.read_rules(connection, numbers)
            called = traits.read_called(connection, numbers)
            changed = [row for row in rows.values() if not _is_counted(kept.get(row.number), row)]
            bodies = traits.read_bodies(connection, (row.head_hash for row in changed))
            for project_id in {row.project_id for row in changed} - self._expected.keys():
                self._expected[project_id] = _expect(connection, project_id)
        fresh = {row.number: bodies[row.head_hash] for row in changed}
        return [
            Told(
                row := rows.get(number),
                number,
                _shown_by(fresh[number], self._expected[row.project_id]) if row and number in fresh else None,
                _beside(row, rules.get(number, ()), called.get(number, ())) if row else {},
            )
            for number in numbers
        ]


def _is_counted(kept: KeptTraits | None, row: TraitRow) -> bool:
    return kept is not None and (kept.head_hash, kept.project_id) == (row.head_hash, row.project_id)


def _expect(connection: Connection, project_id: str) -> Expected:
    tools = read_bench(connection, project_id).tools
    listed: dict[tuple[str, str], frozenset[str]] = {}
    for name, tool in tools.items():
        schema = tool.definition.view.parameters
        properties = schema.get("properties") if isinstance(schema, dict) else None
        for parameter, inner in (properties if isinstance(properties, dict) else {}).items():
            if texts := enum_texts(inner):
                listed[name, parameter] = frozenset(texts)
    return listed


def _shown_by(body: bytes, expected: Expected) -> Mapping[Trait, int]:
    """What a body shows; one that was erased, or cannot be read any more, shows nothing."""
    try:
        return traits_of(read_body(body).example, expected)
    except UnreadableError:
        return {}


def _beside(row: TraitRow, rules: Sequence[tuple[str, str]], called: Sequence[str]) -> dict[Trait, int]:
    counted = {
        trait("rows"): 1,
        trait("split", row.split): 1,
        trait("author", row.author): 1,
        trait("origin", row.origin): 1,
        trait("decisions"): row.n_decisions,
        trait("no_tool"): row.n_no_tool,
        trait("uncalled"): int(not row.n_calls),
        trait("faulty"): int(row.n_error > 0),
    }
    counted |= {trait("rule", code, rule): 1 for code, rule in rules}
    counted |= {trait("shape", shape, row.split): 1 for shape in row.categories.split()}
    counted |= {trait("use", tool[:LONGEST_PART], row.split): 1 for tool in called}
    return {one: n for one, n in counted.items() if n}


class _Change:
    """What some examples add to the counts and take off."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self.gone: list[tuple[int, int]] = []
        self.new: list[tuple[int, int]] = []

    def add(self, shown: Shown, state: str, sign: int) -> None:
        for part in (shown.body, shown.row):
            for one, n in part.items():
                count = self.counts[one, state]
                count[0] += sign
                count[1] += sign * n

    def look_up(self, number: int, before: Shown, now: Shown) -> None:
        self.gone += [(one, number) for one in set(before.opens) - set(now.opens)]
        self.new += [(one, number) for one in set(now.opens) - set(before.opens)]


def _tick_off(connection: Connection, told: Sequence[Told]) -> None:
    """Count those that are still as they were read; the others go on waiting."""
    numbers = [one.number for one in told]
    now = traits.read_rows(connection, numbers)
    still = [one for one in told if now.get(one.number) == one.row]
    known = traits.read_kept(connection, numbers)
    ids = _find_ids(connection, still)
    change, kept = _Change(), []
    for one in still:
        before = known.get(one.number)
        shown = _put(one, before, ids)
        change.look_up(one.number, before.shown if before else Shown(), shown)
        if before:
            change.add(before.shown, before.state, -1)
        if one.row:
            change.add(shown, one.row.state, 1)
            kept.append(KeptTraits(one.number, one.row.project_id, one.row.head_hash, one.row.state, shown))
    traits.add_counts(connection, change.counts)
    traits.move_rows(connection, change.gone, change.new)
    traits.put_kept(connection, kept)
    traits.forget(connection, [one.number for one in still if not one.row])
    token_counts.add_todo(connection, [one.number for one in still if one.row and one.body is not None])
    traits.drop_todo(connection, [one.number for one in still])
    _note_changes(connection, still, known)


def _find_ids(connection: Connection, told: Sequence[Told]) -> dict[str, dict[Trait, int]]:
    """Project → trait → its id."""
    wanted: defaultdict[str, set[Trait]] = defaultdict(set)
    for one in told:
        if one.row:
            wanted[one.row.project_id] |= {*(one.body or ()), *one.beside}
    return {project_id: traits.find_ids(connection, project_id, some) for project_id, some in wanted.items()}


def _put(one: Told, before: KeptTraits | None, ids: Mapping[str, Mapping[Trait, int]]) -> Shown:
    if one.row is None:
        return Shown()
    known = ids[one.row.project_id]
    beside = {known[trait]: n for trait, n in one.beside.items()}
    if one.body is None and before is not None:
        return Shown(before.shown.body, beside, before.shown.opens)
    body = one.body or {}
    opens = sorted(known[trait] for trait in body if trait.kind in OPENS)
    return Shown({known[trait]: n for trait, n in body.items()}, beside, tuple(opens))


def _note_changes(connection: Connection, told: Sequence[Told], known: Mapping[int, KeptTraits]) -> None:
    """Say that the sums of these projects are others now."""
    projects = {one.row.project_id for one in told if one.row}
    projects |= {known[one.number].project_id for one in told if not one.row and one.number in known}
    for project_id in projects:
        (changes,) = traits.find_ids(connection, project_id, [CHANGES]).values()
        traits.add_counts(connection, {(changes, NO_STATE): (0, 1)})
