"""The check that an id belongs to the thing that was asked about: the right kind, and the right one of several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from curation.model.finding import Severity
from curation.model.values import Json
from curation.rules.context import Lines, strings_in
from curation.rules.hints import quote
from curation.rules.outcome import outcome_of
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, ResultView, Row
from curation.rules.value_kinds import kind_of
from curation.rules.value_places import key_of
from curation.rules.whole import Room, is_anywhere

_KINDS: dict[str, str] = {
    word: kind
    for kind, words in {
        "person": "user customer client member employee patient passenger contact student guest kunde nutzer",
        "order": "order purchase bestellung auftrag",
        "product": "product item sku article produkt artikel",
        "payment": "payment transaction charge zahlung",
        "invoice": "invoice rechnung",
        "ticket": "ticket case incident issue",
        "flight": "flight flug",
        "booking": "reservation booking buchung",
        "shipment": "shipment parcel tracking delivery sendung",
        "project": "project projekt",
        "task": "task",
        "event": "event meeting appointment",
        "room": "room zimmer",
        "hotel": "hotel",
        "device": "device",
        "vehicle": "vehicle car",
        "team": "team",
        "channel": "channel",
        "address": "address",
        "document": "document file",
    }.items()
    for word in words.split()
}
_ID_NAME = re.compile(r"^([a-z]+)_?(?:id|number|no|nr|code)s?$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]{2,}")
_LONGEST_RESULT = 100_000
_MOST_RECORDS = 200
_DEEPEST = 8
_MOST_LOOKED_AT = 20_000
"""Objects in results of one row that are held against its ids."""


class _Record(NamedTuple):
    """One object in a result, with all of the list it stands in."""

    fields: dict[str, Json]
    entries: tuple[dict[str, Json], ...]


@rule("G04", scope="language", severity=Severity.WARNING, waivable=True)
def value_of_other_entity(row: Row) -> Found:
    """An id comes from a result, but belongs to another thing than the one that was asked about.

    Either it is the id of something else (a customer's where an order's is wanted), or it is that of another entry
    of the same list. The call works and does the wrong thing, and the model learns to pick any id that is near.

    Bad: "Cancel Ann's order", the result lists W-11 of Ann and W-12 of Ben: `{"order_id": "W-12"}`

    Good: `{"order_id": "W-11"}`
    """
    if not row.results or len(row.calls) < 2:
        return None
    hits = []
    sources = _Sources(row)
    for call in row.calls:
        if call.turn.index < 3 or call.is_shown_mistake:
            continue
        for pointer, value in call.leaves:
            key = key_of(pointer)
            if type(value) is str and kind_of(key, value) in ("id", "number"):
                found = _judge(call, key, value, row, sources)
                if found is not None:
                    at, (message, related) = call.arguments_at + pointer, found
                    hits.append(Hit(at, message, {"value": value}, None, related))
    return hits or None


class _Sources:
    """What was said and what came back in a row, laid out once for all of its ids."""

    def __init__(self, row: Row) -> None:
        self._results = {result.turn.index: result for result in row.results}
        self._said = Lines(turn.text or "" if turn.role != "tool" else "" for turn in row.turns)
        self._returned = Lines(turn.text or "" if turn.role == "tool" else "" for turn in row.turns)
        self._room = Room()
        self._n_looked_at = 0

    def says(self, value: str, index: int) -> bool:
        """Whether somebody says a value before a turn. In a row with no room left to look, somebody may."""
        return self._said.hold_whole(value, index, is_anywhere, self._room)

    def records(self, value: str, index: int) -> list[tuple[ResultView, _Record]]:
        """The objects in results before a turn that hold a value."""
        found: list[tuple[ResultView, _Record]] = []
        place = self._returned.turn_from(value, 0, is_anywhere, self._room)
        while place is not None and place < index and self._n_looked_at < _MOST_LOOKED_AT:
            result = self._results[place]
            for record in _records(result):
                self._n_looked_at += 1
                if value in record.fields.values():
                    found.append((result, record))
            place = self._returned.turn_from(value, place + 1, is_anywhere, self._room)
        return found


def _judge(call: CallView, key: str, value: str, row: Row, sources: _Sources) -> tuple[str, str] | None:
    """The sentence about an id that is the wrong one, and the place of the result it stands in."""
    if sources.says(value, call.turn.index):
        return None
    records = sources.records(value, call.turn.index)
    if not records:
        return None
    wrong = _wrong_kind(key, value, records)
    if wrong is None and len(records) == 1:
        wrong = _wrong_one(call, value, records[0][1], row)
    return None if wrong is None else (wrong, records[0][0].at)


def _wrong_kind(key: str, value: str, records: list[tuple[ResultView, _Record]]) -> str | None:
    wanted = _kind_of_name(key)
    if wanted is None:
        return None
    names = {name for _, record in records for name, held in record.fields.items() if held == value}
    kinds = {_kind_of_name(name) for name in names}
    has_right = any(
        _kind_of_name(name) == wanted and held not in (None, "", value)
        for _, record in records
        for name, held in record.fields.items()
    )
    if None in kinds or wanted in kinds or not has_right:
        return None
    return f"{quote(value)[:60]} is the `{min(names)}` of the result, not the `{key}`; use the right one."


@lru_cache(maxsize=2048)
def _kind_of_name(name: str) -> str | None:
    """What kind of thing an argument or a field of this name tells apart; None when that is unsure."""
    found = _ID_NAME.match(_CAMEL.sub("_", name).lower())
    return _KINDS.get(found.group(1)) if found is not None else None


def _wrong_one(call: CallView, value: str, record: _Record, row: Row) -> str | None:
    """Whether the request names another entry of the list, and nothing of this one."""
    request = next((t.text for t in reversed(row.turns[: call.turn.index]) if t.role == "user" and t.text), "").lower()
    mine = " ".join(strings_in(list(record.fields.values()))).lower()
    if not request or not set(_WORD.findall(request)).isdisjoint(_WORD.findall(mine)):
        return None
    for other in record.entries:
        if other is record.fields:
            continue
        named = next((held for held in other.values() if isinstance(held, str) and _is_named(held, request)), None)
        if named is not None and _is_alone(other, record, named) and not _is_used(other, call, row):
            return f"{quote(value)[:60]} belongs to another entry than “{named[:40]}”, which the request names."
    return None


def _is_named(held: str, request: str) -> bool:
    return (
        len(held) > 2 and held.lower() in request and re.search(rf"\b{re.escape(held.lower())}\b", request) is not None
    )


def _is_used(other: dict[str, Json], call: CallView, row: Row) -> bool:
    """Whether a call so far uses the entry, so that this one may be the next of several."""
    ids = [held for held in other.values() if isinstance(held, str) and kind_of("id", held) is not None]
    return any(one in (c.text or "") for one in ids for c in row.calls if c.turn.index <= call.turn.index)


def _is_alone(other: dict[str, Json], record: _Record, named: str) -> bool:
    """Whether only one entry of the list has the value that the request names."""
    others = (entry for entry in record.entries if entry is not other and entry is not record.fields)
    return not any(named in entry.values() for entry in others)


def _records(result: ResultView) -> Iterator[_Record]:
    text = result.turn.text or ""
    if len(text) > _LONGEST_RESULT:
        return
    outcome = outcome_of(text)
    if outcome.is_json and not outcome.failed:
        yield from islice(_walk(outcome.value, (), 0), _MOST_RECORDS)


def _walk(value: Json, entries: tuple[dict[str, Json], ...], depth: int) -> Iterator[_Record]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield _Record(value, entries)
        for child in value.values():
            yield from _walk(child, (), depth + 1)
    elif isinstance(value, list):
        # One tuple for the whole list: each entry is told from the others where they are compared.
        entries = tuple(islice((entry for entry in value if isinstance(entry, dict)), _MOST_RECORDS))
        for entry in value:
            yield from _walk(entry, entries, depth + 1)
