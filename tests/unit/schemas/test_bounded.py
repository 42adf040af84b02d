"""Bounded schemas: a longest text, list and number for what has none, and never more than the schema allows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.schemas import compile_schema
from curation.schemas.bounded import LARGEST_INTEGER, LONGEST_LIST, LONGEST_TEXT, any_object, bounded


def told(schema: Any, *path: str) -> Any:
    found = bounded(schema)
    for step in path:
        assert isinstance(found, dict)
        found = found[step]
    return found


@pytest.mark.parametrize(
    ("own", "longest"),
    [({}, LONGEST_TEXT), ({"maxLength": 7}, 7), ({"maxLength": 9_000}, LONGEST_TEXT), ({"minLength": 300}, 300)],
)
def test_text_has_a_longest_length_within_its_own(own: dict[str, int], longest: int) -> None:
    assert told({"type": "string", **own}, "maxLength") == longest
    assert told({"type": ["string", "null"], **own}, "maxLength") == longest


def test_list_and_numbers_have_an_end() -> None:
    assert told({"type": "array", "items": {"type": "string"}}, "maxItems") == LONGEST_LIST
    assert told({"type": "array", "minItems": 40}, "maxItems") == 40
    whole = told({"type": "integer", "minimum": 5})
    assert (whole["minimum"], whole["maximum"]) == (5, LARGEST_INTEGER)
    assert told({"type": "number", "exclusiveMaximum": -1e12}, "minimum") < -1e12


def test_what_is_fixed_stays_as_it_is() -> None:
    for schema in ({"enum": ["a", 1]}, {"const": "x" * 500}, {"type": "string", "enum": ["x" * 500]}, False, 3, None):
        assert bounded(schema) == schema


def test_object_that_names_its_members_is_closed_and_one_that_shares_its_value_is_not() -> None:
    assert told({"type": "object", "properties": {"a": {}}}, "additionalProperties") is False
    assert told({"type": "object", "properties": {"a": {}}, "required": ["z"]}, "additionalProperties") is not False
    part = {"type": "object", "properties": {"a": {"type": "null"}}}
    (shared, _) = told({"allOf": [part, {"required": ["a"]}]}, "allOf")
    assert "additionalProperties" not in shared
    branched = {**part, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    assert "additionalProperties" not in bounded(branched)


PLACE = {"type": "object", "properties": {"a": {"type": "string"}}}
DEFINED = {"$defs": {"place": PLACE}}
POOL: list[Any] = [
    {},
    {"a": "x"},
    {"a": "x" * (LONGEST_TEXT + 1)},
    {"a": 3},
    {"a": None, "b": 1},
    {"a": "x", "b": [1, 2.5, None]},
    {"b": {"a": "x"}},
    {"b": {"a": "x", "c": 1}},
    {"b": None},
    [1, "x", {"a": 1}],
    list(range(LONGEST_LIST + 1)),
    "text",
    5,
    -7.25,
    LARGEST_INTEGER + 1,
    1e300,
    True,
    None,
]


OBJECTS = [value for value in POOL if isinstance(value, dict)]


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        (PLACE, [{}, {"a": "x"}]),
        ({**PLACE, "type": ["object", "null"]}, [{}, {"a": "x"}, None]),
        ({"anyOf": [PLACE, {"type": "null"}]}, [{}, {"a": "x"}, None]),
        ({**PLACE, "properties": {"b": PLACE}}, [{}, {"b": {"a": "x"}}]),
        ({**DEFINED, "type": "object", "properties": {"b": {"$ref": "#/$defs/place"}}}, [{}, {"b": {"a": "x"}}]),
        (
            {**DEFINED, "allOf": [{"$ref": "#/$defs/place"}, {"properties": {"b": {"type": "null"}}}]},
            [{}, {"a": "x"}, {"b": None}],
        ),
        ({"properties": {"b": {}}}, [{}, *(value for value in OBJECTS if list(value) == ["b"])]),
        ({"type": "object", "required": ["b"]}, [value for value in OBJECTS if "b" in value]),
        ({"type": "array"}, [[1, "x", {"a": 1}]]),
        ({"type": ["integer", "string"]}, ["text", 5]),
        ({"type": "number"}, [5, -7.25]),
    ],
)
def test_what_fits_the_bounded_schema_fits_the_schema_and_is_small(schema: Any, kept: list[Any]) -> None:
    own, held = compile_schema(json.dumps(schema)), compile_schema(json.dumps(bounded(schema)))
    assert [value for value in POOL if not held.errors(value)] == kept
    assert [value for value in kept if own.errors(value)] == []


def test_definition_is_closed_unless_others_speak_about_its_value() -> None:
    plain = {**DEFINED, "type": "object", "properties": {"b": {"$ref": "#/$defs/place"}}}
    assert told(plain, "$defs", "place", "additionalProperties") is False
    for sharing in (
        {"allOf": [{"$ref": "#/$defs/place"}, {"required": ["z"]}]},
        {"properties": {"b": {"$ref": "#/$defs/place", "required": ["z"]}}},
        {"$ref": "#/$defs/place", "properties": {"z": {}}},
    ):
        assert "additionalProperties" not in told({**DEFINED, **sharing}, "$defs", "place"), sharing
    far = {"$defs": {"place": PLACE, "way": {"$ref": "#/$defs/place"}}, "allOf": [{"$ref": "#/$defs/way"}, {}]}
    assert "additionalProperties" not in told(far, "$defs", "place")
    odd = {"$defs": {"a/b c": PLACE}, "allOf": [{"$ref": "#/$defs/a~1b%20c"}, {}]}
    assert "additionalProperties" not in told(odd, "$defs", "a/b c")


def test_object_or_null_and_properties_without_a_type_are_closed_too() -> None:
    members = {"properties": {"a": {"type": "string"}}}
    assert told({"type": ["object", "null"], **members}, "additionalProperties") is False
    assert told(members, "additionalProperties") is False
    assert told(members, "type") == "object"


def test_input_is_left_alone_and_the_fallback_takes_any_object() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    before = json.dumps(schema)
    bounded(schema)
    assert json.dumps(schema) == before
    assert compile_schema(json.dumps(any_object())).errors({"a": {"b": 1}, "c": [1, None]}) == ()
