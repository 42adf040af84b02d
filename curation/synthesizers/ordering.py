"""The records of a result in their order: moments as they follow each other, a list as it was asked to be sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.details import label_words
from curation.synthesizers.wordings import parameters_of

_STAGES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"\b(?:{words})\b")
    for words in (
        "created|opened|submitted|placed|ordered|published",
        "started",
        "updated|modified|edited",
        "finished|completed|closed|ended|merged|resolved|delivered",
        "estimated finish|expires|expired|expiry|due",
    )
)
"""Names of moments in the life of one thing, as they follow each other."""
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}")
_SORTS = frozenset({"sort", "sort by", "order by"})
_DIRECTIONS = frozenset({"order", "direction", "sort order", "sort direction"})
_QUOTED = re.compile(r"`(\w+)`")
_LETTERS = re.compile(r"[^a-z]")

Change = Callable[[dict[str, Json], dict[str, Json]], dict[str, Json]]
"""A record and its schema → the record as it should be."""


def change_records(outcome: Json, schema: Json, change: Change) -> Json:
    """A result with its record changed, and every record of the lists in it."""
    known = schema if isinstance(schema, dict) else {}
    if isinstance(outcome, list):
        items = known.get("items")
        return [change_records(one, items, change) if isinstance(one, dict) else one for one in outcome]
    if not isinstance(outcome, dict):
        return outcome
    properties = known.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    own = {
        name: change_records(value, inner.get(name), change) if isinstance(value, list) else value
        for name, value in outcome.items()
    }
    return change(own, known)


def in_time_order(record: dict[str, Json], kept: Container[str]) -> dict[str, Json]:
    """A record whose end is not before its beginning, unless the call itself names one of its moments."""
    for kind in (int, str):
        dated = [name for name in _by_stage(record) if type(record[name]) is kind]
        if len(dated) > 1 and not any(name in kept for name in dated):
            moments: list[Any] = sorted((record[name] for name in dated), key=lambda one: one or 0)
            record = record | dict(zip(dated, moments, strict=True))
    return record


def _by_stage(record: Mapping[str, Json]) -> list[str]:
    """The members that are moments, those first that come first."""
    staged = [(stage, name) for name, value in record.items() if is_moment(value) and (stage := _stage(name))]
    return [name for _, name in sorted(staged, key=lambda found: found[0])]


@lru_cache(maxsize=4096)
def _stage(name: str) -> int:
    label = label_words(name).lower()
    return next((place for place, pattern in enumerate(_STAGES, 1) if pattern.search(label)), 0)


def is_moment(value: Json) -> bool:
    """Whether a value is a point in time, in seconds or as a date."""
    is_unix = isinstance(value, int) and not isinstance(value, bool) and value > 10**9
    return is_unix or (isinstance(value, str) and _MOMENT.match(value) is not None)


def put_in_order(outcome: Json, tool: Tool, arguments: Mapping[str, Json]) -> Json:
    """A list sorted as the call asked for it, where its records show what they are sorted by."""
    wanted = {label_words(name).lower(): (name, str(value)) for name, value in arguments.items()}
    by = next((value for label, (_, value) in wanted.items() if label in _SORTS), "")
    direction = next(((name, value) for label, (name, value) in wanted.items() if label in _DIRECTIONS), ("", ""))
    if not by and not direction[1].lower().startswith(("asc", "desc")):
        return outcome
    named = [by] if by else _QUOTED.findall(_described(tool, direction[0]))
    return _sorted(outcome, named, downwards=_is_downwards(by, direction[1].lower()))


def _is_downwards(by: str, direction: str) -> bool | None:
    """Whether the greatest was asked for first; None where the call leaves it open."""
    if direction.startswith(("asc", "desc")):
        return direction.startswith("desc")
    return True if by.startswith("-") else None


def _described(tool: Tool, name: str) -> str:
    schema = parameters_of(tool).get(name)
    return str(schema.get("description", "")) if isinstance(schema, dict) else ""


def _sorted(outcome: Json, named: list[str], *, downwards: bool | None) -> Json:
    """The lists of a result by the first member that is meant; where no direction is, only the latest comes first."""
    if isinstance(outcome, dict):
        lists = [name for name, one in outcome.items() if isinstance(one, list) and len(one) > 1]
        return outcome | {name: _sorted(outcome[name], named, downwards=downwards) for name in lists}
    records = [one for one in outcome if isinstance(one, dict)] if isinstance(outcome, list) else []
    if not records or len(records) != len(outcome):
        return outcome
    shown = [key for key in records[0] if any(_is_same_field(key, one) for one in named)]
    key = next((key for key in shown if _can_be_sorted([one.get(key) for one in records])), "")
    if not key:
        return outcome
    by: Callable[[dict[str, Any]], Any] = itemgetter(key)
    latest_first = all(is_moment(one[key]) for one in records)
    return sorted(records, key=by, reverse=latest_first if downwards is None else downwards)


def _can_be_sorted(column: list[Json]) -> bool:
    """Whether all of a column are texts, or all are numbers: a price of 5 stands below one of 7.5."""
    are_numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in column)
    return are_numbers or all(isinstance(one, str) for one in column)


def _is_same_field(key: str, named: str) -> bool:
    """Whether a list sorted by `created` or `CREATED_AT` is sorted by this member."""
    mine, theirs = _LETTERS.sub("", key.lower()), _LETTERS.sub("", named.lower())
    return mine == theirs or mine in (f"{theirs}at", f"{theirs}date", f"{theirs}on")
