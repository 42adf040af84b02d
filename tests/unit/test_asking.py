"""What a model is asked: the turns before a row's answer, behind worked examples that keep their calls."""

from __future__ import annotations

import json

import pytest

from curation.errors import UnreadableError
from curation.finetune.rows import ask, row_asked
from curation.llm.contract import write_turn
from curation.rendering import ChatRow

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
