"""Router rows: strict answers, short system turns, one row a decision."""

from __future__ import annotations

import json

import msgspec
import pytest

from curation.formats.contract import Written
from curation.formats.router import FORMAT, Broken, RouterAbstention, RouterCall, parse_answer, system_text
from curation.formats.router_results import read_result, write_result
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.reading import Place, Reading
from curation.model.values import UNSET, Arguments, Exact

TRACK = Definition(
    '{"type": "function", "function": {"name": "track_order", "description": "Find an order. Use it often.", '
    '"parameters": {"type": "object", "properties": {"order_id": {"type": "string"}, "speed": '
    '{"enum": ["slow", "fast"]}, "tags": {"type": "array", "items": {"type": "integer"}}}, "required": ["order_id"]}}}'
)


def user(text: str) -> Message:
    return Message("user", text)


def call(arguments: str = '{"order_id":"W1"}', n: int = 1, name: str = "track_order") -> Message:
    one = Call(name, Arguments(arguments, "object"), f"call_{n}", "function")
    return Message("assistant", None, (one,))


def result(content: str, n: int = 1) -> Message:
    return Message("tool", content, tool_call_id=f"call_{n}")


def say(text: str, reason: str | None = "answer_directly") -> Message:
    return Message("assistant", text, label=Label(reason=reason) if reason else None)


def make_example(*messages: Message) -> Example:
    return Example(messages=messages, tools=(TRACK,))


def write(example: Example) -> Written:
    assert FORMAT.write is not None
    return FORMAT.write(example)


def read(raw: bytes) -> Reading:
    reading = FORMAT.read(raw)
    assert isinstance(reading, Reading)
    return reading


def with_context(example: Example) -> Example:
    """The example as its last row holds it: only the last answer is learned."""
    *before, last = example.messages
    context = [msgspec.structs.replace(one, weight=Exact("0")) if one.role == "assistant" else one for one in before]
    return msgspec.structs.replace(example, messages=(*context, last))


def contents(row: bytes) -> list[str]:
    return [message["content"] for message in json.loads(row)["messages"]]


# -- answers ------------------------------------------------------------------------------------------------------


def test_answer_that_calls_keeps_the_text_of_its_arguments() -> None:
    assert parse_answer(' {"tool": "f", "arguments": {"a": 1.10, "n": 12345678901234567890}}\n') == RouterCall(
        "f", '{"a": 1.10, "n": 12345678901234567890}'
    )


def test_answer_that_abstains() -> None:
    assert parse_answer('{"tool": "no_tool", "reason": "refuse", "message": "No."}') == RouterAbstention(
        "refuse", "No."
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('```json\n{"tool": "f", "arguments": {}}\n```', "J15"),
        ('Sure: {"tool": "f", "arguments": {}}', "J15"),
        ('{"tool": "f", "arguments": {}} Done.', "J03"),
        ('{"tool": "f", "arguments": {}} {"tool": "f", "arguments": {}}', "J04"),
        ('{"tool": "f", "arguments": {"a": 1, "a": 2}}', "J05"),
        ('{"tool": "f", "tool": "g", "arguments": {}}', "J05"),
        ('{"tool": "f", "arguments": {"a": NaN}}', "J07"),
        ('{"tool": "f", "arguments": {"a": True}}', "J03"),
        ("{'tool': 'f', 'arguments': {}}", "J03"),
        ("[]", "J14"),
        ('"text"', "J14"),
        ("null", "J14"),
        ("", "J04"),
        ("Hello", "J03"),
    ],
)
def test_answer_that_cannot_be_parsed(text: str, code: str) -> None:
    answer = parse_answer(text)
    assert isinstance(answer, Broken)
    assert (answer.kind, answer.code) == ("unparseable", code)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "`tool`"),
        ('{"tool": 5, "arguments": {}}', "`tool`"),
        ('{"tool": "f"}', "no `arguments`"),
        ('{"tool": "f", "arguments": "{}"}', "are text"),
        ('{"tool": "f", "arguments": []}', "object"),
        ('{"tool": "f", "arguments": {}, "id": 1}', "`id` too many"),
        ('{"tool": "no_tool"}', "no `reason`"),
        ('{"tool": "no_tool", "reason": "refuse"}', "no `message`"),
        ('{"tool": "no_tool", "arguments": {}}', "no `reason`"),
        ('{"tool": "no_tool", "reason": null, "message": "x"}', "text"),
        ('{"name": "f", "arguments": {}}', "`tool`"),
    ],
)
def test_answer_of_the_wrong_shape(text: str, words: str) -> None:
    answer = parse_answer(text)
    assert isinstance(answer, Broken)
    assert answer.kind == "schema_invalid"
    assert words in answer.why


