"""Odd rows in the shapes of other trainers: reading them never fails, keeps what is stored, and knows every place."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from curation.formats import Format, get_format
from curation.formats.self_test import check_export
from curation.model.envelope import encode
from curation.model.reading import Reading
from curation.reading.rows import read_row
from tests.property.test_places import assert_places
from tests.strategies import sources

NAMES = ["sharegpt", "axolotl", "llamafactory_v1", "glaive", "toolace"]
CALL = '{"name": "f", "arguments": {"a": 1.10}}'
PLAIN = ["[1, 2]", "[]", "", "Hi", "é\u2028", "<think>x</think>"]
CALLS = [CALL, f"[{CALL}, {CALL}]", "{'name': 'f', 'arguments': {}}", '{"name": "f"}']
BRACKETS = ["[f(a=1)]", "[f(a=1), g h(b='x')]", "[f("]
TOOLS = ['[{"name": "f", "parameters": {"type": "dict"}}]', "[{'name': 'f'}]"]
CHATS = ["USER: Hi\nASSISTANT: <functioncall> " + CALL, "USER: a\n\nFUNCTION RESPONSE: b\n\nASSISTANT: c"]
TEXTS = st.sampled_from(PLAIN + CALLS + BRACKETS + TOOLS + CHATS) | st.integers(0, 999).map("word{}".format)
ROLES = st.sampled_from(
    ["human", "gpt", "function_call", "observation", "system", "user", "assistant", "tool", "judge"]
)


@st.composite
def odd_rows(draw: st.DrawFn) -> bytes:
    """Rows of our own keys and theirs, each with the value it should have or any other."""

    def members(choices: dict[str, Any], most: int = 6) -> str:
        keys = draw(st.lists(st.sampled_from(sorted(choices)), max_size=most, unique=draw(st.integers(0, 9)) > 0))
        return "{" + ",".join(f'"{key}":{value(choices[key])}' for key in keys) + "}"

    def value(kind: Any) -> str:
        if draw(st.integers(0, 11)) == 0:
            return draw(sources(2))
        if isinstance(kind, st.SearchStrategy):
            return json.dumps(draw(kind), ensure_ascii=draw(st.booleans()))
        return str(kind())

    def several(choices: dict[str, Any]) -> str:
        return "[" + ",".join(turn(choices) for _ in range(draw(st.integers(0, 4)))) + "]"

    def turn(choices: dict[str, Any]) -> str:
        return members(choices) if draw(st.integers(0, 7)) else draw(sources(1))

    part = {"type": st.sampled_from(["text", "reasoning", "tool_call", "image"]), "value": TEXTS}
    flags = st.booleans() | st.sampled_from([0, 1, 0.5, None])
    shared = {"train": flags, "loss_weight": flags, "weight": flags, "name": TEXTS, "x": TEXTS}
    spoken = {"from": ROLES, "value": TEXTS, **shared}
    written = {
        "role": ROLES,
        "content": lambda: several(part) if draw(st.booleans()) else json.dumps(draw(TEXTS)),
        **shared,
    }
    top = {
        "conversations": lambda: several(spoken if draw(st.booleans()) else spoken | {"content": TEXTS, "role": ROLES}),
        "messages": lambda: several(written if draw(st.booleans()) else spoken),
        "system": TEXTS,
        "tools": TEXTS,
        "chat": TEXTS,
        "x": TEXTS,
    }
    return members(top).encode()


def words(row: Any) -> set[str]:
    """The words that stand anywhere as a value."""
    if isinstance(row, dict | list):
        return set().union(*map(words, row.values() if isinstance(row, dict) else row))
    return {row} if isinstance(row, str) and re.fullmatch(r"word\d+", row) else set()


def resolve(row: Any, pointer: str) -> Any:
    """What stands at a pointer."""
    for step in pointer.split("/")[1:]:
        row = row[int(step)] if isinstance(row, list) else row[step.replace("~1", "/").replace("~0", "~")]
    return row


@settings(max_examples=60)
@given(raw=odd_rows())
def test_odd_row_is_read_stored_and_found_again(raw: bytes):
    for name in NAMES:
        note(name)
        check_row(get_format(name), raw)


def check_row(fmt: Format, raw: bytes) -> None:
    fmt.recognises(raw)
    reading = fmt.read(raw)
    if not isinstance(reading, Reading):
        return
    body = encode(reading.example)
    stored = read_row(body)
    assert isinstance(stored, Reading)
    assert stored.example == reading.example
    assert_places(reading, raw)
    row = json.loads(raw)
    assert {word for word in words(row) if word not in body.decode()} == set(), "nothing is dropped"
    for i in range(len(reading.example.messages)):
        resolve(row, reading.places.outer(f"/messages/{i}").at)
        resolve(row, reading.places.outer(f"/messages/{i}/content").at.removesuffix("/content"))
    if fmt.write is not None:
        assert "X10" not in {finding.code for finding in check_export(fmt, reading.example)}
