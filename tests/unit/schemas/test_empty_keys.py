"""A key may be the empty text; the place of a fault below it says so."""

from __future__ import annotations

import json

import pytest

from curation.model.values import Json
from curation.schemas import compile_schema

SCHEMA = {"additionalProperties": {"additionalProperties": {"type": "integer"}}, "properties": {"": {"type": "string"}}}


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ({"": 1}, ["/"]),
        ({"a": {"": "x"}}, ["/a/"]),
        ({"a": {"": "x", "b": "y"}}, ["/a/", "/a/b"]),
        ({"a": {"b": "y"}, "": "right"}, ["/a/b"]),
        ({"a": {"": 1}, "": "right"}, []),
    ],
)
def test_empty_keys_stay_in_the_place(value: Json, pointers: list[str]) -> None:
    found = compile_schema(json.dumps(SCHEMA)).errors(value)
    assert sorted(error.pointer for error in found) == pointers


def test_an_extra_empty_key_is_named() -> None:
    closed = {"properties": {"a": {"additionalProperties": False}}, "additionalProperties": False}
    found = compile_schema(json.dumps(closed)).errors({"a": {"": 1}, "": 2})
    assert sorted(error.pointer for error in found) == ["/", "/a/"]


def test_half_a_character_is_said_and_not_called_size() -> None:
    found = compile_schema('{"properties":{"a":{"type":"integer"}}}').errors({"a": "\ud83d"})
    assert "lone surrogate" in found[0].message
