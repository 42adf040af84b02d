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


def test_what_fits_the_bounded_schema_fits_the_schema() -> None:
    schemas: list[tuple[Any, Any]] = [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": "x"}),
        ({"type": "object"}, {"free": [1, "two", None]}),
        ({}, {"anything": 1}),
        ({"type": "array"}, [1, "x"]),
    ]
    for schema, value in schemas:
        for one in (schema, bounded(schema)):
            assert compile_schema(json.dumps(one)).errors(value) == (), one


def test_input_is_left_alone_and_the_fallback_takes_any_object() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    before = json.dumps(schema)
    bounded(schema)
    assert json.dumps(schema) == before
    assert compile_schema(json.dumps(any_object())).errors({"a": {"b": 1}, "c": [1, None]}) == ()
