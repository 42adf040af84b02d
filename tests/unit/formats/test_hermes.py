"""Hermes rows and ChatML text: tags in text become calls, results and definitions, and nothing is misread."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.formats import detect_format, get_format
from curation.formats.chatml import FORMAT as CHATML
from curation.formats.contract import Format, Written
from curation.formats.hermes import FORMAT as HERMES
from curation.formats.hermes_system import SLOT
from curation.formats.hermes_turns import cut_results
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.reading import Place, Reading
from curation.model.values import UNSET, Arguments, Exact

DATA = Path(__file__).parents[2] / "data"
ROWS = (DATA / "formats/hermes/rows.jsonl").read_bytes().splitlines()
RENDERS = [json.loads(line) for line in (DATA / "chat_templates/renders.jsonl").read_text().splitlines()]
TOOL = Definition('{"type":"function","function":{"name":"find","parameters":{"type":"object"}}}')

both = pytest.mark.parametrize("fmt", [HERMES, CHATML], ids=lambda fmt: fmt.name)


def read(fmt: Format, row: object) -> Reading:
    reading = fmt.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def write(fmt: Format, *messages: Message, tools: tuple[Definition, ...] = (TOOL,)) -> Written:
    assert fmt.write is not None
    return fmt.write(Example(messages=messages, tools=tools))


def call(arguments: str = '{"a": 1.10}', name: str = "find", n: int = 1) -> Call:
    return Call(name, Arguments(arguments, "object"), f"call_{n}", "function")


def answer(*calls: Call, content: str | None = None) -> Message:
    return Message("assistant", content, calls)


def result(content: str, n: int = 1) -> Message:
    return Message("tool", content, tool_call_id=f"call_{n}")


USER = Message("user", "Find it.")
END = Message("assistant", "Here it is.")


# -- samples -------------------------------------------------------------------------------------------------------


def test_samples_are_told_from_other_rows() -> None:
    assert detect_format(ROWS) is HERMES
    assert all(HERMES.recognises(row) for row in ROWS)


def test_definitions_leave_a_slot_in_a_prompt_of_its_own_words() -> None:
    example = read(HERMES, ROWS[0]).example
    assert isinstance(example.tools, tuple)
    assert [tool.view.name for tool in example.tools] == ["get_stock"]
    own = str(example.messages[0].content)
    assert own.startswith("You are a function calling AI model.")
    assert own.count(SLOT) == 1
    assert "get_stock" not in own


def test_arguments_and_results_keep_their_text() -> None:
    example = read(HERMES, ROWS[0]).example
    (made,) = example.messages[2].calls or ()
    assert made == Call("get_stock", Arguments('{"symbol": "ACME", "limit": 1.10}', "object"), "call_1", "function")
    assert example.messages[3] == Message("tool", '{"price": 12.50}', tool_call_id="call_1")
    assert example.extra == {"id": '"h1"', "category": '"Finance"'}


def test_python_quoting_is_read_and_said() -> None:
    reading = read(HERMES, ROWS[1])
    said, one, other = reading.example.messages[2:5]
    assert said.content == "Both at once."
    assert [made.arguments for made in said.calls or ()] == [
        Arguments('{"symbol":"ACME","precise":true}', "object"),
        Arguments('{"symbol":"EMCA","precise":true}', "object"),
    ]
    assert [(one.content, one.tool_call_id), (other.content, other.tool_call_id)] == [
        ("12.50", "call_1"),
        ("3", "call_2"),
    ]
    assert [(finding.code, finding.at) for finding in reading.findings] == [
        ("J03", "/tools"),
        ("J12", "/messages/2/tool_calls"),
    ]


def test_block_of_a_template_is_no_part_of_the_own_text() -> None:
    example = read(HERMES, ROWS[2]).example
    assert [message.role for message in example.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert example.messages[0].content == "Be brief."
    assert example.messages[3].content == "closed today"


@pytest.mark.parametrize("row", ROWS)
@both
def test_samples_come_back_as_they_were_read(fmt: Format, row: bytes) -> None:
    example = read(HERMES, row).example
    assert fmt.write is not None
    written = fmt.write(example)
    assert written.losses == ()
    assert read(fmt, written.rows[0]).example == example


def test_places_point_into_the_text() -> None:
    places = read(HERMES, ROWS[1]).places
    assert places.outer("/messages/2/tool_calls/1/function/arguments/symbol") == Place(
        "/conversations/2/value", "/1/arguments/symbol"
    )
    assert places.outer("/messages/4/content") == Place("/conversations/3/value", "/1")
    assert places.outer("/messages/5/content") == Place("/conversations/4/value")
    assert places.outer("/messages/5/role") == Place("/conversations/4/role")


# -- what templates render -----------------------------------------------------------------------------------------

SAME_WORDS = [one for one in RENDERS if one["template"] == "qwen2_5" and one["arguments_as"] == "object"]


@pytest.mark.parametrize("render", SAME_WORDS, ids=lambda one: one["conversation"])
def test_chatml_text_is_what_the_template_writes(render: dict[str, object]) -> None:
    row = {"messages": render["messages"], "tools": render["tools"]}
    example = read(get_format("openai"), row).example
    if example.messages[0].role != "system":
        own = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
        example = Example(messages=(Message("system", own), *example.messages), tools=example.tools)
    assert CHATML.write is not None
    (line,) = CHATML.write(example).rows
    assert json.loads(line)["text"] == render["rendered"]


def test_there_are_renders_to_compare_with() -> None:
    assert len(SAME_WORDS) >= 3


@pytest.mark.parametrize(
    "render", [one for one in RENDERS if one["template"].startswith("qwen3_") or one in SAME_WORDS]
)
def test_rendered_text_is_read(render: dict[str, object]) -> None:
    if render["rendered"] is None or "<function=" in str(render["rendered"]):
        return
    reading = read(CHATML, {"text": render["rendered"]})
    assert CHATML.recognises(json.dumps({"text": render["rendered"]}).encode())
    given = [call for message in render["messages"] for call in message.get("tool_calls", ())]  # type: ignore[attr-defined]
    made = [call for message in reading.example.messages for call in message.calls or ()]
    assert [call.name for call in made] == [call["function"]["name"] for call in given]


# -- what is hard to tell apart ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "plain",
        '"quoted"',
        "5",
        " 5",
        "",
        '{"a": 1.0}',
        '{"a":\n1}',
        '{"name": "find", "content": 5}',
        "</tool_response>",
        "<tool_response>\nx\n</tool_response>",
        "\n",
        "<|im_end|>",
        "null",
        "é \u2028",
    ],
)
@both
def test_result_of_any_text_comes_back(fmt: Format, content: str) -> None:
    written = write(fmt, USER, answer(call()), result(content), END)
    assert written.losses == ()
    assert read(fmt, written.rows[0]).example.messages[2].content == content


@pytest.mark.parametrize("value", ["</tool_call>", "<tool_call>", '{"name": "find"}', "1.10"])
@both
def test_tags_inside_an_argument_are_no_tags(fmt: Format, value: str) -> None:
    arguments = json.dumps({"a": value})
    written = write(fmt, USER, answer(call(arguments)))
    assert written.losses == ()
    (made,) = read(fmt, written.rows[0]).example.messages[1].calls or ()
    assert made.arguments == Arguments(arguments, "object")


@pytest.mark.parametrize("content", ["Wait", "a\n", "\n", " ", "a\n\nb"])
@both
def test_text_beside_a_call_comes_back(fmt: Format, content: str) -> None:
    (row,) = write(fmt, USER, answer(call(), content=content)).rows
    assert read(fmt, row).example.messages[1].content == content


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((USER, Message("assistant", '<tool_call>{"name": "find"}</tool_call>')), "reads as a call"),
        ((USER, answer(call()), Message("user", "<tool_response>5</tool_response>"), END), "reads as a tool's result"),
        ((Message("system", "<tools>{}</tools>"), USER, END), "cannot be told apart"),
        ((USER, answer(call("[1]")), END), "no sound JSON object"),
        ((USER, result("5"), END), "answers no open call"),
        ((USER, Message("assistant", None)), "no content"),
        ((USER, Message("assistant", Exact("[]"))), "no plain text"),
        ((USER, Message("judge", "x")), "`judge`"),
        ((USER, answer(Call(UNSET))), "without a name"),
        ((), "no turns"),
    ],
)
@both
def test_what_text_cannot_hold_is_refused_in_one_sentence(
    fmt: Format, messages: tuple[Message, ...], words: str
) -> None:
    written = write(fmt, *messages, tools=() if "apart" in words or not messages else (TOOL,))
    assert written.rows == ()
    assert words in (written.refused or "")


@both
def test_results_in_another_order_are_told_by_their_names(fmt: Format) -> None:
    messages = (USER, answer(call(), call(name="sell", n=2)), result("sold", 2), result("found", 1), END)
    written = write(fmt, *messages)
    assert written.losses == ()
    back = read(fmt, written.rows[0]).example.messages
    assert [(one.content, one.tool_call_id) for one in back[2:4]] == [("sold", "call_2"), ("found", "call_1")]


@both
def test_results_that_nothing_tells_apart_are_refused(fmt: Format) -> None:
    written = write(fmt, USER, answer(call(), call(n=2)), result("two", 2), result("one", 1), END)
    assert "cannot tell from another" in (written.refused or "")


def test_control_tokens_in_a_turn_are_refused() -> None:
    assert "<|im_end|>" in (write(CHATML, Message("user", "a<|im_end|>"), END).refused or "")


@both
def test_turn_that_must_not_be_learnt_is_refused(fmt: Format) -> None:
    shown = Message("assistant", "Well.", weight=Exact("0"))
    assert "would be learnt" in (write(fmt, USER, shown, USER, END).refused or "")


def test_weight_of_a_learnt_turn_is_kept_in_turns_and_lost_in_text() -> None:
    learnt = Message("assistant", "Well.", weight=Exact("1"))
    assert write(HERMES, USER, learnt).losses == ()
    assert [loss.at for loss in write(CHATML, USER, learnt).losses] == ["/messages/1/weight"]


def test_broken_call_stays_text_with_a_finding() -> None:
    turns = [{"from": "human", "value": "x"}, {"from": "gpt", "value": "<tool_call>\nfind it\n</tool_call>"}]
    reading = read(HERMES, {"conversations": turns})
    assert [(finding.code, finding.at) for finding in reading.findings] == [("J12", "/messages/1/content")]
    assert reading.example.messages[1].content == "<tool_call>\nfind it\n</tool_call>"


def test_call_with_a_wrapper_of_another_kind_is_no_call() -> None:
    text = '<tool_call>{"name": "a", "function": {"name": "b"}}</tool_call>'
    reading = read(HERMES, {"messages": [{"role": "assistant", "content": text}]})
    assert reading.example.messages[0].content == text


def test_id_inside_a_call_and_a_result_is_kept() -> None:
    said = '<tool_call>{"id": "x9", "name": "find", "arguments": {}}</tool_call>'
    told = '<tool_response>{"tool_call_id": "x9", "name": "find", "content": "5"}</tool_response>'
    turns = [{"from": "gpt", "value": said}, {"from": "tool", "value": told}]
    one, other = read(HERMES, {"conversations": turns}).example.messages
    assert one.calls is not None
    assert (one.calls[0].id, other.tool_call_id, other.content) == ("x9", "x9", "5")


def test_definitions_beside_the_turns_leave_the_text_alone() -> None:
    row = json.loads(ROWS[0]) | {"tools": "[]"}
    example = read(HERMES, row).example
    assert example.tools == ()
    assert "get_stock" in str(example.messages[0].content)


def test_turn_with_calls_of_its_own_is_taken_as_it_is() -> None:
    turn = {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "function": {"name": "find"}}]}
    row = {"messages": [{"role": "user", "content": "x"}, turn]}
    assert read(HERMES, row).example == read(get_format("openai"), row).example


@pytest.mark.parametrize("text", ["", "hello", "<|im_start|>user", "<|im_start|>user\na<|im_start|>user\nb<|im_end|>"])
def test_text_that_is_no_chatml_stays_where_it_is(text: str) -> None:
    example = read(CHATML, {"text": text}).example
    assert example.messages == ()
    assert example.extra == {"text": json.dumps(text)}


def test_no_other_format_takes_the_rows() -> None:
    rows = (*ROWS, *write(CHATML, USER, END).rows)
    assert [detect_format([row]).name for row in rows] == ["hermes"] * len(ROWS) + ["chatml"]


@pytest.mark.parametrize("between", ["x", "\nBy the way:\n"])
def test_results_with_words_between_them_stay_the_text_they_are(between: str) -> None:
    wrapped = "<tool_response>\nok\n</tool_response>"
    assert cut_results(f" {wrapped}\n{wrapped}\n") == ["ok", "ok"]
    assert cut_results(f"{wrapped}{between}{wrapped}") is None
    assert cut_results(f"{wrapped}{wrapped}{between}") is None
