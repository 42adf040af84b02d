"""Bytes that are taken over as they stand are the bytes that reading and writing would give."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, note, settings

from curation.formats import FORMATS, Format, Written
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.reading.stored import read_usual
from tests.contract.test_formats import EXAMPLES, WHOLE_TOOLS, call, turn, write

COPIED = [fmt for fmt in FORMATS if fmt.copy]


@given(example=EXAMPLES)
@settings(max_examples=200)
def test_short_way_gives_what_the_long_one_gives(example: Example):
    """The bytes of every format that has such a way, and the example of a stored body."""
    body = encode(example)
    reading = read_row(body)
    assert isinstance(reading, Reading)
    assert read_usual(body) in (None, reading.example)
    for fmt in COPIED:
        note(fmt.name)
        assert fmt.copy is not None
        row = fmt.copy(body)
        assert row is None or write(fmt, reading.example) == Written(rows=(row,))


@pytest.mark.parametrize(
    "rest",
    [
        b'"tags":["a"],"group":"g","waivers":[{"rule":"E01","fingerprint":"f","reason":"r"}]',
        b'"acceptable":[{"f":{"a":[1.10,{"b":1}]}}]',
        b'"waivers":[{"rule":"E01","fingerprint":"f","reason":"r","more":1}]',
        b'"acceptable":[{"f":{"a":[{"b":1,"b":2}]}}]',
        b'"tools":[{"name":"f","parameters":{"a":1,"a":2}}]',
        b'"tools":[{"name":"f"}],"x":{"messages":[],"tools":[1]}',
        b'"tools":null',
    ],
)
def test_short_way_leaves_what_is_out_of_the_way_to_the_long_one(rest: bytes):
    calls = b'[{"id":"a","type":"function","function":{"name":"f","arguments":{"x":[{}],"tools":[{}]}}}]'
    for turns in (b'{"role":"user","content":"x"}', b'{"role":"assistant","content":null,"tool_calls":' + calls + b"}"):
        body = b'{"messages":[' + turns + b"]," + rest + b"}"
        reading = read_row(body)
        assert isinstance(reading, Reading)
        assert read_usual(body) in (None, reading.example)


def test_usual_body_is_read_the_short_way():
    plain = (turn("user", "Hello"), turn("assistant", "", call(1)), turn("tool", "{}", answers="call_1"))
    example = Example(messages=(*plain, turn("assistant", "Bye.")), tools=WHOLE_TOOLS, tags=("hard",), group="g")
    assert read_usual(encode(example)) == example


@pytest.mark.parametrize("fmt", COPIED, ids=lambda fmt: fmt.name)
def test_short_way_serves_the_usual_row(fmt: Format):
    plain = (turn("user", "Hello"), turn("assistant", "", call(1)), turn("tool", "{}", answers="call_1"))
    example = Example(messages=(*plain, turn("assistant", "Bye.")), tools=WHOLE_TOOLS)
    assert fmt.copy is not None
    assert fmt.copy(encode(example)) is not None
    with_tags = fmt.copy(encode(msgspec.structs.replace(example, tags=("missing_value",))))
    assert (with_tags is not None) == fmt.lossless
