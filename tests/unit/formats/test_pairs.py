"""Preference rows: a pair is read into one example, and written from one or from a recovery."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.formats import detect_format, get_format
from curation.formats.contract import Format, Written
from curation.formats.openai_preference import FORMAT as OPENAI
from curation.formats.sharegpt_ranking import FORMAT as RANKING
from curation.formats.trl_preference import FORMAT as TRL
from curation.formats.trl_prompt import FORMAT as PROMPT
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.reading import Place, Reading
from curation.model.values import Arguments, Exact
from curation.rules import categories
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools

TOOL = Definition('{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "x": 1.10}}}')
USER = Message("user", "Do it.")
REJECTED = '[{"role":"assistant","content":"No."}]'

both = pytest.mark.parametrize("fmt", [OPENAI, TRL], ids=lambda fmt: fmt.name)


def call(n: int, text: str = '{"a":1.10}', *, label: Label | None = None) -> Message:
    return Message("assistant", None, (Call("f", Arguments(text), f"call_{n}", "function"),), label=label)


def result(n: int, content: str = "5") -> Message:
    return Message("tool", content, tool_call_id=f"call_{n}")


def write(fmt: Format, example: Example) -> Written:
    assert fmt.write is not None
    return fmt.write(example)


def read(fmt: Format, row: bytes | dict[str, Any]) -> Reading:
    reading = fmt.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def pair(*messages: Message, rejected: str = REJECTED, **extra: str) -> Example:
    return Example(messages=messages, tools=(TOOL,), extra={"non_preferred_output": rejected, **extra})


# -- a pair that the example states --------------------------------------------------------------------------------


@both
def test_pair_comes_back_with_every_character(fmt: Format) -> None:
    rejected = '[{"role":"assistant","tool_calls":[{"id":"x","function":{"name":"f","arguments":"{\\"a\\":1.10}"}}]}]'
    example = pair(USER, call(1), rejected=rejected)
    written = write(fmt, example)
    assert written.losses == ()
    assert "1.10" in written.rows[0].decode().split("rejected" if fmt is TRL else "non_preferred")[1]
    back = read(fmt, written.rows[0])
    assert back.example.messages[0] == USER
    assert back.example.tools == (TOOL,)
    assert write(fmt, back.example).rows == written.rows
    assert detect_format(written.rows) is fmt


def test_openai_row_holds_tools_and_flags_in_its_input() -> None:
    example = pair(USER, call(1), parallel_tool_calls="false", note='"x"')
    row = json.loads(write(OPENAI, example).rows[0])
    assert list(row) == ["input", "preferred_output", "non_preferred_output", "note"]
    assert list(row["input"]) == ["messages", "tools", "parallel_tool_calls"]
    assert isinstance(row["preferred_output"][0]["tool_calls"][0]["function"]["arguments"], str)
    assert read(OPENAI, write(OPENAI, example).rows[0]).example == example


def test_trl_row_holds_tools_as_text_and_arguments_as_objects() -> None:
    row = json.loads(write(TRL, pair(USER, call(1))).rows[0])
    assert json.loads(row["tools"]) == [json.loads(TOOL.text)]
    assert row["chosen"][0]["tool_calls"][0]["function"]["arguments"] == {"a": 1.1}
    assert b'{"a":1.10}' in write(TRL, pair(USER, call(1))).rows[0]


@both
def test_answers_before_the_pair_are_not_learnt(fmt: Format) -> None:
    written = write(fmt, pair(USER, Message("assistant", "Well."), USER, Message("assistant", "Yes.")))
    assert [loss.at for loss in written.losses] == ["/messages/1/weight"]
    back = read(fmt, written.rows[0]).example
    assert next(turn.weight for turn in back.messages if turn.role == "assistant") == Exact("0")


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (Example(messages=(USER, Message("assistant", "Yes."))), "no recovery"),
        (pair(USER), "nothing to prefer"),
        (pair(Message("assistant", "Yes.")), "nothing to answer"),
        (pair(USER, Message("assistant", "Yes."), rejected='"No."'), "holds no turns"),
        (pair(USER, Message("assistant", "Yes."), rejected="[5]"), "holds no turns"),
        (pair(USER, Message("assistant", "Yes."), rejected="[]"), "holds no turns"),
    ],
)
@both
def test_example_without_a_pair_is_refused(fmt: Format, example: Example, words: str) -> None:
    written = write(fmt, example)
    assert written.rows == ()
    assert words in (written.refused or "")


@pytest.mark.parametrize("name", ["openai", "trl", "trl_prompt"])
def test_formats_without_pairs_leave_the_rejected_answer_out_and_say_so(name: str) -> None:
    fmt = get_format(name)
    written = write(fmt, pair(USER, Message("assistant", "Yes.")))
    assert [loss.at for loss in written.losses] == ["/non_preferred_output"]
    assert b"non_preferred_output" not in written.rows[0]


# -- reading -------------------------------------------------------------------------------------------------------


@both
def test_several_preferred_turns_are_counted(fmt: Format) -> None:
    turns = [json.loads(text) for text in ('{"role":"assistant","content":"a"}', '{"role":"assistant","content":"b"}')]
    asked = [{"role": "user", "content": "x"}]
    row = {"input": {"messages": asked}, "preferred_output": turns, "non_preferred_output": json.loads(REJECTED)}
    if fmt is TRL:
        row = {"prompt": asked, "chosen": turns, "rejected": json.loads(REJECTED)}
    back = read(fmt, row).example
    assert back.extra["preferred_turns"] == "2"
    written = write(fmt, back)
    assert written.losses == ()
    assert json.loads(written.rows[0]) == row


def test_prompt_that_both_answers_begin_with_is_found() -> None:
    asked = {"role": "user", "content": "x"}
    row = {
        "chosen": [asked, {"role": "assistant", "content": "Yes."}],
        "rejected": [{"content": "x", "role": "user"}, {"role": "assistant", "content": "No."}],
    }
    reading = read(TRL, row)
    assert [turn.content for turn in reading.example.messages] == ["x", "Yes."]
    assert json.loads(reading.example.extra["non_preferred_output"]) == row["rejected"][1:]
    assert reading.places.outer("/messages/1/content") == Place("/chosen/1/content")
    assert reading.places.outer("/non_preferred_output/0/content") == Place("/rejected/1/content")


def test_faults_and_places_lead_to_the_row_as_given() -> None:
    row = b'{"input": {"messages": [{"role": "user", "role": "user", "content": "x"}], "tools": []}, '
    row += b'"preferred_output": [{"role": "assistant", "content": "Yes."}], "non_preferred_output": []}'
    reading = read(OPENAI, row)
    (finding,) = reading.findings
    assert finding.at == "/messages/0/role"
    assert reading.places.outer(finding.at) == Place("/input/messages/0/role")
    assert reading.places.outer("/messages/1/content") == Place("/preferred_output/0/content")
    assert reading.places.outer("/tools/0") == Place("/input/tools/0")


@pytest.mark.parametrize(
    "row",
    [
        {"input": {"messages": []}, "preferred_output": "Yes.", "non_preferred_output": []},
        {"input": {"messages": [], "a": 1}, "a": 2, "preferred_output": [], "non_preferred_output": []},
        {"input": {"messages": []}, "messages": [], "preferred_output": [], "non_preferred_output": []},
        {"prompt": "x", "chosen": "Yes.", "rejected": "No."},
        {"prompt": [], "chosen": [], "rejected": [], "non_preferred_output": []},
    ],
)
@both
def test_row_of_another_shape_loses_nothing(fmt: Format, row: dict[str, Any]) -> None:
    example = read(fmt, row).example
    if "chosen" in row and fmt is OPENAI:
        return
    kept = {key: json.loads(text) for key, text in example.extra.items()}
    assert kept == {key: value for key, value in row.items() if key != "messages"} or fmt is TRL


# -- pairs made of recoveries --------------------------------------------------------------------------------------

FIXED = Label(recovery="corrected_argument")
RECOVERY = (
    USER,
    call(1, '{"a":"one"}'),
    result(1, '{"error":"a is a number"}'),
    call(2, label=FIXED),
    result(2),
    Message("assistant", "Done."),
)


@both
def test_corrected_call_is_preferred_to_the_failed_one(fmt: Format) -> None:
    written = write(fmt, Example(messages=RECOVERY, tools=(TOOL,)))
    assert len(written.rows) == 1
    example = read(fmt, written.rows[0]).example
    assert [turn.role for turn in example.messages] == ["user", "assistant"]
    assert example.messages[1].calls is not None
    assert example.messages[1].calls[0].id == "call_2"
    assert "one" in example.extra["non_preferred_output"]
    assert "/messages/1" in {loss.at for loss in written.losses}


@both
def test_each_recovery_makes_a_pair(fmt: Format) -> None:
    again = (call(3, '{"a":"two"}'), result(3, '{"error":"no"}'), call(4, label=FIXED), result(4))
    written = write(fmt, Example(messages=(*RECOVERY, USER, *again), tools=(TOOL,)))
    assert [len(read(fmt, row).example.messages) for row in written.rows] == [2, 8]


@pytest.mark.parametrize("kind", ["retry_after_wait", "read_before_retry", "escalate", "give_up"])
def test_call_that_was_right_is_never_rejected(kind: str) -> None:
    messages = (*RECOVERY[:3], call(2, label=Label(recovery=kind)))
    assert write(TRL, Example(messages=messages)).rows == ()


def test_failed_turn_of_several_calls_is_never_rejected_as_a_whole() -> None:
    two = Message("assistant", None, (*(call(1).calls or ()), *(call(7).calls or ())))
    messages = (USER, two, result(1), result(7), call(2, label=FIXED))
    assert write(TRL, Example(messages=messages)).rows == ()


def test_drafted_recoveries_make_pairs() -> None:
    drafted = get_synthesizer("schema_driven").draft(Order(demo_tools(), 120, seed=7))
    recoveries = [one.example for one in drafted if "recovery" in categories(one.example)]
    assert sum(bool(write(TRL, example).rows) for example in recoveries) >= 3


# -- prompt and completion -----------------------------------------------------------------------------------------


def test_each_decision_is_completed_once() -> None:
    example = Example(messages=(Message("system", "Be kind."), USER, call(1), result(1), Message("assistant", "Done.")))
    rows = [json.loads(row) for row in write(PROMPT, example).rows]
    assert [len(row["prompt"]) for row in rows] == [2, 4]
    assert [row["completion"][0]["role"] for row in rows] == ["assistant", "assistant"]
    assert all("weight" not in turn for row in rows for turn in row["prompt"])


def test_prompt_is_context_when_it_is_read() -> None:
    example = Example(messages=(USER, call(1), result(1), Message("assistant", "Done.")))
    back = read(PROMPT, write(PROMPT, example).rows[-1])
    assert [turn.weight == Exact("0") for turn in back.example.messages] == [False, True, False, False]
    assert back.places.outer("/messages/3/content") == Place("/completion/0/content")
    assert back.places.outer("/messages/1/tool_calls/0/function/arguments/a") == Place(
        "/prompt/1/tool_calls/0/function/arguments/a"
    )


def test_answer_without_a_prompt_gets_no_row() -> None:
    first = Message("assistant", "Hello.")
    written = write(PROMPT, Example(messages=(first, USER, Message("assistant", "Yes."))))
    assert len(written.rows) == 1
    assert [loss.at for loss in written.losses] == ["/messages/0/weight"]
    assert "no prompt" in (write(PROMPT, Example(messages=(Message("system", "x"), first))).refused or "")


# -- LLaMA-Factory -------------------------------------------------------------------------------------------------

RANKED = {
    "conversations": [{"from": "human", "value": "Do it."}],
    "chosen": {"from": "function_call", "value": '{"name": "f", "arguments": {"a": 1.10}}'},
    "rejected": {"from": "gpt", "value": "No."},
    "system": "Be kind.",
    "tools": f"[{TOOL.text}]",
}


def test_ranked_answers_are_a_pair() -> None:
    reading = read(RANKING, RANKED)
    assert [turn.role for turn in reading.example.messages] == ["system", "user", "assistant"]
    assert (reading.example.messages[2].calls or ())[0].arguments == Arguments('{"a": 1.10}', "object")
    assert json.loads(reading.example.extra["non_preferred_output"]) == [{"role": "assistant", "content": "No."}]
    assert reading.places.outer("/messages/2/tool_calls/0/function/arguments/a").at == "/chosen/value"
    assert detect_format([json.dumps(RANKED).encode()]) is RANKING


def test_ranked_answers_come_back_in_every_pair_format() -> None:
    example = read(RANKING, RANKED).example
    for fmt in (RANKING, OPENAI, TRL):
        (row,) = write(fmt, example).rows
        back = read(fmt, row).example
        assert back.messages[1:2] == example.messages[1:2]
        assert write(RANKING, back).rows == write(RANKING, example).rows


def test_ranking_tells_the_trainer_where_both_answers_stand() -> None:
    assert RANKING.companions is not None
    entries = json.loads(RANKING.companions({"train": "rows.train.jsonl"})["dataset_info.json"])
    (entry,) = entries.values()
    assert entry["ranking"] is True
    assert {"chosen": "chosen", "rejected": "rejected", "messages": "conversations"}.items() <= entry["columns"].items()


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (pair(USER, USER, Message("assistant", "Yes.")), "user's turn"),
        (pair(USER, Message("assistant", "Yes."), rejected=REJECTED[:-1] + "," + REJECTED[1:]), "2 turns"),
        (pair(USER, Message("assistant", "Yes."), Message("assistant", "Yes."), preferred_turns="2"), "2 turns"),
    ],
)
def test_pair_that_the_trainer_would_drop_is_refused(example: Example, words: str) -> None:
    assert words in (write(RANKING, example).refused or "")


@pytest.mark.parametrize("row", [RANKED | {"chosen": "Yes."}, RANKED | {"preferred_turns": 2}])
def test_ranking_of_another_shape_loses_nothing(row: dict[str, Any]) -> None:
    assert {"chosen", "rejected"} <= read(RANKING, row).example.extra.keys()
