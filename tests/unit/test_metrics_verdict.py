"""Every answer falls into exactly one class."""

import json

import pytest

from curation.metrics.answers import Answer, read_answer_line
from curation.metrics.given import Verdict
from tests.unit.metric_rows import gold, message, native, router_gold, score, text

CALL_ROW = gold(("track_order", {"order_id": "A1001"}))
ROUTER_ROW = router_gold({"tool": "track_order", "arguments": {"order_id": "A1001"}})
RIGHT = ("track_order", {"order_id": "A1001"})

NATIVE = {
    "fits": (native(RIGHT), "valid_call"),
    "unknown tool": (native(("fly", {})), "unknown_tool"),
    "required argument missing": (native(("track_order", {})), "schema_invalid"),
    "argument not declared": (native(("track_order", {"order_id": "A1001", "fast": True})), "schema_invalid"),
    "tool without parameters takes none": (native(("ping", {"x": 1})), "schema_invalid"),
    "tool without parameters": (native(("ping", {})), "valid_call"),
    "arguments are a list": (native(("track_order", "[1]")), "unparseable"),
    "arguments are empty": (native(("track_order", "")), "unparseable"),
    "arguments are encoded twice": (native(("track_order", '"{\\"order_id\\": \\"A1001\\"}"')), "unparseable"),
    "arguments double a key": (native(("track_order", '{"order_id": "A1", "order_id": "A2"}')), "unparseable"),
    "arguments hold NaN": (native(("request_refund", '{"order_id": "A1", "amount": NaN}')), "unparseable"),
    "worst of several is unknown": (native(("track_order", {}), ("fly", {}), RIGHT), "unknown_tool"),
    "worst of several is unparseable": (native(("fly", {}), ("track_order", "{")), "unparseable"),
    "plain text": (native(content="Which order do you mean?"), "valid_no_tool"),
    "nothing at all": (native(), "unparseable"),
    "blanks": (native(content=" \n\t"), "unparseable"),
    "blanks given as text": (text(" \n"), "unparseable"),
    "thoughts alone": (native(content="<think>Which tool?</think>\n"), "unparseable"),
    "thoughts that are cut": (text("<think>Let me see"), "unparseable"),
    "thoughts that the prompt opens": (text("Let me see.</think>\n"), "unparseable"),
    "thoughts twice": (text("<think>Which?</think>\n<think>That one.</think>\n"), "unparseable"),
    "a call only thought of": (text('<think>{"name": "ping", "arguments": {}}</think>Hello!'), "valid_no_tool"),
    "words about a tag": (text("A thought ends with `</think>`."), "valid_no_tool"),
    "words behind thoughts": (native(content="<think>Which tool?</think>\nWhich order?"), "valid_no_tool"),
    "no parts": (read_answer_line(b'{"message": {"content": []}}'), "unparseable"),
    "parts without words": (
        read_answer_line(b'{"message": {"content": [{"type": "text", "text": ""}]}}'),
        "unparseable",
    ),
    "empty list of calls": (read_answer_line(b'{"message": {"content": "", "tool_calls": []}}'), "unparseable"),
    "words of refusal alone": (
        read_answer_line(b'{"message": {"content": null, "refusal": "I cannot help with that."}}'),
        "valid_no_tool",
    ),
    "a part of refusal": (
        read_answer_line(b'{"message": {"content": [{"type": "refusal", "refusal": "I cannot do that."}]}}'),
        "valid_no_tool",
    ),
    "truncated markup": (native(content='<tool_call>{"name": "track_or'), "unparseable"),
    "fenced call": (native(content='```json\n{"name": "track_order", "arguments": {}}\n```'), "unparseable"),
    "Python literal": (native(content="{'name': 'track_order', 'arguments': {'order_id': 'A1001'}}"), "unparseable"),
    "text around a call": (native(content='Sure: {"name": "track_order", "arguments": {}}'), "unparseable"),
    "fragment": (native(content='"arguments": {"order_id": "A1001"}}'), "unparseable"),
    "router object without arguments": (native(content='{"tool": "track_order"}'), "unparseable"),
    "call written as code": (native(content="[track_order(order_id='A1001')]"), "unparseable"),
    "words behind a call that states its type": (
        native(content='{"type": "function", "name": "ping", "parameters": {"x": 1}} Done.'),
        "unparseable",
    ),
    "call with an id in a fence": (
        native(content='```json\n{"id": 1, "name": "ping", "parameters": {}}\n```'),
        "unparseable",
    ),
    "call with an id, cut off": (native(content='{"id": 1, "name": "fly", "parameters": {"to": "Ro'), "unparseable"),
    "call cut off in its name": (native(content='{"id": 1, "name": "track_or'), "unparseable"),
    "call whose beginning is cut off": (native(content='"name": "fly", "parameters": {"to": "Rome"}}'), "unparseable"),
    "call behind a thought in it": (
        native(content='{"thought": "I look.", "name": "fly", "parameters": {}}'),
        "unparseable",
    ),
    "tool named last": (native(content='{"order_id": "A1001", "tool": "track_order"}'), "unparseable"),
    "tool named behind an object": (native(content='{"with": {"id": "A1"}, "tool": "track_order"}'), "unparseable"),
    "a function with args": (native(content='{"function": "ping", "args": {}}'), "unparseable"),
    "an action with its input": (native(content='{"action": "ping", "action_input": {}}'), "unparseable"),
    "a Python literal that names its tool last": (native(content="{'id': 1, 'tool': 'ping'}"), "unparseable"),
    "tool as the key": (native(content='{"track_order": {"order_id": "A1001"}}'), "unparseable"),
    "tool as the key, cut off": (native(content='Sure: {"track_order": {"order'), "unparseable"),
    "a tool named in words": (native(content='The tool "track_order" is named "ping" elsewhere.'), "valid_no_tool"),
    "a tool named in words like a key": (native(content='Its "name": "ping", as you know.'), "valid_no_tool"),
    "words about keys beside braces": (native(content='Fill {this}: "name": and "parameters": too.'), "valid_no_tool"),
    "data that holds a tool's name": (native(content='{"note": "ping", "of": ["track_order"]}'), "valid_no_tool"),
    "data with a name behind": (native(content='{"id": 1, "name": "Ada", "parameters_of": 2}'), "valid_no_tool"),
    "data with parameters elsewhere": (
        native(content='{"who": {"name": "Ada"}, "parameters": {"x": 1}}'),
        "valid_no_tool",
    ),
    "data with a name in it": (native(content='The customer is {"name": "Ada", "age": 36}.'), "valid_no_tool"),
    "talk about tools": (native(content="My arguments: a tool is named by its name."), "valid_no_tool"),
    "whole markup is a call": (
        native(content='<tool_call>\n{"name": "track_order", "arguments": {"order_id": "A1001"}}\n</tool_call>'),
        "valid_call",
    ),
    "Llama writes parameters": (native(content='{"name": "ping", "parameters": {}}'), "valid_call"),
    "a list of calls as text": (native(content='[{"name": "ping", "arguments": {}}]'), "valid_call"),
    "a list with a broken call": (
        native(content='[{"name": "ping", "arguments": {}}, {"name": "ping", "arguments": 5}]'),
        "unparseable",
    ),
    "a list of calls with words around it": (
        native(content='Sure: [{"name": "ping", "arguments": {}}]'),
        "unparseable",
    ),
    "a list of calls that doubles a key": (
        native(content='[{"name": "ping", "name": "ping", "arguments": {}}]'),
        "unparseable",
    ),
    "a list of data": (native(content='[{"name": "Ada"}, {"name": "Bea"}]'), "valid_no_tool"),
    "one broken block of two": (
        native(content='<tool_call>{"name": "ping", "arguments": {}}</tool_call><tool_call>{"name": "pi'),
        "unparseable",
    ),
    "the old function_call key": (
        read_answer_line(b'{"message": {"function_call": {"name": "ping", "arguments": "{}"}}}'),
        "valid_call",
    ),
    "calls that are no list": (read_answer_line(b'{"message": {"tool_calls": {"name": "ping"}}}'), "unparseable"),
    "native text given as text": (text("Hello!"), "valid_no_tool"),
}

