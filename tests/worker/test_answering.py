"""Rows to answer: what each offers, and how far a grammar can hold the answer to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.errors import UnreadableError
from curation.finetune.answering import choose_shown, read_asked, sum_up_held
from curation.finetune.spec import AnswerSpec
from curation.metrics.held import Held, gather_notes
from curation.rendering import ChatRow

TOOL = {
    "type": "function",
    "function": {
        "name": "note",
        "parameters": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
}
LOOSE = {
    "type": "function",
    "function": {
        "name": "loose",
        "parameters": {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}},
    },
}


def row(text: str, tools: list[Any] | None) -> str:
    answer = json.dumps({"tool": "note", "arguments": {"text": text}})
    turns = [{"role": "user", "content": "Write it down"}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": turns} | ({} if tools is None else {"tools": tools})) + "\n"


def spec(**more: Any) -> AnswerSpec:
    return AnswerSpec(launch_id="x", model=Path("m"), rows="test.jsonl", style="router", **more)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "test.jsonl"
    path.write_text(row("short", [TOOL]) + row("x" * 101, [TOOL]) + "\n" + row("y", None) + row("z", [TOOL, LOOSE]))
    return path


@pytest.mark.training
def test_rows_that_no_grammar_holds_and_answers_beyond_it_are_counted(rows: Path) -> None:
    asked = read_asked(rows, spec(grammar=True))
    assert [one.is_refused for one in asked] == [False, True, False, False]
    assert sum_up_held(asked) == Held(loosened=("loose",), refused=1, unheld=1)
    assert sum_up_held(read_asked(rows, spec(grammar=True, limit=1))) == Held(refused=0, unheld=0)


def test_without_a_grammar_rows_are_read_with_what_they_offer(rows: Path) -> None:
    asked = read_asked(rows, spec())
    assert [one.tools and [tool.view.name for tool in one.tools] for one in asked] == [
        ["note"],
        ["note"],
        None,
        ["note", "loose"],
    ]
    assert not any(one.grammar.text or one.is_refused for one in asked)


def test_row_that_is_none_is_named_by_its_line(rows: Path) -> None:
    with rows.open("a") as stream:
        stream.write("Well\n")
    with pytest.raises(UnreadableError, match=r"Line 6 of test\.jsonl"):
        read_asked(rows, spec())
    with pytest.raises(UnreadableError, match=r"in gone\.jsonl cannot be read"):
        read_asked(rows.with_name("gone.jsonl"), spec())


def test_each_thing_to_know_of_a_grammar_is_told_once_with_the_models_it_is_about() -> None:
    held = {"base": Held(("a", "b"), refused=2, unheld=0, closed=1), "tuned": Held(("a", "b"), refused=2, unheld=1)}
    assert gather_notes(held) == {
        "The grammar, not the model, wrote the end of 1 answer that ran out of tokens.": ("base",),
        "The right answers of 2 rows are beyond the grammar, which bounds texts, lists and numbers.": ("base", "tuned"),
        "The grammar lets more through than the schema of `a`, `b`.": ("base", "tuned"),
        "1 row names no tools: its answer was held to nothing.": ("tuned",),
    }
    assert gather_notes({"base": Held(refused=0, unheld=0)}) == {}


def conversation(tool: str, *after: dict[str, Any]) -> ChatRow:
    call = {"id": "call_0", "type": "function", "function": {"name": tool, "arguments": {}}}
    calling = [{"role": "assistant", "tool_calls": [call]}] if tool else []
    return ChatRow(({"role": "user", "content": f"Please {tool}"}, *calling, *after), (TOOL,), "conversation")


def test_examples_of_conversations_show_different_tools() -> None:
    told = ({"role": "tool", "tool_call_id": "call_0", "content": "{}"}, {"role": "assistant", "content": "Done."})
    words = conversation("", {"role": "assistant", "content": "Hello!"})
    note, loose, ping = conversation("note"), conversation("loose", *told), conversation("ping")
    rows = [note, conversation("note", *told), loose, words, ping]
    assert choose_shown(rows, 4) == (note, loose, words, ping)
    assert choose_shown(rows[:3], 3) == (note, loose, rows[1])


def test_a_conversation_with_a_broken_call_may_be_shown() -> None:
    broken = ChatRow(({"role": "assistant", "tool_calls": [{"function": "note"}]},), (), "conversation")
    assert choose_shown([broken, conversation("note")], 2) == (broken, conversation("note"))
