"""The canonical form: one key order, two hashes."""

from __future__ import annotations

import pytest

from curation.model.definition import Definition
from curation.model.envelope import body_hash, encode, normal_hash
from curation.model.example import Call, Example, Label, Message, Waiver
from curation.model.reading import Reading
from curation.model.values import Arguments, Exact
from curation.reading.rows import read_row


def read(text: str) -> Example:
    reading = read_row(text.encode())
    assert isinstance(reading, Reading)
    return reading.example


def test_key_order_is_fixed_and_exact_text_is_spliced() -> None:
    call = Call("f", Arguments('{"a": 1.10}', "object"), "c1", "function", {"index": "0"}, {"x": "1e2"})
    example = Example(
        messages=(
            Message("user", "Hi", name="ann"),
            Message("assistant", None, (call,), weight=Exact("0"), label=Label(recovery="give_up")),
        ),
        tools=(Definition('{"name":  "f"}'),),
        tags=("missing_value",),
        group="g",
        waivers=(Waiver("unknown-tool", "00", "known"),),
        acceptable=({"f": {"a": [1.1]}},),
        extra={"z": "[1.0]", "b": "null"},
    )
    assert encode(example).decode() == (
        '{"messages":[{"role":"user","content":"Hi","name":"ann"},'
        '{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",'
        '"function":{"name":"f","arguments":{"a": 1.10},"x":1e2},"index":0}],'
        '"weight":0,"label":{"recovery":"give_up"}}],'
        '"tools":[{"name":  "f"}],"tags":["missing_value"],"group":"g",'
        '"waivers":[{"rule":"unknown-tool","fingerprint":"00","reason":"known"}],'
        '"acceptable":[{"f":{"a":[1.1]}}],"b":null,"z":[1.0]}'
    )


ROW = (
    '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"%s","function":'
    '{"name":"f","arguments":%s}}]},{"role":"tool","tool_call_id":"%s","content":"5"}],"tools":[%s]%s}'
)
PLAIN = ROW % ("a", '{"x":1,"y":2}', "a", '{"name":"f"},{"name":"g"}', "")


@pytest.mark.parametrize(
    "twin",
    [
        ROW % ("b", '{"x":1,"y":2}', "b", '{"name":"f"},{"name":"g"}', ""),
        ROW % ("a", '{"y": 2, "x": 1}', "a", '{"name":"f"},{"name":"g"}', ""),
        ROW % ("a", '"{\\"x\\":1,\\"y\\":2}"', "a", '{"name":"f"},{"name":"g"}', ""),
        ROW % ("a", '{"x":1,"y":2}', "a", '{"name": "g"},{"name": "f"}', ""),
        ROW % ("a", '{"x":1,"y":2}', "a", '{"name":"f"},{"name":"g"}', ',"group":"other"'),
    ],
    ids=["ids", "key order", "form", "tool order", "group"],
)
def test_duplicates_share_the_normal_hash_but_not_the_identity(twin: str) -> None:
    assert normal_hash(read(twin)) == normal_hash(read(PLAIN))
    assert body_hash(read(twin)) != body_hash(read(PLAIN))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"x":1', '"x":2'),
        ('"x":1', '"x":12345678901234567890'),
        ('"Hi"', '"Ho"'),
        ('"5"', '"6"'),
        ('{"name":"g"}', '{"name":"h"}'),
    ],
)
def test_other_rows_have_another_normal_hash(before: str, after: str) -> None:
    assert normal_hash(read(PLAIN.replace(before, after))) != normal_hash(read(PLAIN))


def test_numbers_that_differ_in_the_last_of_many_digits_are_told_apart() -> None:
    one, two = (PLAIN.replace('"x":1', f'"x":1234567890123456789{digit}') for digit in "01")
    assert normal_hash(read(one)) != normal_hash(read(two))
