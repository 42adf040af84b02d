"""Values in another unit or currency than the one that was said."""

from __future__ import annotations

import re

from curation.gates.doubts.contract import Doubted, asked_before, learnt_calls
from curation.model.values import Json
from curation.rules.row import Row
from curation.rules.units import unit_of
from curation.rules.value_places import key_of, schema_at

_FAMILIES = (
    {"milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years"},
    {"millimetres", "centimetres", "metres", "kilometres", "miles", "inches", "feet"},
    {"milligrams", "grams", "kilograms", "pounds", "tonnes", "tons"},
    {"litres", "millilitres", "gallons"},
    {"bytes", "kilobytes", "megabytes", "gigabytes"},
    {"celsius", "fahrenheit", "kelvin"},
    {"mph", "km/h", "knots"},
    {"USD", "EUR", "GBP", "JPY", "CNY", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "INR", "CZK", "HUF", "MXN"},
)

_CODES = _FAMILIES[-1]
_TOKEN = re.compile(r"[^\W\d_]+|[%°$€£][cCfF]?")
_LETTERS = {"h": "hours", "g": "grams", "m": "metres", "s": "seconds"}
"""Units of one letter, where nothing else stands beside the number."""


def doubt_units(row: Row) -> Doubted | None:
    """The unit of a value is another one than the person's."""
    for call in learnt_calls(row):
        texts = asked_before(call, row)
        for pointer, value in call.leaves if texts else ():
            if isinstance(value, str) and len(value) < 20:
                doubted = _doubt_named(key_of(pointer), value, texts)
            else:
                doubted = _doubt_counted(key_of(pointer), value, schema_at(call, pointer), texts)
            if doubted is not None:
                return doubted
    return None


def _doubt_named(key: str, value: str, texts: list[str]) -> Doubted | None:
    """A value that is itself a unit: `currency`, `unit`."""
    given = _units_in(value)
    if len(given) != 1:
        return None
    said = _of_same_kind(next(iter(given)), texts)
    if not said or given & said:
        return None
    return Doubted("swapped_unit", f"The person says {_list(said)}, and {key} is {value}; keep to what was said.")


def _doubt_counted(key: str, value: Json, schema: dict[str, Json], texts: list[str]) -> Doubted | None:
    """A number whose argument counts in one unit, said with another one beside it."""
    if type(value) not in (int, float):
        return None
    unit = unit_of(key, str(schema.get("description") or ""))
    number = re.escape(f"{value:g}")
    beside = [
        found for text in texts for found in re.findall(rf"(?<![\d.,]){number}[ -]?([^\W\d_]+|[%°$€£¥]\w?)", text)
    ]
    said = set().union(*(_units_in(word) for word in beside)) if unit else set()
    if unit is None or not said & _family_of(unit) or unit in said:
        return None
    return Doubted("swapped_unit", f"{value:g} was said in {_list(said)}, and {key} counts {unit}; convert it.")


def _of_same_kind(unit: str, texts: list[str]) -> set[str]:
    return set().union(*(_units_in(text) for text in texts)) & _family_of(unit)


def _family_of(unit: str) -> set[str]:
    return next((family for family in _FAMILIES if unit in family), set())


def _units_in(text: str) -> set[str]:
    """Every unit and currency that a text names in words, signs or codes."""
    tokens = _TOKEN.findall(text)
    named = {_LETTERS.get(token) if len(tokens) == 1 else None for token in tokens}
    named |= {unit_of("", token) for token in tokens} | (_CODES & set(tokens))
    return {unit for unit in named if unit is not None}


def _list(units: set[str]) -> str:
    return " and ".join(sorted(units))