# -- system turn --------------------------------------------------------------------------------------------------


def test_system_text_names_tools_types_and_enums_in_few_words() -> None:
    lines = system_text("Be kind.", [TRACK]).split("\n")
    assert lines[:2] == ["Be kind.", ""]
    assert "track_order(order_id: str, speed?: slow|fast, tags?: int[]): Find an order" in lines
    assert lines[-1].startswith("Answer with one JSON object")
    assert "Use it often" not in system_text(None, [TRACK])


@pytest.mark.parametrize(
    ("schema", "signature"),
    [
        ('{"type": "object", "properties": {"a": {"type": ["string", "null"]}}}', "f(a?: str|null)"),
        (
            '{"type": "object", "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}',
            "f(a?: int|null)",
        ),
        (
            '{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "number"}}, '
            '"required": ["b"]}}, "required": ["a"]}',
            "f(a: {b: num})",
        ),
        (
            '{"type": "object", "properties": {"a": {"type": "array", "items": {"enum": ["x y", 5]}}}}',
            'f(a?: ("x y"|5)[])',
        ),
        ('{"type": "object", "properties": {"a": {"type": "string", "format": "date"}}}', "f(a?: date)"),
        ('{"type": "object", "properties": {"a": {}, "b": true, "c": {"const": "on"}}}', "f(a?: any, b?: any, c?: on)"),
        ("null", "f()"),
        ("[1]", "f()"),
    ],
)
def test_signature_of_odd_schemas(schema: str, signature: str) -> None:
    tool = Definition('{"name": "f", "parameters": ' + schema + "}")
    assert signature in system_text(None, [tool]).split("\n")


def test_endless_schema_has_a_short_signature() -> None:
    deep = '{"type": "array", "items": ' * 60 + "{}" + "}" * 60
    tool = Definition('{"name": "f", "parameters": {"type": "object", "properties": {"a": ' + deep + "}}}")
    assert len(system_text(None, [tool])) < 400


# -- writing ------------------------------------------------------------------------------------------------------


def test_each_decision_is_a_row_with_the_turns_before_it() -> None:
    example = make_example(user("Where?"), call(), result('{"state": "sent"}'), say("It is on its way."))
    written = write(example)
    assert written.losses == ()
    first, second = map(contents, written.rows)
    assert first[1:] == ["Where?", '{"tool":"track_order","arguments":{"order_id":"W1"}}']
    assert second[1:] == [
        *first[1:],
        '{"tool":"track_order","result":{"state": "sent"}}',
        '{"tool":"no_tool","reason":"answer_directly","message":"It is on its way."}',
    ]
    assert read(written.rows[-1]).example == with_context(example)


def test_row_carries_the_exact_definitions() -> None:
    (row,) = write(make_example(user("Hi"), say("Hello"))).rows
    assert TRACK.text.encode() in row


def test_own_system_text_comes_back() -> None:
    example = make_example(Message("system", "Be kind."), user("Hi"), say("Hello"))
    (row,) = write(example).rows
    assert contents(row)[0] == system_text("Be kind.", [TRACK])
    assert read(row).example == example


def test_failed_call_is_an_error_turn() -> None:
    example = make_example(user("Where?"), call(), result('{"error":"not found"}'), say("Not found.", "cannot_be_done"))
    assert contents(write(example).rows[-1])[3] == '{"tool":"track_order","error":"not found"}'
    assert read(write(example).rows[-1]).example == with_context(example)


@pytest.mark.parametrize(
    "content", ["plain", '"quoted"', "5", " 5", '{"a": 1}', '{"a":\n1}', "[1.10]", "", "null", '{"error": 1, "x": 2}']
)
def test_result_of_any_text_comes_back(content: str) -> None:
    back = read_result(write_result("f", content))
    assert back is not None
    assert back.content == content


def test_parallel_calls_are_refused_and_listed() -> None:
    both = Message("assistant", None, (*(call().calls or ()), *(call(n=2).calls or ())))
    written = write(make_example(user("Two"), both))
    assert written.rows == ()
    assert "2 calls at once" in (written.refused or "")


def test_decisions_before_parallel_calls_are_kept() -> None:
    both = Message("assistant", None, (*(call(n=2).calls or ()), *(call(n=3).calls or ())))
    written = write(make_example(user("Hi"), say("Hello"), user("Two"), both, say("Done")))
    assert len(written.rows) == 1
    (loss,) = written.losses
    assert loss.at == "/messages/2"
    assert "2 calls at once" in loss.what


