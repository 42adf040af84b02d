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
from tests.strategies import rows, sources


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


@settings(max_examples=100)
@given(sources())
def test_every_doubled_key_is_named(source: str) -> None:
    faults = parse_strict(source).faults
    if not any(fault.is_fatal for fault in faults) and len(faults) < 100:
        assert sum(fault.code == "J05" for fault in faults) == count_doubled(source)


@settings(max_examples=100)
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


@settings(max_examples=100)
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


@given(rows())
def test_body_of_a_row_without_findings_reads_as_the_row_did(raw: bytes) -> None:
    reading = read_row(raw)
    if isinstance(reading, Reading) and not reading.findings:
        assert read_row(encode(reading.example)) == reading
