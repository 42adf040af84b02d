"""Finds the tool that a scenario record is about, and which of its fields are which arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.tool_meaning import loosen, mean
from curation.rules.units import name_words
from curation.synthesizers.blanking import IDENTIFIES
from curation.synthesizers.sharing import fits
from curation.synthesizers.wordings import parameters_of, required_of

Record = Mapping[str, Json]
INTENTS = frozenset({"tool", "intent", "action", "operation", "event", "task"})
"""Fields that say what is to be done."""
BROUGHT = ("result", "response", "outcome")
"""Fields that hold what came back."""
_SHORTEST_STEM = 4
_SAME_NAME, _SAME_THING, _SAME_VALUE, _PART_OF_NAME = 3.0, 2.0, 2.0, 1.0
_NAMED = 4.0


class Match(msgspec.Struct, frozen=True):
    """A tool that a record fits, with the arguments it gives."""

    tool: Tool
    arguments: dict[str, Json]
    score: float


class NoMatch(msgspec.Struct, frozen=True):
    """Why a record fits no tool."""

    why: str


def match_record(record: Record, tools: Sequence[Tool], mapping: Mapping[str, str]) -> Match | NoMatch:
    """The tool a record fits best.

    Args:
        mapping: field → parameter, where somebody said so.
    """
    fields = dict(_flatten(record))
    tried = [(tool, _give(tool, fields, mapping)) for tool in tools]
    matches = [_score(tool, given, fields) for tool, given in tried if set(required_of(tool)) <= set(given)]
    sound = sorted((one for one in matches if one.arguments or not required_of(one.tool)), key=lambda one: -one.score)
    sound = [one for one in sound if one.score > 0 and fits(one.tool, one.arguments)]
    if not sound:
        return NoMatch(_explain(fields, tried))
    if len(sound) > 1 and sound[0].score == sound[1].score:
        return NoMatch(
            f"It fits `{sound[0].tool.name}` and `{sound[1].tool.name}` alike; name the right one in a field `tool`."
        )
    return sound[0]


def _flatten(record: Record, before: str = "") -> Iterator[tuple[str, Json]]:
    """The fields, those of inner records as `customer_name`."""
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{before}{name}_")
        yield f"{before}{name}", value


class _Given(msgspec.Struct, frozen=True):
    value: Json
    score: float


def _give(tool: Tool, fields: Record, mapping: Mapping[str, str]) -> dict[str, _Given]:
    """Parameter → the field that suits it best; each field is used once."""
    suits = [
        (_likeness(field, name, schema, value, mapping), name, field, value)
        for name, schema in parameters_of(tool).items()
        for field, given in fields.items()
        if field not in INTENTS and (value := _convert(given, schema)) is not None
    ]
    given: dict[str, _Given] = {}
    used: set[str] = set()
    for score, name, field, value in sorted(suits, key=lambda suit: -suit[0]):
        if score > 0 and name not in given and field not in used:
            given[name] = _Given(value, score)
            used.add(field)
    return given


def _likeness(field: str, name: str, schema: Json, value: Json, mapping: Mapping[str, str]) -> float:
    if field in mapping:
        return 2 * _SAME_NAME if mapping[field] == name else 0.0
    one, other = mean(name_words(field)), mean(name_words(name))
    if one == other:
        return _SAME_NAME
    if (thing := one - IDENTIFIES) and thing == other - IDENTIFIES:
        return _SAME_THING
    if isinstance(schema, dict) and isinstance(schema.get("enum"), list) and isinstance(value, str):
        return _SAME_VALUE
    return _PART_OF_NAME if one and other and (one < other or other < one) else 0.0


def _convert(value: Json, schema: Json) -> Json:
    """The value as the parameter takes it; None where it cannot."""
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("enum"), list):
        return next((one for one in schema["enum"] if _plain(one) == _plain(value)), None)
    kind = type_of(schema)
    if isinstance(value, str) and kind in ("integer", "number"):
        return _number(value, whole=kind == "integer")
    if isinstance(value, int | float) and not isinstance(value, bool) and kind == "string":
        return str(value)
    return value if _is_of(value, kind) else None


def _plain(value: Json) -> str:
    return str(value).casefold().replace("_", " ").replace("-", " ").strip()


def _number(text: str, *, whole: bool) -> Json:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None if whole else number


def _is_of(value: Json, kind: str) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "array": (list,),
        "object": (dict,),
    }
    is_switch = isinstance(value, bool)
    return isinstance(value, kinds.get(kind, ())) and (kind == "boolean" or not is_switch)


def _score(tool: Tool, given: Mapping[str, _Given], fields: Record) -> Match:
    arguments = {name: given[name].value for name in parameters_of(tool) if name in given}
    return Match(tool, arguments, sum(one.score for one in given.values()) + _named(tool, fields))


def _named(tool: Tool, fields: Record) -> float:
    """How clearly the record says that it is about this tool."""
    told = [str(value) for field, value in fields.items() if field in INTENTS]
    if tool.name in told:
        return 10 * _NAMED
    wanted = _meaning(" ".join(told))
    words = _meaning(tool.name)
    said = [word for word in words if any(_is_one_word(word, other) for other in wanted)]
    return _NAMED * len(said) / len(words) + _brought(tool, fields) if words else 0.0


def _is_one_word(one: str, other: str) -> bool:
    """ "track" and "tracking" are one word."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and len(shorter) >= _SHORTEST_STEM if one != other else True


def _brought(tool: Tool, fields: Record) -> float:
    """Whether what came back in the record is what the tool returns."""
    schema = msgspec.json.decode(tool.result_schema) if tool.result_schema else None
    known = schema.get("properties") if isinstance(schema, dict) else None
    results = [value for field, value in fields.items() if field in BROUGHT and isinstance(value, dict) and value]
    return _SAME_VALUE * any(isinstance(known, dict) and set(one) <= set(known) for one in results)


def _meaning(text: str) -> frozenset[str]:
    return frozenset(map(loosen, mean(name_words(text))))


def _explain(fields: Record, tried: Sequence[tuple[Tool, Mapping[str, _Given]]]) -> str:
    """What stands in the way, with the tool that comes closest."""
    closest = max(tried, key=lambda one: sum(given.score for given in one[1].values()) + _named(one[0], fields))
    tool, given = closest
    lacking = [name for name in required_of(tool) if name not in given]
    if not given and not _named(tool, fields):
        return "None of its fields is a parameter of any tool; rename them, or say which field is which parameter."
    if lacking:
        return f"It comes closest to `{tool.name}`, and gives no `{'`, `'.join(lacking)}`."
    return f"It comes closest to `{tool.name}`, whose schema does not take these values."
