"""Reading is total and exact, and writing the envelope is its inverse."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from curation.model.envelope import body_hash, encode, normal_hash
from curation.model.example import Example
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments
from curation.reading.rows import read_exactly, read_row
from curation.reading.strict import parse_strict

TEXT = st.text(max_size=8) | st.sampled_from(['":', '"a":', "\\", '\\u0022":', " :", "{", "é", "1234567890123456789"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    *("messages", "role", "content", "tool_calls", "id", "type", "function", "name", "arguments", "tool_call_id"),
    *("weight", "label", "tools", "tags", "group", "waivers", "acceptable", "reason", "extra", "x"),
]


@st.composite
def sources(draw: st.DrawFn, depth: int = 4) -> str:
    """JSON source of our keys in odd places, with doubled keys, odd numbers, odd escapes and odd spacing."""
    kind = draw(st.sampled_from(["scalar", "object", "list", "text"] if depth else ["scalar"]))
    space = draw(st.sampled_from(["", " ", "\n", "\t", "  "]))
    if kind == "scalar":
        return draw(
            st.sampled_from(
                ["1.10", "-0", "1e400", "12345678901234567890", "null", "true", '"user"', '"\\u0041"', '"\\":"']
            )
            | VALUES.map(json.dumps)
        )
    if kind == "text":
        return json.dumps(draw(sources(depth - 1)), ensure_ascii=draw(st.booleans()))
    inner = draw(st.lists(sources(depth - 1), max_size=4))
    if kind == "list":
        return "[" + f"{space},".join(inner) + space + "]"
    keys = draw(st.lists(st.sampled_from(NAMES), min_size=len(inner), max_size=len(inner)))
    colon = draw(st.sampled_from([":", ": ", " :", "\n:"]))
    return "{" + f",{space}".join(json.dumps(k) + colon + v for k, v in zip(keys, inner, strict=True)) + "}"


@st.composite
def rows(draw: st.DrawFn) -> bytes:
    """Rows that look like rows, at least at first."""

    def members(*names: str) -> str:
        chosen = draw(st.lists(st.sampled_from(names), max_size=5))
        return "{" + ",".join(f'"{name}":{value(name)}' for name in chosen) + "}"

    def several(*names: str) -> str:
        return "[" + ",".join(members(*names) for _ in range(draw(st.integers(0, 3)))) + "]"

    def value(name: str) -> str:
        if draw(st.integers(0, 9)) == 0:
            return draw(sources(2))
        if name == "messages":
            return several("role", "content", "tool_calls", "tool_call_id", "name", "weight", "label", "x")
        if name == "tool_calls":
            return several("id", "type", "function", "function", "x")
        if name == "function":
            return members("name", "arguments", "arguments", "x")
        if name == "label":
            return draw(st.sampled_from(['{"reason":"refuse"}', "{}", '{"missing":["a"]}', '{"order":"none"}', "null"]))
        if name == "tags":
            return draw(st.sampled_from(['["missing_value"]', "[]", "[1]"]))
        if name == "waivers":
            return draw(st.sampled_from(['[{"rule":"r","fingerprint":"f","reason":"x"}]', "[]", "[{}]"]))
        if name == "acceptable":
            return draw(st.sampled_from(['[{"f":{"a":[1,1.5,""]}}]', "[]", "null"]))
        return draw(sources(2))

    top = members("messages", "messages", "tools", "tags", "group", "waivers", "acceptable", "x")
    return top.encode()


@given(st.binary(max_size=60))
@example(b"\xef\xbb\xbf")
@example(b'{"messages":[{"role":"a"}],"tools":[\xff]}')
def test_reading_any_bytes_never_raises(raw: bytes) -> None:
    assert (parse_strict(raw).value is UNSET) == any(fault.is_fatal for fault in parse_strict(raw).faults)
    read_row(raw)


@given(st.text(alphabet='{}[]":,\\u0de81-.eENaN tf\n', max_size=40))
def test_strict_agrees_with_the_standard_parser_on_what_is_json(text: str) -> None:
    parsed = parse_strict(text)
    try:
        value = json.loads(text)
    except ValueError:
        assert parsed.value is UNSET
        return
    if parsed.value is not UNSET and not any(fault.code == "J10" for fault in parsed.faults):
        assert parsed.value == value


def count_doubled(text: str) -> int:
    """Doubled keys by the standard parser's own hook."""
    doubled = 0

    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        doubled += len(pairs) - len(dict(pairs))
        return dict(pairs)

    json.loads(text, object_pairs_hook=hook)
    return doubled


@settings(max_examples=150)
@given(sources())
def test_every_doubled_key_is_named(source: str) -> None:
    faults = parse_strict(source).faults
    if not any(fault.is_fatal for fault in faults) and len(faults) < 100:
        assert sum(fault.code == "J05" for fault in faults) == count_doubled(source)


@settings(max_examples=150)
@given(rows() | sources().map(str.encode))
def test_encoding_is_the_inverse_of_reading(raw: bytes) -> None:
    reading = read_row(raw)
    if not isinstance(reading, Reading):
        return
    encoded = encode(reading.example)
    again = read_row(encoded)
    assert isinstance(again, Reading)
    assert again.example == reading.example
    assert encode(again.example) == encoded
    assert b"\n" not in encoded
    assert body_hash(again.example) == body_hash(reading.example)
    normal_hash(reading.example)


@settings(max_examples=150)
@given(rows())
def test_fast_and_exact_way_read_the_same(raw: bytes) -> None:
    assert read_row(raw) == read_exactly(raw)


@given(sources(), st.booleans())
def test_arguments_definitions_and_unknown_values_keep_their_text(source: str, is_text: bool) -> None:
    if parse_strict(source).value is UNSET:
        return
    line = source.replace("\n", " ")
    held = json.dumps(line) if is_text else line
    call = '{"function":{"arguments":' + held + "}}"
    row = f'{{"messages":[{{"tool_calls":[{call}]}}],"tools":[{line}],"x":{line}}}'
    reading = read_row(row.encode())
    assert isinstance(reading, Reading)
    again = read_row(encode(reading.example))
    assert isinstance(again, Reading)
    for kept in (reading.example, again.example):
        assert texts_of(kept) == [arguments_text(line, is_text), line, line]


def arguments_text(line: str, is_text: bool) -> str:
    return json.loads(line) if not is_text and line.lstrip().startswith('"') else line


def texts_of(kept: Example) -> list[str]:
    calls = kept.messages[0].calls
    assert calls is not None
    assert isinstance(calls[0].arguments, Arguments)
    assert isinstance(kept.tools, tuple)
    return [calls[0].arguments.text, kept.tools[0].text, kept.extra["x"]]