ROUTER = {
    "behind thoughts": (
        text('<think>Which?</think>\n{"tool": "track_order", "arguments": {"order_id": "A1001"}}'),
        "valid_call",
    ),
    "fits": (text({"tool": "track_order", "arguments": {"order_id": "A1001"}}), "valid_call"),
    "says no": (text({"tool": "no_tool", "reason": "small_talk", "message": "Hi"}), "valid_no_tool"),
    "plain text": (text("Hello!"), "unparseable"),
    "empty": (text(""), "unparseable"),
    "not an object": (text([]), "unparseable"),
    "fenced": (text('```json\n{"tool": "ping", "arguments": {}}\n```'), "unparseable"),
    "second value": (text('{"tool": "ping", "arguments": {}} {"tool": "ping", "arguments": {}}'), "unparseable"),
    "doubled key": (text('{"tool": "ping", "tool": "ping", "arguments": {}}'), "unparseable"),
    "NaN": (text('{"tool": "request_refund", "arguments": {"order_id": "A1", "amount": NaN}}'), "unparseable"),
    "Python literal": (text("{'tool': 'ping', 'arguments': {}}"), "unparseable"),
    "unknown tool": (text({"tool": "fly", "arguments": {}}), "unknown_tool"),
    "unknown tool with a key too many": (text({"tool": "fly", "arguments": {}, "x": 1}), "unknown_tool"),
    "key too many": (text({"tool": "ping", "arguments": {}, "x": 1}), "schema_invalid"),
    "arguments missing": (text({"tool": "ping"}), "schema_invalid"),
    "arguments as text": (text({"tool": "ping", "arguments": "{}"}), "schema_invalid"),
    "no_tool without a reason": (text({"tool": "no_tool", "message": "Hi"}), "schema_invalid"),
    "breaks its schema": (text({"tool": "track_order", "arguments": {"order_id": 7}}), "schema_invalid"),
    "native calls": (native(RIGHT), "valid_call"),
    "router text in a message": (native(content='{"tool": "ping", "arguments": {}}'), "valid_call"),
    "router text in a message, misshapen": (native(content='{"tool": "ping", "arguments": "{}"}'), "schema_invalid"),
    "router abstention in a message": (
        native(content='{"tool": "no_tool", "reason": "small_talk", "message": "Hi"}'),
        "valid_no_tool",
    ),
    "plain text in a message": (native(content="Hello!"), "valid_no_tool"),
    "empty message": (native(), "unparseable"),
    "fenced answer in a message": (native(content='```json\n{"tool": "ping", "arguments": {}}\n```'), "unparseable"),
    "call encoded once more": (native(content=json.dumps('{"tool": "ping", "arguments": {}}')), "unparseable"),
    "cut call encoded once more": (native(content='"{\\"name\\": \\"ping'), "unparseable"),
    "quoted words": (native(content='"I said \\"hello\\""'), "valid_no_tool"),
    "fragment in a message": (native(content='{"tool": "pi'), "unparseable"),
}


