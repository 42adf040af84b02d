"""Edits by pointer: the place changes, nothing else does."""

from __future__ import annotations

import pytest

from curation.errors import UnreadableError, UnwritableError
from curation.model.example import Example
from curation.model.finding import Fix
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact
from curation.reading.edits import apply_fix, remove_pointer, set_pointer
from curation.reading.rows import read_row

ARGUMENTS = "/messages/0/tool_calls/0/function/arguments"


def make_example(arguments: str) -> Example:
    row = (
        '{"messages": [{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": %s}}]}]}'
    )
    reading = read_row((row % arguments).encode())
    assert isinstance(reading, Reading)
    return reading.example


def arguments_of(example: Example) -> str:
    (call,) = example.messages[0].calls or ()
    assert isinstance(call.arguments, Arguments)
    return call.arguments.text


TEXT = '"{\\"a\\": 1.10, \\"b\\" : [1, {\\"c/d\\":2}]}"'
OBJECT = '{"a": 1.10, "b" : [1, {"c/d":2}]}'


@pytest.mark.parametrize("form", [TEXT, OBJECT])
@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (Fix("", "/a", "2"), '{"a": 2, "b" : [1, {"c/d":2}]}'),
        (Fix("", "/a"), '{"b" : [1, {"c/d":2}]}'),
        (Fix("", "/b"), '{"a": 1.10}'),
        (Fix("", "/b/0"), '{"a": 1.10, "b" : [{"c/d":2}]}'),
        (Fix("", "/b/1/c~1d", '"x"'), '{"a": 1.10, "b" : [1, {"c/d":"x"}]}'),
        (Fix("", "/b", rename="B"), '{"a": 1.10, "B" : [1, {"c/d":2}]}'),
        (Fix("", "/new", "null"), '{"a": 1.10, "b" : [1, {"c/d":2}],"new":null}'),
    ],
)
def test_fix_changes_one_place_of_the_arguments(form: str, fix: Fix, expected: str) -> None:
    inner = Fix(fix.title, ARGUMENTS + fix.at, fix.value, fix.rename)
    assert arguments_of(apply_fix(make_example(form), inner)) == expected


def test_key_added_to_an_empty_object() -> None:
    assert arguments_of(set_pointer(make_example('"{}"'), ARGUMENTS + "/a", "1")) == '{"a":1}'


def test_known_keys_of_the_row_are_edited_too() -> None:
    example = set_pointer(make_example(TEXT), "/messages/0/weight", "0")
    assert example.messages[0].weight == Exact("0")
    (call,) = remove_pointer(example, "/messages/0/tool_calls/0/id").messages[0].calls or ()
    assert call.id is UNSET
    assert arguments_of(example) == arguments_of(make_example(TEXT))


def test_value_that_is_not_json_is_refused() -> None:
    with pytest.raises(UnreadableError, match="not JSON"):
        set_pointer(make_example(TEXT), ARGUMENTS + "/a", "True")


@pytest.mark.parametrize(
    ("arguments", "at"),
    [(TEXT, "/missing/x"), (TEXT, "/a/x"), ('"not json"', "/a")],
)
def test_place_that_is_not_there_is_named(arguments: str, at: str) -> None:
    with pytest.raises(UnwritableError, match=at):
        set_pointer(make_example(arguments), ARGUMENTS + at, "1")


def test_removing_what_is_not_there_is_named() -> None:
    with pytest.raises(UnwritableError, match="`zzz`"):
        remove_pointer(make_example(TEXT), ARGUMENTS + "/zzz")
