from __future__ import annotations

import pytest

from curation.llm.answers import drop_thoughts, read_reply, restore_thought
from curation.llm.contract import Reply
from tests.llm.asking import SCHEMA


@pytest.mark.parametrize(
    "text",
    [
        '{"number": 4}',
        ' {"number": 4}\n',
        '```json\n{"number": 4}\n```',
        '```\n{"number": 4}```',
        '<think>Four, surely.</think>\n{"number": 4}',
    ],
)
def test_one_value_is_read_with_or_without_a_fence(text: str) -> None:
    assert read_reply(Reply(text), SCHEMA).value == {"number": 4}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Well, four.", "not one JSON value"),
        ('Here it is: {"number": 4}', "not one JSON value"),
        ('{"number": 4} {"number": 5}', "not one JSON value"),
        ('{"number": 4, "number": 5}', "not one JSON value"),
        ('{"number": NaN}', "not one JSON value"),
        ("{'number': 4}", "not one JSON value"),
        ('{"number": "four"}', "does not fit what was asked for: /number"),
        ("{}", "does not fit what was asked for: the whole"),
        ("   ", "is empty"),
        ("<think>Hm.</think>", "is empty"),
    ],
)
def test_anything_else_is_a_trouble_and_never_guessed(text: str, why: str) -> None:
    read = read_reply(Reply(text), SCHEMA)
    assert why in read.trouble
    assert read.value is None


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply("", refusal="I can't\nhelp."), "The model declined: I can't help."),
        (Reply('{"number": 4}', finish="content_filter"), "content filter"),
        (Reply('{"number": 4}', finish="length"), "cut off"),
    ],
)
def test_an_answer_that_did_not_come_to_its_end_is_a_trouble(reply: Reply, why: str) -> None:
    assert why in read_reply(reply, SCHEMA).trouble
    assert why in read_reply(reply).trouble


def test_plain_text_is_taken_as_it_is() -> None:
    read = read_reply(Reply("Could you cancel my order?", finish="stop"))
    assert (read.text, read.value, read.trouble) == ("Could you cancel my order?", None, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<think>Hm.</think>\nHello", "\nHello"),
        ("<think>Hm.</think>\n<think>Yes.</think>\nHello", "\nHello"),
        ("<think>Let me see", ""),
        ("<think>Hm.</think><think>Let me", ""),
        ("Let me see.\n</think>\n\nHello", "\n\nHello"),
        ("Let me see.</think>\nHello", "\nHello"),
        ('Let me see.\n</think>{"tool": "ping"}', '{"tool": "ping"}'),
        ("Let me see.</think>", ""),
        ("</think>Hello", "Hello"),
    ],
)
def test_thoughts_are_dropped_wherever_their_tags_stand(text: str, said: str) -> None:
    assert drop_thoughts(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "Write `</think>` to end a thought.",
        "A thought ends with </think>",
        "A thought stands between <think> and\n</think>\n.",
        '{"tool": "note", "arguments": {"text": "a</think>b"}}',
        '{"tool": "note", "arguments": {"text": "a</think>"\n}}',
        "`<think>` opens a thought.",
    ],
)
def test_words_about_a_tag_stay_words(text: str) -> None:
    assert drop_thoughts(text) == text


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply("Let me", finish="length"), "<think>Let me"),
        (Reply("Hm.</think>Hello"), "<think>Hm.</think>Hello"),
        (Reply("Hello"), "Hello"),
    ],
)
def test_thought_that_the_prompt_opens_is_told_whole(reply: Reply, told: str) -> None:
    assert restore_thought("<|im_start|>assistant\n<think>\n", reply).text == told
    assert restore_thought("<|im_start|>assistant\n<think></think>\n", reply) == reply
