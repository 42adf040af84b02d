"""The strict subset: what leaves it, and the conversion into it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.schemas import compile_schema
from curation.schemas.strict import find_broken, make_definition_strict, make_strict
from curation.schemas.strict_subset import find_strict_faults

CITY = {"type": "string", "description": "Town."}


def strict(schema: Any, **more: bool) -> tuple[Any, list[str], list[str]]:
    made = make_strict(json.dumps(schema), **more)
    assert compile_schema(made.text).fault is None
    return (
        json.loads(made.text),
        [change.words for change in made.changes],
        [c.words for c in made.changes if c.is_loss],
    )


def obj(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def test_a_strict_schema_stays_as_it_is() -> None:
    schema = obj({"city": CITY}, "city")
    assert find_strict_faults(schema) == []
    assert strict(schema) == (schema, [], [])


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": ["integer", "string"]}, {"type": ["integer", "string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"const": "a"}, {"enum": ["a", None]}),
        ({"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (
            {"$ref": "#/$defs/a", "description": "A."},
            {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}], "description": "A."},
        ),
    ],
)
def test_an_optional_property_becomes_a_union_with_null(given: Any, made: Any) -> None:
    found, words, _ = strict({"type": "object", "properties": {"x": given}, "$defs": {"a": {"type": "string"}}})
    assert found["properties"]["x"] == made
    assert found["required"] == ["x"]
    assert "`x` is required; null stands for leaving it out" in words
    compiled = compile_schema(json.dumps(found))
    assert compiled.errors({"x": None}) == ()
    assert [error.keyword for error in compiled.errors({})] == ["required"]


def test_objects_are_closed_at_every_depth() -> None:
    inner = {"type": "object", "properties": {"sku": {"type": "string"}}}
    schema = {"type": "object", "properties": {"lines": {"type": "array", "items": inner}}, "required": ["lines"]}
    found, _, losses = strict(schema)
    assert found["properties"]["lines"]["items"] == obj({"sku": {"type": ["string", "null"]}}, "sku")
    assert losses == []


def test_parts_are_joined_where_they_agree() -> None:
    schema = {"allOf": [{"properties": {"a": CITY}, "required": ["a"]}, {"$ref": "#/$defs/b"}], "type": "object"}
    schema["$defs"] = {"b": {"properties": {"b": CITY}, "required": ["b"]}}
    found, words, losses = strict(schema)
    assert list(found["properties"]) == ["a", "b"]
    assert found["required"] == ["a", "b"]
    assert words[0] == "the parts of `allOf` are joined into one schema"
    assert losses == []


def test_what_stands_beside_a_reference_is_joined_too() -> None:
    part = {"$ref": "#/$defs/a", "properties": {"q": {"type": "integer"}}, "required": ["q"]}
    named = {"type": "object", "properties": {"city": CITY}, "required": ["city"]}
    made, _, lost = strict({"type": "object", "allOf": [part], "$defs": {"a": named}})
    assert made["properties"] == {"q": {"type": "integer"}, "city": CITY}
    assert sorted(made["required"]) == ["city", "q"]
    assert lost == []


@pytest.mark.parametrize("alias", ["input_schema", "inputSchema"])
def test_parameters_under_another_name_are_not_passed_over(alias: str) -> None:
    text = json.dumps({"name": "f", alias: {"type": "object", "properties": {"city": CITY}}})
    made = make_definition_strict(text)
    assert made.text == text
    assert made.changes == ()
    assert made.left == (f"The parameters stand under `{alias}`; rename it to `parameters` first.",)


def test_what_gets_lost_is_said() -> None:
    schema = obj(
        {"a": {"type": "object", "additionalProperties": {"type": "string"}}}, "a", **{"not": {"required": ["b"]}}
    )
    found, _, losses = strict(schema)
    assert "not" not in found
    assert losses == ['`not` is left out: {"required":["b"]}', "`a`: free keys are no longer allowed"]


def test_bounds_stay_unless_it_is_for_tuning() -> None:
    schema = obj({"n": {"type": "integer", "minimum": 1, "maximum": 9}}, "n")
    assert strict(schema)[0] == schema
    found, _, losses = strict(schema, for_tuning=True)
    assert found["properties"]["n"] == {"type": "integer"}
    assert len(losses) == 2


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}},
        {"type": "object", "properties": {"a": {"type": "array", "prefixItems": [{}], "contains": {}}}},
        {"type": "object", "properties": {}, "if": {}, "then": {"required": ["x"]}, "dependentRequired": {"a": ["b"]}},
        {"$ref": "#/$defs/r", "$defs": {"r": {"type": "object", "properties": {"next": {"$ref": "#/$defs/r"}}}}},
    ],
)
def test_the_result_is_in_the_subset(schema: Any) -> None:
    made = make_strict(json.dumps(schema))
    assert made.left == ()
    assert find_strict_faults(json.loads(made.text)) == []
    again = make_strict(made.text)
    assert again.text == made.text
    assert again.changes == ()


def test_numbers_keep_their_digits() -> None:
    text = '{"type":"object","properties":{"n":{"type":"number","maximum":1.10,"enum":[12345678901234567890]}}}'
    made = make_strict(text).text
    assert "1.10" in made
    assert "12345678901234567890" in made


def test_a_broken_schema_is_left_alone() -> None:
    made = make_strict('{"type":"str"}')
    assert made.text == '{"type":"str"}'
    assert made.left


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        (obj({f"p{n}": {"type": "string"} for n in range(5_001)}), "properties"),
        (obj({"e": {"enum": list(range(1_001))}}), "enum values"),
        (obj({"e": {"enum": [f"{n:060}" for n in range(251)]}}), "characters in one enum of more than 250 values"),
        (obj({"p" * 120_001: CITY}), "characters in names and enum values"),
        ({"anyOf": [obj({})]}, "anyOf"),
    ],
)
def test_what_is_too_large_is_said(schema: Any, what: str) -> None:
    assert what in {fault.name for fault in find_strict_faults(schema) if fault.kind in ("size", "root")}


def test_more_than_ten_levels_are_too_many() -> None:
    def nested(levels: int) -> dict[str, Any]:
        schema: dict[str, Any] = obj({})
        for _ in range(levels - 1):
            schema = obj({"a": schema}, "a")
        return schema

    assert find_strict_faults(nested(10)) == []
    assert [fault.name for fault in find_strict_faults(nested(11))] == ["levels"]


def test_a_definition_says_that_it_is_strict() -> None:
    text = json.dumps(
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    )
    made = make_definition_strict(text)
    function = json.loads(made.text)["function"]
    assert function["strict"] is True
    assert function["parameters"]["additionalProperties"] is False
    assert make_definition_strict(made.text).changes == ()


def test_calls_that_no_longer_fit_are_named() -> None:
    before = json.dumps(
        {"type": "object", "properties": {"city": CITY, "unit": {"type": "string"}}, "required": ["city"]}
    )
    after = make_strict(before).text
    calls: list[tuple[str, Any]] = [
        ("left out", {"city": "Paris"}),
        ("complete", {"city": "Paris", "unit": None}),
        ("wrong before", {}),
    ]
    broken = find_broken(before, after, calls)
    assert [one.label for one in broken] == ["left out"]
    assert broken[0].reasons == ("the call lacks the required key `unit`",)


def test_references_that_double_at_each_step_are_not_written_out_for_ever():
    steps = 24
    inner = {
        f"d{i}": obj({key: {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}]} for key in "ab"}, "a", "b") for i in range(steps)
    }
    schema = obj({"x": {"allOf": [{"$ref": "#/$defs/d0"}]}}, "x", **{"$defs": {**inner, f"d{steps}": CITY}})
    _, _, lost = strict(schema)
    assert any("`allOf` is left out" in words for words in lost)