def test_unlabelled_text_turn_is_listed() -> None:
    written = write(make_example(user("Hi"), say("Hello", None)))
    assert [loss.at for loss in written.losses] == ["/messages/1/label/reason"]
    assert '\\"reason\\":\\"answer_directly\\"' in written.rows[0].decode()


def test_turn_of_weight_zero_is_context_only() -> None:
    first = Message("assistant", None, call().calls, weight=Exact("0"))
    written = write(make_example(user("Hi"), first, result("5"), say("Five")))
    assert len(written.rows) == 1
    assert written.losses == ()
    assert read(written.rows[0]).example == make_example(user("Hi"), first, result("5"), say("Five"))


@pytest.mark.parametrize("weight", ["1", "0.0", "null"])
def test_any_other_weight_is_listed(weight: str) -> None:
    told = Message("assistant", "Hello", weight=Exact(weight), label=Label(reason="small_talk"))
    assert [loss.what for loss in write(make_example(user("Hi"), told)).losses] == ["weight"]


def test_earlier_answers_of_a_row_are_context() -> None:
    row = write(make_example(user("Hi"), say("Hello"), user("And?"), say("Well"))).rows[-1]
    weights = [one.weight for one in read(row).example.messages if one.role == "assistant"]
    assert weights == [Exact("0"), UNSET]


def test_a_weight_the_row_gives_itself_is_kept() -> None:
    row = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 1}, '
    row += b'{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}'
    assert read(row).example.messages[1].weight == Exact("1")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((user("Hi"),), "no assistant turn"),
        ((Message("user", Exact("[1]")), say("Hi")), "not plain text"),
        ((user("Hi"), Message("assistant", None)), "no content"),
        ((user("Hi"), call("{'a': 1}")), "no sound JSON object"),
        ((user("Hi"), call('{"a": 1, "a": 2}')), "no sound JSON object"),
        ((user("Hi"), call(name="no_tool")), "no name for a tool"),
        ((result("5"), say("Five")), "answers no call"),
        ((Message("judge", "x"), say("Hi")), "`judge`"),
        ((Message(whole=Exact("5")), say("Hi")), "no object"),
    ],
)
def test_what_no_row_can_hold_is_refused_in_one_sentence(messages: tuple[Message, ...], words: str) -> None:
    written = write(make_example(*messages))
    assert written.rows == ()
    assert words in (written.refused or "")


# -- reading ------------------------------------------------------------------------------------------------------


def test_foreign_row_without_our_block_is_read() -> None:
    row = {
        "messages": [
            {"role": "system", "content": "Answer in JSON."},
            {"role": "user", "content": "Where is W1?"},
            {"role": "assistant", "content": '{"tool": "track_order", "arguments": {"order_id": "W1"}}'},
        ]
    }
    reading = read(json.dumps(row).encode())
    system, _, answer = reading.example.messages
    assert system.content == "Answer in JSON."
    assert answer.calls is not None
    assert answer.calls[0].name == "track_order"


def test_places_reach_into_the_answer_as_given() -> None:
    example = make_example(user("Where?"), call(), result("5"), say("Five"))
    places = read(write(example).rows[-1]).places
    assert places.outer("/messages/1/tool_calls/0/function/arguments/order_id") == Place(
        "/messages/2/content", "/arguments/order_id"
    )
    assert places.outer("/messages/1/tool_calls/0/function/name") == Place("/messages/2/content", "/tool")
    assert places.outer("/messages/2/content") == Place("/messages/3/content", "/result")
    assert places.outer("/messages/3/content") == Place("/messages/4/content", "/message")
    assert places.outer("/messages/0/content") == Place("/messages/1/content")
    assert places.outer("/tools/0/function/name") == Place("/tools/0/function/name")


def test_broken_last_answer_is_a_finding_and_stays_text() -> None:
    row = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "{'tool': 'f'}"}]}
    reading = read(json.dumps(row).encode())
    (finding,) = reading.findings
    assert (finding.code, finding.at) == ("J03", "/messages/1/content")
    assert reading.example.messages[1].content == "{'tool': 'f'}"


def test_user_text_in_braces_is_no_result_without_a_call() -> None:
    text = '{"tool": "track_order", "result": 5}'
    row = {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "x"}]}
    assert read(json.dumps(row).encode()).example.messages[0] == user(text)


def test_fault_of_the_row_is_placed_at_the_inner_turn() -> None:
    (row,) = write(make_example(user("Hi"), say("Hello"))).rows
    doubled = row.replace(b'{"role":"user"', b'{"role":"user","role":"user"')
    reading = read(doubled)
    (finding,) = reading.findings
    assert finding.at == "/messages/0/role"
    assert reading.places.outer(finding.at) == Place("/messages/1/role")
