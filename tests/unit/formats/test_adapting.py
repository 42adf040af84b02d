"""What an export may be asked to do to its rows: failed calls that are not learnt, and the system turn."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from curation.formats import FORMATS, Format, get_format
from curation.formats.adapting import (
    CANNOT_MARK,
    LEFT_OUT,
    MARKED,
    UNHEEDED,
    Adapted,
    mark_mistakes,
    write_adapted,
)
from curation.formats.options import PLAIN, Options, SystemTurn, formats_version
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.reading import Reading
from curation.model.values import Arguments, Exact

TOOL = Definition(
    '{"type":"function","function":{"name":"f","description":"F.","parameters":{"type":"object","properties":'
    '{"a":{"type":"number","description":"A number."}},"required":["a"]}}}'
)
PROMPT = SystemTurn(3, "Be kind.")
each_written = pytest.mark.parametrize("fmt", [one for one in FORMATS if one.write], ids=lambda one: one.name)


def call(n: int, text: str) -> Call:
    return Call("f", Arguments(text), f"call_{n}", "function")


def recovery(kind: str = "corrected_argument") -> Example:
    """A call that fails, and another one in its place."""
    return Example(
        (
            Message("user", "Do it with 2."),
            Message("assistant", None, (call(1, '{"a":"x"}'),)),
            Message("tool", '{"error":"a is no number"}', tool_call_id="call_1"),
            Message("assistant", None, (call(2, '{"a":2}'),), label=Label(recovery=kind)),
            Message("tool", '{"done":true}', tool_call_id="call_2"),
            Message("assistant", "Done."),
        ),
        (TOOL,),
    )


def write(fmt: Format | str, example: Example | None = None, **named: Any) -> Adapted:
    known = get_format(fmt) if isinstance(fmt, str) else fmt
    return write_adapted(known, example or recovery(), Options(**named))


def weights(adapted: Adapted, name: str) -> list[list[object]]:
    """The weights of the assistant's turns in each row, read back."""
    readings = [get_format(name).read(row) for row in adapted.written.rows]
    return [
        [turn.weight == Exact("0") for turn in one.example.messages if turn.role == "assistant"]
        for one in readings
        if isinstance(one, Reading)
    ]


@each_written
def test_without_options_rows_are_as_the_format_writes_them(fmt: Format) -> None:
    assert fmt.write is not None
    assert write(fmt) == Adapted(fmt.write(recovery()))
    assert not PLAIN.changes_rows


@each_written
def test_a_masked_call_is_learnt_in_no_format(fmt: Format) -> None:
    adapted = write(fmt, failed_calls="mask")
    assert adapted.written.refused is None
    if fmt.needs_pair:
        assert adapted.changes == ()
        return
    (change,) = adapted.changes
    assert change.at == "/messages/1"
    assert change.what in (MARKED, LEFT_OUT)
    if fmt.layout or change.what == MARKED:
        return
    learnt = b"".join(adapted.written.rows).replace(b"\\", b"")
    assert b'"a":"x"' not in learnt
    assert b"is no number" not in learnt


def test_weight_0_stands_in_the_words_of_the_format() -> None:
    openai = json.loads(write("openai", failed_calls="weight_0").written.rows[0])
    assert [turn.get("weight") for turn in openai["messages"]] == [None, 0, None, None, None, None]
    assert weights(write("axolotl", failed_calls="weight_0"), "axolotl") == [[True, False, False]]
    assert weights(write("mistral", failed_calls="weight_0"), "mistral") == [[True, False], [True, True, False]]


def test_row_that_cannot_say_weight_0_is_refused_unless_the_call_is_masked() -> None:
    refused = write("gemini", failed_calls="weight_0")
    assert (refused.written.refused, refused.changes) == (CANNOT_MARK, ())
    masked = write("gemini", failed_calls="mask")
    assert [change.what for change in masked.changes] == [LEFT_OUT]
    assert {loss.at for loss in masked.written.losses} == {"/messages/3/tool_calls/0/id", "/messages/4/tool_call_id"}


def test_weight_that_nobody_heeds_is_said_so() -> None:
    assert [change.what for change in write("trl", failed_calls="weight_0").changes] == [UNHEEDED]
    row = json.loads(write("trl", failed_calls="mask").written.rows[0])
    assert [turn["role"] for turn in row["messages"]] == ["user", "assistant", "tool", "assistant"]


