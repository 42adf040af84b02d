"""Values drawn from schemas fit those schemas."""

from __future__ import annotations

import json
import re
from random import Random

import pytest

from curation.execution.drawing import draw_object
from curation.execution.patterns import draw_matching
from curation.schemas import compile_schema

SCHEMAS = [
    {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3,5}$"},
    {"type": "string", "pattern": "^(red|green)(-dark)?$"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "email"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "uri"},
    {"type": "string", "format": "ipv4"},
    {"type": "string", "minLength": 30, "maxLength": 40},
    {"type": "string", "maxLength": 3},
    {"type": "integer", "minimum": 3, "maximum": 4},
    {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
    {"type": "integer", "multipleOf": 7, "minimum": 10},
    {"type": "number", "minimum": 0.5, "maximum": 0.75},
    {"type": "number", "maximum": -3},
    {"type": "boolean"},
    {"type": ["null", "integer"]},
    {"enum": ["a", 2, None]},
    {"const": {"fixed": True}},
    {"anyOf": [{"type": "null"}, {"type": "string", "enum": ["x"]}]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True},
    {
        "type": "object",
        "properties": {"inner": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}},
        "required": ["inner"],
        "additionalProperties": False,
    },
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:40])
def test_drawn_values_fit(schema: dict[str, object]) -> None:
    whole = {"type": "object", "properties": {"value": schema}, "required": ["value"]}
    compiled = compile_schema(json.dumps(whole))
    rng = Random(5)
    for _ in range(20):
        drawn = draw_object(whole, rng)
        assert not compiled.errors(drawn), drawn


@pytest.mark.parametrize("pattern", [r"^\d{4}$", r"[a-f]+x?", r"(ab|cd){2}", r"^v\d\.\d$", r"[A-Z\d]{3}"])
def test_patterns_are_matched_as_a_whole(pattern: str) -> None:
    rng = Random(1)
    for _ in range(20):
        drawn = draw_matching(pattern, rng)
        assert drawn is not None
        assert re.fullmatch(pattern, drawn)


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"[^a]", r"a{", r"\bword", "(", "*a"])
def test_patterns_beyond_the_generator_are_left_to_the_caller(pattern: str) -> None:
    assert draw_matching(pattern, Random(1)) is None


def test_the_same_seed_draws_the_same() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "number"}}}
    assert draw_object(schema, Random(3)) == draw_object(schema, Random(3))
