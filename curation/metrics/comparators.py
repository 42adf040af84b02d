"""How one argument is compared with what the gold row expects.

A label names a comparator per argument, as `"tool.argument": "set"` or `"tool.argument": {"kind": "number",
"tolerance": 0.5}`. What is not named is compared as `normalised`. Opaque ids are compared letter by letter under all
comparators but `ignore`; `any_of` names other ids that are as good.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from curation.metrics.equality import fold, is_number, read_date, same_json, same_meaning
from curation.model.values import Json
from curation.rules.comparisons import IGNORE, MAIN_SETTING, NORMALISED, can_match, pattern_schema
from curation.rules.opaque import is_opaque
from curation.schemas import compile_schema


class Comparator(msgspec.Struct, frozen=True):
    """One comparator with its settings, as a label gives them."""

    kind: str = NORMALISED
    settings: dict[str, Json] = {}

    def matches(self, gold: Json, given: Json, name: str) -> bool:
        """Whether the given value is as good as the gold one."""
        if self.kind != IGNORE and is_opaque(name, gold):
            return any(same_json(one, given) for one in (gold, *self._other_values()))
        return COMPARATORS.get(self.kind, _normalised)(gold, given, name, self.settings)

    def _other_values(self) -> list[Json]:
        values = self.settings.get("values") if self.kind == "any_of" else None
        return values if isinstance(values, list) else []


def read_comparator(value: Json) -> Comparator:
    """A comparator from a label; anything that is none is `normalised`."""
    if isinstance(value, str):
        return Comparator(value if value in COMPARATORS else NORMALISED)
    if not isinstance(value, dict):
        return Comparator()
    kind = value.get("kind", value.get("comparator"))
    if isinstance(kind, str) and kind in COMPARATORS:
        return Comparator(kind, value)
    return _shorthand(value)


def _shorthand(value: dict[str, Json]) -> Comparator:
    """`{"number": 0.5}`: the kind as the only key, its main setting as the value."""
    kind = next(iter(value), "")
    if len(value) != 1 or kind not in MAIN_SETTING:
        return Comparator()
    return Comparator(kind, {MAIN_SETTING[kind]: value[kind]})


def find_comparator(comparators: dict[str, Json], tool: str, argument: str) -> Comparator:
    """The comparator of one argument of one tool."""
    key = f"{tool}.{argument}"
    return read_comparator(comparators[key]) if key in comparators else Comparator()


def _exact(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:  # noqa: ARG001
    return same_json(gold, given)


def _normalised(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:  # noqa: ARG001
    return same_meaning(gold, given, name)


def _case_fold(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:
    """Texts but for capitals; keys stay, as a schema names them, and so do ids wherever they stand."""
    if isinstance(gold, dict) and isinstance(given, dict):
        return gold.keys() == given.keys() and all(_case_fold(v, given[k], k, settings) for k, v in gold.items())
    if isinstance(gold, list) and isinstance(given, list):
        both = zip(gold, given, strict=False)
        return len(gold) == len(given) and all(_case_fold(one, other, name, settings) for one, other in both)
    if isinstance(gold, str) and isinstance(given, str) and not is_opaque(name, gold):
        return gold.casefold() == given.casefold()
    return same_json(gold, given)


def _number(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:
    if not (is_number(gold) and is_number(given)):
        return same_meaning(gold, given, name)
    tolerance = settings.get("tolerance", 0)
    try:
        return bool(abs(gold - given) <= (abs(tolerance) if is_number(tolerance) else 0))
    except OverflowError:
        return same_json(gold, given)


def _date(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:  # noqa: ARG001
    if not (isinstance(gold, str) and isinstance(given, str)):
        return same_json(gold, given)
    first = read_date(gold)
    return first == read_date(given) if first else same_meaning(gold, given, name)


def _set(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:  # noqa: ARG001
    if not (isinstance(gold, list) and isinstance(given, list)):
        return same_meaning(gold, given, name)
    return _covers(gold, given, name) and _covers(given, gold, name)


def _covers(some: list[Json], others: list[Json], name: str) -> bool:
    return all(any(same_meaning(other, one, name) for other in others) for one in some)


def _regex(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:
    """The whole value must match; the schema validator's engine matches in linear time."""
    pattern = settings.get("pattern")
    if not isinstance(pattern, str) or not isinstance(given, str):
        return same_meaning(gold, given, name)
    return can_match(pattern) and not compile_schema(pattern_schema(pattern)).errors(given)


def _contains(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:
    """Every wanted text (the gold value when none is named) stands somewhere in the given one."""
    wanted = settings.get("values", settings.get("text", gold))
    texts = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(given, list):
        return all(any(same_meaning(text, one, name) for one in given) for text in texts)
    if not isinstance(given, str):
        return same_meaning(gold, given, name)
    return all(isinstance(text, str) and fold(text) in fold(given) for text in texts)


def _any_of(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:
    values = settings.get("values")
    return any(same_meaning(value, given, name) for value in [gold, *(values if isinstance(values, list) else [])])


def _ignore(gold: Json, given: Json, name: str, settings: dict[str, Json]) -> bool:  # noqa: ARG001
    return True


COMPARATORS: dict[str, Callable[[Json, Json, str, dict[str, Json]], bool]] = {
    "exact": _exact,
    NORMALISED: _normalised,
    "case_fold": _case_fold,
    "number": _number,
    "date": _date,
    "set": _set,
    "regex": _regex,
    "contains": _contains,
    "any_of": _any_of,
    IGNORE: _ignore,
}
