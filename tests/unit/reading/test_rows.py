"""Reading a row: tolerant in shape, exact in text, honest about places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.model.envelope import encode
from curation.model.example import Call, Example, Label, Message
from curation.model.reading import Place, Reading, Reject
from curation.model.values import UNSET, Arguments, Exact
from curation.reading.rows import read_exactly, read_row

SAMPLES = Path(__file__).parents[2] / "data/openai_sft/stock_rows.jsonl"


def read(text: str) -> Reading:
    reading = read_row(text.encode())
    assert isinstance(reading, Reading)
    return reading


def read_message(text: str) -> Message:
    (message,) = read('{"messages": [' + text + "]}").example.messages
    return message


def read_call(text: str) -> Call:
    message = read_message('{"role": "assistant", "tool_calls": [' + text + "]}")
    assert message.calls is not None
    return message.calls[0]


@pytest.mark.parametrize("line", SAMPLES.read_bytes().splitlines())
def test_real_rows_come_through_unchanged(line: bytes) -> None:
    reading = read_row(line)
    assert isinstance(reading, Reading)
    assert reading.findings == ()
    assert json.loads(encode(reading.example)) == json.loads(line)
    assert reading == read_exactly(line)


def test_object_arguments_keep_their_text() -> None:
    call = read_call('{"function": {"name": "pay", "arguments": {"amount": 1.10, "order": 12345678901234567890}}}')
    assert call.arguments == Arguments('{"amount": 1.10, "order": 12345678901234567890}', "object")


def test_string_arguments_keep_their_text() -> None:
    call = read_call('{"function": {"name": "pay", "arguments": "{\\"amount\\":  1.10}"}}')
    assert call.arguments == Arguments('{"amount":  1.10}', "string")


def test_definition_keeps_its_text() -> None:
    source = '{"type":  "function", "function": {"name": "f", "parameters": {"maximum": 1.50, "x": 1e2}}}'
    tools = read('{"messages": [], "tools": [' + source + "]}").example.tools
    assert isinstance(tools, tuple)
    assert [tool.text for tool in tools] == [source]


def test_unknown_keys_keep_their_text_where_they_stand() -> None:
    reading = read(
        '{"messages": [{"role": "user", "content": "a", "n": 1.0}], "parallel_tool_calls": false, "big": 1e400}'
    )
    assert reading.example.extra == {"parallel_tool_calls": "false", "big": "1e400"}
    assert reading.example.messages[0].extra == {"n": "1.0"}


@pytest.mark.parametrize(
    ("source", "content"),
    [("null", None), ('"x"', "x"), ("5", Exact("5")), ('[{"type": "text"}]', Exact('[{"type": "text"}]'))],
)
def test_content_of_any_type_is_kept(source: str, content: object) -> None:
    assert read_message('{"role": "user", "content": ' + source + "}").content == content


def test_absent_and_null_are_told_apart() -> None:
    assert read('{"messages": []}').example.tools is UNSET
    assert read('{"messages": [], "tools": null}').example.tools is None
    assert read('{"messages": [], "tools": []}').example.tools == ()
    assert read_message('{"role": "assistant"}').content is UNSET


def test_values_of_the_wrong_shape_stand_in_extra() -> None:
    example = read('{"messages": {"a": 1}, "tools": "x", "tags": [1], "group": 5, "acceptable": 3}').example
    assert example.messages == ()
    assert example.extra == {"messages": '{"a": 1}', "tools": '"x"', "tags": "[1]", "group": "5", "acceptable": "3"}


def test_elements_that_are_no_objects_are_kept_whole() -> None:
    assert read_message("7").whole == Exact("7")
    assert read_call('"f"').whole == Exact('"f"')
    assert read_call('{"function": [1.0]}').function == Exact("[1.0]")
    assert read_message('{"role": "assistant", "tool_calls": {"a": 1}}').extra == {"tool_calls": '{"a": 1}'}


@pytest.mark.parametrize("source", ["42", '"text"', "[1, 2]", "null", "1.10"])
def test_row_that_is_no_object_is_kept_whole(source: str) -> None:
    example = read(source).example
    assert example == Example(whole=Exact(source))
    assert encode(example).decode() == source


def test_row_with_an_empty_key_is_an_object() -> None:
    assert read('{"": 1}').example == Example(extra={"": "1"})


def test_label_is_read() -> None:
    assert read_message('{"role": "assistant", "label": {"reason": "refuse"}}').label == Label(reason="refuse")
    assert read_message('{"role": "assistant", "label": "refuse"}').extra == {"label": '"refuse"'}


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ('{"reason": "refuse", "colour": 1.10}', Label(reason="refuse", extra={"colour": "1.10"})),
        ('{"recovery": "give_up", "missing": 5}', Label(recovery="give_up", extra={"missing": "5"})),
        ('{"missing": ["a"], "order": "later"}', Label(missing=("a",), extra={"order": '"later"'})),
        ('{"order": "sequence", "extra": {"a": "b"}}', Label(order="sequence", extra={"extra": '{"a": "b"}'})),
        ('{"comparators": {"f.a": "set"}, "reason": null}', Label(comparators={"f.a": "set"})),
    ],
)
def test_odd_part_of_a_label_hides_nothing_else_of_it(source: str, label: Label) -> None:
    row = '{"messages": [{"role": "assistant", "content": "a", "label": ' + source + "}]}"
    example = read(row).example
    assert example.messages[0].label == label
    again = read(encode(example).decode()).example
    assert again == example
    assert encode(again) == encode(example)


def test_weight_keeps_its_text() -> None:
    assert read_message('{"role": "assistant", "weight": 0}').weight == Exact("0")
    assert read_message('{"role": "assistant", "weight": -0.50}').weight == Exact("-0.50")


def test_line_breaks_between_tokens_become_spaces() -> None:
    example = read('{"messages": [],\n "tools": [{"name":\r\n "f"}]}').example
    assert isinstance(example.tools, tuple)
    assert example.tools[0].text == '{"name":  "f"}'.replace("  ", " " * 2)
    assert b"\n" not in encode(example)


def test_doubled_key_is_a_finding_with_its_place() -> None:
    (finding,) = read('{"messages": [{"role": "user", "role": "assistant", "content": "a"}]}').findings
    assert (finding.rule, finding.code, finding.at) == ("duplicate-key", "J05", "/messages/0/role")
    assert "`role` occurs twice" in finding.message


def test_doubled_key_in_a_definition_is_found() -> None:
    (finding,) = read('{"messages": [], "tools": [{"name": "f", "name": "g"}]}').findings
    assert (finding.code, finding.at) == ("J05", "/tools/0/name")


def test_faults_inside_arguments_are_left_to_the_rules() -> None:
    row = '{"messages": [{"tool_calls": [{"function": {"name": "f", "arguments": {"a": 1, "a": 2}}}]}]}'
    assert read(row).findings == ()


def test_doubled_arguments_key_itself_is_found() -> None:
    row = '{"messages": [{"tool_calls": [{"function": {"name": "f", "name": "g", "arguments": {}}}]}]}'
    assert [finding.at for finding in read(row).findings] == ["/messages/0/tool_calls/0/function/name"]


@pytest.mark.parametrize(
    ("raw", "code", "line", "column"),
    [
        (b'{"messages": [{"ro', "J03", 1, 19),
        (b'{"a":\n NaN}', "J07", 2, 2),
        (b'{"a": "\xff"}', "J01", 1, 8),
        (b"", "J04", 1, 1),
        (b"{} {}", "J04", 1, 4),
        (b'{"a": "\\udc00"}', "J08", 1, 7),
        (b"[" * 1000, "J11", 1, 257),
    ],
)
def test_row_that_is_not_one_json_value_is_rejected(raw: bytes, code: str, line: int, column: int) -> None:
    rejected = read_row(raw)
    assert isinstance(rejected, Reject)
    assert (rejected.code, rejected.line, rejected.column) == (code, line, column)
    assert rejected.reason.endswith(".")


def test_place_inside_text_arguments_is_the_text_and_the_inside() -> None:
    row = '{"messages": [{"tool_calls": [{"function": {"name": "f", "arguments": "{\\"a\\": {\\"b\\": 1}}"}}]}]}'
    at = "/messages/0/tool_calls/0/function/arguments"
    assert read(row).places.outer(at + "/a/b") == Place(at, "/a/b")
    assert read(row).places.outer("/messages/0/role") == Place("/messages/0/role")


def test_place_inside_object_arguments_is_the_pointer_itself() -> None:
    row = '{"messages": [{"tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]}]}'
    at = "/messages/0/tool_calls/0/function/arguments/a"
    assert read(row).places.outer(at) == Place(at)