def test_first_call_that_was_right_stays_learnt() -> None:
    adapted = write("openai", recovery("retry_after_wait"), failed_calls="weight_0")
    assert adapted.changes == ()
    assert "weight" not in adapted.written.rows[0].decode()


def test_call_that_is_only_shown_is_left_out_where_a_format_would_teach_it() -> None:
    marked = mark_mistakes(recovery("retry_after_wait"), (1,))
    assert write("gemini", marked, failed_calls="learn").written.refused
    assert [change.what for change in write("gemini", marked, failed_calls="mask").changes] == [LEFT_OUT]
    assert write("openai", marked, failed_calls="mask").changes == ()


@pytest.mark.parametrize("kind", ["give_up", "escalate", "read_before_retry"])
def test_who_gives_up_or_asks_is_not_shown_without_having_tried(kind: str) -> None:
    marked = mark_mistakes(recovery(kind), (1,))
    assert "weight 0" in (write("gemini", marked, failed_calls="mask").written.refused or "")


def test_two_mistakes_in_a_row_go_together() -> None:
    turns = list(recovery().messages)
    again = [
        Message("assistant", None, (call(3, '{"a":2.5}'),), label=Label(recovery="corrected_argument")),
        Message("tool", '{"done":true}', tool_call_id="call_3"),
    ]
    turns[4] = msgspec.structs.replace(turns[4], content='{"error":"2 is taken"}')
    example = Example((*turns[:5], *again, turns[5]), (TOOL,))
    adapted = write("chatml", example, failed_calls="mask")
    assert [change.at for change in adapted.changes] == ["/messages/1", "/messages/3"]
    back = get_format("chatml").read(adapted.written.rows[0])
    assert isinstance(back, Reading)
    assert [turn.role for turn in back.example.messages] == ["user", "assistant", "tool", "assistant"]


@each_written
def test_prompt_is_the_first_turn_of_every_row(fmt: Format) -> None:
    adapted = write(fmt, system=PROMPT)
    assert adapted.written.rows
    assert all(b"Be kind." in row for row in adapted.written.rows)
    assert [(change.at, "prompt 3 is added" in change.what) for change in adapted.changes] == [("/messages/0", True)]
    places = [int(loss.at.split("/")[2]) for loss in adapted.written.losses if loss.at.startswith("/messages/")]
    assert all(place < len(recovery().messages) for place in places)


def with_system(text: str) -> Example:
    example = recovery()
    return msgspec.structs.replace(example, messages=(Message("system", text), *example.messages))


def system_of(adapted: Adapted) -> list[str]:
    rows = [json.loads(row) for row in adapted.written.rows]
    return [turn["content"] for row in rows for turn in row["messages"] if turn["role"] == "system"]


def test_prompt_replaces_the_own_system_turn_or_stands_before_its_text() -> None:
    replaced = write("openai", with_system("Be brief."), system=PROMPT)
    assert system_of(replaced) == ["Be kind."]
    assert "stands in its place" in replaced.changes[0].what
    added = write("openai", with_system("Be brief."), system=SystemTurn(3, "Be kind.", "add"))
    assert system_of(added) == ["Be kind.\n\nBe brief."]
    assert "before its text" in added.changes[0].what


def test_row_that_begins_with_the_prompt_already_is_not_changed() -> None:
    added = SystemTurn(3, "Be kind.", "add")
    for example, wanted in ((with_system("Be kind."), PROMPT), (with_system("Be kind.\n\nBe brief."), added)):
        adapted = write("openai", example, system=wanted)
        assert system_of(adapted) == [example.messages[0].content]
        assert adapted.changes == ()


def test_refusal_counts_the_turns_that_a_person_sees() -> None:
    silent = msgspec.structs.replace(recovery(), messages=(*recovery().messages, Message("judge", "Hm.")))
    plain = get_format("gemini").write
    assert plain is not None
    assert write("gemini", silent, system=PROMPT).written.refused == plain(silent).refused


def test_row_that_is_no_object_is_refused_with_options_too() -> None:
    example = Example(whole=Exact("[1]"))
    assert "no JSON object" in (write("openai", example, system=PROMPT, failed_calls="mask").written.refused or "")


def test_version_of_the_writers_is_one_for_all() -> None:
    assert formats_version() == formats_version()
    assert formats_version().startswith("1-")