@pytest.mark.parametrize(("answer", "verdict"), NATIVE.values(), ids=NATIVE)
def test_native_answer_falls_into_its_class(answer: Answer, verdict: str) -> None:
    assert score((CALL_ROW, answer)).scored[0].verdict == Verdict(verdict)


@pytest.mark.parametrize(("answer", "verdict"), ROUTER.values(), ids=ROUTER)
def test_router_answer_falls_into_its_class(answer: Answer, verdict: str) -> None:
    assert score((ROUTER_ROW, answer), router=True).scored[0].verdict == Verdict(verdict)


def test_router_text_is_recognised_without_being_told() -> None:
    row = gold(content='{"tool": "track_order", "arguments": {"order_id": "A1001"}}')
    report = score((row, text("Hello!")), (row, text({"tool": "track_order", "arguments": {"order_id": "A1001"}})))
    assert [one.verdict for one in report.scored] == [Verdict.UNPARSEABLE, Verdict.VALID_CALL]
    assert report.overall.metrics["argument_match"].value == 0.5


def test_an_invalid_answer_says_why() -> None:
    report = score((CALL_ROW, native(("track_order", {"order_id": 7}))))
    assert "track_order" in report.scored[0].given.why
    assert "order_id" in report.scored[0].given.why


def test_a_list_of_calls_as_text_is_read_in_its_order() -> None:
    answer = text([{"name": "ping", "arguments": {}}, {"name": RIGHT[0], "arguments": RIGHT[1]}])
    given = score((CALL_ROW, answer)).scored[0].given
    assert [(call.name, call.arguments) for call in given.calls] == [("ping", {}), RIGHT]


def test_an_unreadable_answer_chose_nothing_not_even_no_tool() -> None:
    silent_row = gold(content="Hello!")
    report = score((silent_row, native(content="<tool_call>{")))
    assert report.overall.metrics["tool_name_accuracy"].value == 0
    assert report.overall.metrics["invalid_on_no_tool"].value == 1
    assert report.overall.metrics["false_call_rate"].value == 0


@pytest.mark.parametrize("answer", [text(""), text(" "), native(), Answer(text="", is_empty=True)])
def test_silence_is_no_abstention_wherever_the_answer_comes_from(answer: Answer) -> None:
    report = score((gold(content="Hello!"), answer), (CALL_ROW, answer))
    assert {one.given.why for one in report.scored} == {"The model said nothing: neither words nor a call."}
    metrics = report.overall.metrics
    assert (metrics["invalid_on_no_tool"].value, metrics["missed_call_rate"].value) == (1, 0)


def test_rows_without_tools_offer_what_the_file_calls() -> None:
    row = gold(("track_order", {"order_id": "A1001"}), tools=None)
    report = score((row, native(RIGHT)), (row, native(("fly", {}))))
    assert [one.verdict for one in report.scored] == [Verdict.VALID_CALL, Verdict.UNKNOWN_TOOL]
    assert any("list no tools" in warning for warning in report.warnings)


def test_broken_markup_is_found_in_linear_time() -> None:
    from time import perf_counter

    answers = [
        native(content=piece * 20_000) for piece in ("<tool_call>{", '{"name":', "{ ", "<tool_call></tool_call>")
    ]
    began = perf_counter()
    score(*[(CALL_ROW, answer) for answer in answers])
    assert perf_counter() - began < 1


def test_names_in_many_objects_in_each_other_are_looked_at_in_linear_time() -> None:
    from time import process_time

    nested = '{"name":' * 800 + "[" + "1," * 45_000 + "1]" + "}" * 800
    pieces = ("{", '}"name":', '{"id":1,"name":"', '"name":"a\n')
    answers = [native(content=one) for one in (nested, *(piece * 6_000 for piece in pieces))]
    began = process_time()
    score(*[(CALL_ROW, answer) for answer in answers])
    assert process_time() - began < 2


def test_message_may_hold_content_parts() -> None:
    row = {"message": message(content="x") | {"content": [{"type": "text", "text": "<tool_call>{"}]}}
    import json

    assert score((CALL_ROW, read_answer_line(json.dumps(row).encode()))).scored[0].verdict is Verdict.UNPARSEABLE
