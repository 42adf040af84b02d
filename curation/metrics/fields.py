"""One expected call against one given call, argument by argument."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from curation.metrics.comparators import Comparator, find_comparator
from curation.metrics.defaults import fill_defaults, fill_value
from curation.metrics.expected import Expected, ExpectedCall
from curation.metrics.given import GivenCall
from curation.metrics.units import differs_in_unit
from curation.metrics.wanted import Wanted, wanted_arguments
from curation.model.values import Json
from curation.rules.comparisons import IGNORE


class Outcome(StrEnum):
    """How one argument came out."""

    MATCHING = "matching"
    MISSING = "missing"
    EXTRA = "extra"
    WRONG_TYPE = "wrong_type"
    WRONG_UNIT = "wrong_unit"
    WRONG_VALUE = "wrong_value"


class Field(msgspec.Struct, frozen=True):
    """One argument of one call, compared."""

    tool: str
    argument: str
    outcome: Outcome

    @property
    def is_right(self) -> bool:
        return self.outcome is Outcome.MATCHING


class _Comparison(msgspec.Struct, frozen=True):
    """What comparing two calls of one tool needs."""

    tool: str
    schema: dict[str, Json]
    wanted: dict[str, Wanted]
    given: dict[str, Json]
    filled_given: dict[str, Json]
    filled_gold: dict[str, Json]
    comparators: dict[str, Comparator]


def compare_fields(expected: ExpectedCall | None, given: GivenCall | None, row: Expected) -> tuple[Field, ...]:
    """Every argument that counts, with its outcome; a call without a partner has all of them missing or extra."""
    if expected is None:
        extra = given.arguments if given else {}
        return tuple(Field(given.name if given else "", name, Outcome.EXTRA) for name in extra)
    wanted = wanted_arguments(expected)
    if given is None:
        return tuple(Field(expected.name, n, Outcome.MISSING) for n, want in wanted.items() if want.is_counted)
    comparison = _prepare(expected, given, row, wanted)
    return (*_compare_wanted(comparison), *_compare_others(comparison))


def _prepare(expected: ExpectedCall, given: GivenCall, row: Expected, wanted: dict[str, Wanted]) -> _Comparison:
    schema = row.offer.schema(expected.name)
    return _Comparison(
        tool=expected.name,
        schema=schema,
        wanted=wanted,
        given=given.arguments,
        filled_given=fill_defaults(given.arguments, schema),
        filled_gold=fill_defaults(expected.arguments, schema),
        comparators={
            name: find_comparator(row.comparators, expected.name, name) for name in (*wanted, *given.arguments)
        },
    )


def _compare_wanted(c: _Comparison) -> list[Field]:
    fields = []
    for name, want in c.wanted.items():
        outcome = _outcome(c, name, want)
        if outcome is Outcome.MATCHING and not want.is_counted:
            continue
        if not want.is_counted and outcome is not Outcome.MISSING:
            outcome = Outcome.EXTRA
        fields.append(Field(c.tool, name, outcome))
    return fields


def _outcome(c: _Comparison, name: str, want: Wanted) -> Outcome:
    comparator = c.comparators[name]
    if comparator.kind == IGNORE or (want.may_be_absent and name not in c.given):
        return Outcome.MATCHING
    is_exact = comparator.kind == "exact"
    source = c.given if is_exact else c.filled_given
    if name not in source:
        return Outcome.MISSING
    inner = None if is_exact else _property(c, name)
    if any(comparator.matches(fill_value(gold, inner), source[name], name) for gold in want.values):
        return Outcome.MATCHING
    return _what_is_wrong(c, name, want, source[name]) if name in c.given else Outcome.MISSING


def _property(c: _Comparison, name: str) -> Json:
    properties = c.schema.get("properties")
    return properties.get(name) if isinstance(properties, dict) else None


def _what_is_wrong(c: _Comparison, name: str, want: Wanted, value: Json) -> Outcome:
    if not any(_json_type(value) == _json_type(gold) for gold in want.values):
        return Outcome.WRONG_TYPE
    if any(differs_in_unit(name, _property(c, name), gold, value) for gold in want.values):
        return Outcome.WRONG_UNIT
    return Outcome.WRONG_VALUE


def _compare_others(c: _Comparison) -> list[Field]:
    """Arguments nobody asked for, unless they only spell out a declared default or are ignored."""
    return [
        Field(c.tool, name, Outcome.EXTRA)
        for name, value in c.given.items()
        if name not in c.wanted and c.comparators[name].kind != IGNORE and not _spells_default(c, name, value)
    ]


def _spells_default(c: _Comparison, name: str, value: Json) -> bool:
    comparator = c.comparators[name]
    is_default = name in c.filled_gold and comparator.kind != "exact"
    return is_default and comparator.matches(c.filled_gold[name], c.filled_given.get(name, value), name)


def _json_type(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__
