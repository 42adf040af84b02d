"""A schema with an end: the same rules, and a longest text, list and number, so that no answer goes on for ever."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from curation.model.values import Json
from curation.schemas.pointers import join_pointer

LONGEST_TEXT = 100
"""Characters of a text: about 25 tokens of ordinary words. Even one a character, as digits are, fits into an answer of
128 tokens."""
LONGEST_LIST = 16
LARGEST_INTEGER = 10**15 - 1
LARGEST_NUMBER = 10**9 - 1
FINEST = 1e-6
"""With the largest number these are 15 digits: as many as every reader keeps."""

Schema = dict[str, Json]

_ANNOTATIONS = {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
_FIXED = ("enum", "const")
_COMBINED = ("allOf", "anyOf", "oneOf", "$ref", "if", "not", "dependentSchemas")
_BESIDE_REFERENCE = {"$ref", "$defs", "definitions", "$schema", "$id", "type"}
"""What may stand beside a reference and says nothing of the members of an object."""
_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_YEAR = r"(0[1-9]|[1-9][0-9])[0-9]{2}"
_LEAP_YEAR = r"((0[1-9]|[1-9][0-9])(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_DAY = rf"({_YEAR}-((0[13-9]|1[0-2])-..|02-([01].|2[0-8]))|{_LEAP_YEAR}-02-29)"
_NARROWER = {"date": rf"^{_DAY}", "date-time": rf"^{_DAY}.{{7}}[0-5]", "time": r"^.{6}[0-5]"}
"""A leap day is in leap years alone. A leap second is a time by the standard, and to few who read one."""
_SHORT_FORMATS = {"email": 60, "idn-email": 60, "hostname": 60, "idn-hostname": 60}
"""A part of a name holds 63 characters at most, which a grammar does not count."""


def any_value(depth: int = 2) -> Schema:
    """What stands for anything at all: single values, and lists and objects of them."""
    kinds: list[Json] = [
        _bound_text({"type": "string"}),
        _bound_number({"type": "number"}, LARGEST_NUMBER),
        {"type": "boolean"},
        {"type": "null"},
    ]
    if depth > 1:
        kinds.append({"type": "array", "items": any_value(depth - 1), "maxItems": LONGEST_LIST})
        kinds.append(any_object(depth))
    return {"anyOf": kinds}


def any_object(depth: int = 3) -> Schema:
    """An object of which nothing is known."""
    return {"type": "object", "additionalProperties": any_value(depth - 1)}


def bounded(schema: Json) -> Json:
    """The same schema with a largest size for what has none; whatever fits the result also fits the schema.

    An object that names its members takes no others, and is an object. The schema may hold anything: what cannot be
    understood stays.
    """
    shared: frozenset[str] = frozenset()
    while True:
        walk = _Walk(shared)
        told = walk.bound(schema, "#", is_part=False)
        if walk.referred <= shared:
            return told
        shared |= walk.referred


class _Walk:
    """One way through a schema, with what is known of the places that others refer to."""

    def __init__(self, shared: frozenset[str]) -> None:
        self._shared = shared
        """Places that are referred to from where others speak about the same value: not to be closed."""
        self.referred: set[str] = set()
        """Such places, as far as they were found on the way."""

    def bound(self, schema: Json, at: str, *, is_part: bool) -> Json:
        """`is_part`: others speak about the same value, so that it must not be closed here."""
        if schema is True:
            return any_value()
        if not isinstance(schema, dict):
            return schema
        is_part = is_part or at in self._shared
        if not schema.keys() - _ANNOTATIONS:
            return schema if is_part else {**schema, **any_value()}
        self._note_reference(schema, is_part=is_part)
        told = self._bound_inner(schema, at, is_part=is_part)
        if any(key in told for key in _FIXED):
            return told
        if "type" not in told and "properties" in told and not is_part:
            told["type"] = "object"
        kinds = told.get("type")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str) and kind in _BOUNDS:
                told = _BOUNDS[kind](told)
        if kinds == "object" or (isinstance(kinds, list) and "object" in kinds):
            told = _bound_object(told, is_part=is_part or any(key in told for key in _COMBINED))
        return told

    def _note_reference(self, schema: Schema, *, is_part: bool) -> None:
        target = schema.get("$ref")
        if isinstance(target, str) and (is_part or schema.keys() - _ANNOTATIONS - _BESIDE_REFERENCE):
            self.referred.add(unquote(target))

    def _bound_inner(self, schema: Schema, at: str, *, is_part: bool) -> Schema:
        """The schemas inside a schema; those of `allOf` and the like speak about the same value."""
        told = dict(schema)
        is_shared = is_part or len(schema.keys() & set(_COMBINED)) > 1 or "properties" in schema or "allOf" in schema
        for key in _MAPS:
            if isinstance(inner := schema.get(key), dict):
                told[key] = {name: self._bound_at(one, at, key, name) for name, one in inner.items()}
        for key in ("allOf", "anyOf", "oneOf"):
            if isinstance(inner := schema.get(key), list):
                told[key] = [self._bound_at(one, at, key, n, is_part=is_shared) for n, one in enumerate(inner)]
        for key in ("items", "additionalProperties"):
            if key in schema:
                told[key] = self._bound_at(schema[key], at, key)
        if isinstance(inner := schema.get("prefixItems"), list):
            told["prefixItems"] = [self._bound_at(one, at, "prefixItems", n) for n, one in enumerate(inner)]
        return told

    def _bound_at(self, schema: Json, at: str, *steps: str | int, is_part: bool = False) -> Json:
        return self.bound(schema, at + join_pointer(steps), is_part=is_part)


def _bound_object(schema: Schema, *, is_part: bool) -> Schema:
    named, required = schema.get("properties"), schema.get("required", [])
    is_open = is_part or any(key in schema for key in ("additionalProperties", "patternProperties"))
    if is_open or not isinstance(required, list):
        return schema
    if not isinstance(named, dict) or not named or any(name not in named for name in required):
        return {**schema, "additionalProperties": any_value()}
    return {**schema, "additionalProperties": False}


def _bound_text(schema: Schema) -> Schema:
    usual = _SHORT_FORMATS.get(str(schema.get("format")), LONGEST_TEXT)
    longest = max(usual, _count(schema.get("minLength"), 0))
    told = {**schema, "maxLength": min(longest, _count(schema.get("maxLength"), longest))}
    narrower = _NARROWER.get(str(schema.get("format")))
    return {**told, "pattern": narrower} if narrower and "pattern" not in schema else told


def _bound_list(schema: Schema) -> Schema:
    longest = max(LONGEST_LIST, _count(schema.get("minItems"), 0))
    told = {**schema, "maxItems": min(longest, _count(schema.get("maxItems"), longest))}
    return told if "items" in told or "prefixItems" in told else {**told, "items": any_value()}


def _bound_number(schema: Schema, largest: int) -> Schema:
    told = dict(schema)
    if not told.keys() & {"minimum", "exclusiveMinimum"}:
        told["minimum"] = min(-largest, _number(told.get("maximum"), 0), _number(told.get("exclusiveMaximum"), 0) - 1)
    if not told.keys() & {"maximum", "exclusiveMaximum"}:
        told["maximum"] = max(largest, _number(told.get("minimum"), 0), _number(told.get("exclusiveMinimum"), 0) + 1)
    if largest is LARGEST_NUMBER and "multipleOf" not in told:
        told["multipleOf"] = FINEST
    return told


def _count(value: Json, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _number(value: Json, otherwise: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


_BOUNDS: dict[str, Callable[[Schema], Schema]] = {
    "string": _bound_text,
    "array": _bound_list,
    "integer": lambda schema: _bound_number(schema, LARGEST_INTEGER),
    "number": lambda schema: _bound_number(schema, LARGEST_NUMBER),
}
