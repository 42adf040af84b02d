"""What the compiler says about values and about schemas."""

from __future__ import annotations

import json

import pytest

from curation.model.values import Json
from curation.schemas import compile_schema


def errors(schema: Json, value: Json) -> list[tuple[str, str]]:
    return [(error.pointer, error.keyword) for error in compile_schema(json.dumps(schema)).errors(value)]


def test_each_place_is_named_by_its_own_pointer() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"enum": ["x"]}, "c/d": {"items": {"minimum": 5}}},
        "required": ["z"],
        "additionalProperties": False,
    }
    found = errors(schema, {"a": "1", "b": "y", "c/d": [9, 1], "e": 1, "f": 2})
    assert sorted(found) == [
        ("", "required"),
        ("/a", "type"),
        ("/b", "enum"),
        ("/c~1d/1", "minimum"),
        ("/e", "additionalProperties"),
        ("/f", "additionalProperties"),
    ]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "integer"}, "5", 'must be a whole number, not "5"'),
        ({"type": ["string", "null"]}, 5, "must be null or text, not 5"),
        ({"enum": ["a", "b"]}, "c", 'must be one of "a", "b", not "c"'),
        ({"maximum": 100}, 101, "must be at most 100, not 101"),
        ({"minItems": 2}, [1], "must have at least 2 elements, not 1"),
        ({"type": "string", "format": "date"}, "2024-02-30", 'must be a valid date, which "2024-02-30" is not'),
        ({"required": ["q"]}, {}, "lacks the required key `q`"),
    ],
)
def test_messages_are_in_plain_words(schema: Json, value: Json, message: str) -> None:
    assert [error.message for error in compile_schema(json.dumps(schema)).errors(value)] == [message]


def test_choice_reports_the_branch_that_was_meant() -> None:
    nullable_enum = {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}
    assert errors(nullable_enum, "b") == [("", "enum")]
    assert errors({"oneOf": [{"type": "string"}, {"type": "null"}]}, 3) == [("", "type")]
    assert errors({"oneOf": [{"type": "integer"}, {"minimum": 1}]}, 3) == [("", "oneOf")]


def test_booleans_are_no_numbers_and_whole_floats_are_integers() -> None:
    assert errors({"type": "integer"}, True) == [("", "type")]
    assert errors({"type": "integer"}, 5.0) == []


@pytest.mark.parametrize(
    ("schema", "kind", "pointer"),
    [
        ({"properties": {"a": {"type": "str"}}}, "keyword", "/properties/a/type"),
        ({"$ref": "#/$defs/x"}, "reference", "/$ref"),
        ({"allOf": [{"$ref": "#"}]}, "reference", "/allOf/0/$ref"),
        ({"$schema": "file:///etc/hostname"}, "reference", "/$schema"),
        ({"$recursiveRef": "http://127.0.0.1/s.json"}, "reference", "/$recursiveRef"),
        ({"pattern": "([a"}, "pattern", "/pattern"),
        ([], "root", ""),
    ],
)
def test_a_broken_schema_says_where_and_judges_nothing(schema: Json, kind: str, pointer: str) -> None:
    compiled = compile_schema(json.dumps(schema))
    assert [(fault.kind, fault.pointer) for fault in compiled.faults] == [(kind, pointer)]
    assert compiled.fault is not None
    assert compiled.errors({"any": "value"}) == ()


def test_wrong_type_names_are_corrected() -> None:
    for wrong, right in {"str": "string", "int": "integer", "dict": "object", "strng": "string"}.items():
        assert compile_schema(json.dumps({"type": wrong})).faults[0].suggestion == right


def test_schema_names_choose_the_draft() -> None:
    draft7 = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "integer"}]}
    assert errors(draft7, ["x"]) == [("/0", "type")]
    assert compile_schema(json.dumps({"items": [{"type": "integer"}]})).fault is not None


def test_properties_called_like_keywords_are_no_keywords() -> None:
    schema = {"properties": {"$ref": {"type": "string"}, "type": {"type": "string"}, "enum": {"type": "integer"}}}
    assert compile_schema(json.dumps(schema)).fault is None
    assert errors(schema, {"enum": "x"}) == [("/enum", "type")]


def test_the_drafts_own_schemas_may_be_referred_to() -> None:
    schema = {"properties": {"shape": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}}
    assert errors(schema, {"shape": {"type": "object"}}) == []
    assert errors(schema, {"shape": {"minLength": -1}}) == [("/shape/minLength", "minimum")]


@pytest.mark.parametrize("written", ["1" + "0" * 30, "1e30", "18446744073709551616"])
@pytest.mark.parametrize("keyword", ["minLength", "minItems"])
def test_a_count_beyond_64_bits_is_said_as_written(written: str, keyword: str) -> None:
    text = '{"$defs":{"s":{"%s":%s}},"properties":{"a":{"$ref":"#/$defs/s"}}}' % (keyword, written)  # noqa: UP031
    (error,) = compile_schema(text).errors({"a": "x" if keyword == "minLength" else ["x"]})
    assert f"must have at least {written} " in error.message


def test_the_largest_count_itself_is_left_alone() -> None:
    (error,) = compile_schema('{"minLength": 18446744073709551615}').errors("x")
    assert "at least 18446744073709551615 characters" in error.message
