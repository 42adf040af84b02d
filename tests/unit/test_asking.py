"""What a model is asked: the turns before a row's answer, behind worked examples that keep their calls."""

from __future__ import annotations

import json

import pytest

from curation.errors import UnreadableError
from curation.finetune.rows import ask, can_ask, cut_decisions, is_question, row_asked
from curation.llm.contract import write_turn
from curation.rendering import ChatRow, UnusableTemplateError, bare_template

CALL = {"id": "call_1", "type": "function", "function": {"name": "track_order", "arguments": {"order_id": "A-1"}}}
CALLING = ChatRow(
    (
        {"role": "system", "content": "You help in a shop."},
        {"role": "user", "content": "Where is A-1?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": '{"status": "sent"}', "tool_call_id": "call_1", "name": "track_order"},
        {"role": "assistant", "content": "It was sent."},
    ),
    ({"type": "function", "function": {"name": "track_order"}},),
    "conversation",
)
ASKED = ChatRow(
    (
        {"role": "system", "content": "You help in a shop."},
        {"role": "user", "content": "Where is A-2?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
    ),
    CALLING.tools,
    "conversation",
)


def test_examples_that_call_keep_their_calls_and_results() -> None:
    told = [write_turn(turn) for turn in ask(ASKED, [CALLING]).turns]
    assert told == [CALLING.messages[0], *CALLING.messages[1:], ASKED.messages[1]]
    assert "None" not in json.dumps(told)


def test_what_was_asked_can_be_written_by_a_template_again() -> None:
    prompt = ask(ASKED, [CALLING])
    row = row_asked(prompt, "conversation")
    assert row.messages[2]["tool_calls"] == [CALL]
    assert row.tools == ASKED.tools


def test_parts_of_a_content_are_kept_as_they_stand() -> None:
    parts = ({"role": "user", "content": [{"type": "text", "text": "Hi"}]}, {"role": "assistant", "content": "Hello"})
    (shown, *_) = ask(ASKED, [ChatRow(parts, style="conversation")]).turns[1:]
    assert shown.content == '[{"type":"text","text":"Hi"}]'


def test_row_whose_question_calls_is_no_question() -> None:
    row = ChatRow((*CALLING.messages[:4], {"role": "assistant", "content": "Sent."}), style="router")
    with pytest.raises(UnreadableError, match="no plain question"):
        ask(row)


def test_conversation_is_asked_at_its_last_decision_behind_calls_and_results() -> None:
    prompt = ask(CALLING)
    assert [turn.role for turn in prompt.turns] == ["system", "user", "assistant", "tool"]
    assert json.loads(prompt.turns[2].calls[0]) == CALL
    assert prompt.turns[3].call_id == "call_1"


def test_conversation_is_cut_into_its_decisions() -> None:
    unlearnt = {**CALLING.messages[2], "weight": 0}
    row = ChatRow((*CALLING.messages[:2], unlearnt, *CALLING.messages[3:]), CALLING.tools, "conversation")
    assert [len(one.messages) for one in cut_decisions(CALLING)] == [3, 5]
    assert [len(one.messages) for one in cut_decisions(row)] == [5]
    assert cut_decisions(ChatRow(row.messages[:3], style="conversation")) == ()


def test_content_in_parts_is_no_question() -> None:
    parts = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
    row = ChatRow((parts, {"role": "assistant", "content": "Hello"}), style="conversation")
    assert not is_question(row)
    with pytest.raises(UnreadableError, match="no plain question"):
        ask(row)


def test_template_says_what_it_can_be_asked() -> None:
    one_call = bare_template("{% for m in messages %}{{ raise_exception('one') if m.tool_calls }}{% endfor %}")
    assert can_ask(one_call, ASKED)
    assert not can_ask(one_call, CALLING)
    assert not can_ask(one_call, ASKED, [CALLING]), "worked examples are written too"
    with pytest.raises(UnusableTemplateError):
        can_ask(bare_template("{% for %}"), ASKED)
