"""One suite over every format: adding one to FORMATS puts it under all of this."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import curation.formats
from curation.formats import FORMATS, Format, Written, detect_format, get_format
from curation.formats.self_test import check_export, forget, gather
from curation.model.definition import Definition, DefinitionView
from curation.model.envelope import encode
from curation.model.example import Call, Example, Label, Message, Waiver
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact
from curation.reading.rows import read_row
from curation.rules import categories, check, judge
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.strategies import rows

each_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
WRITTEN = [fmt for fmt in FORMATS if fmt.write]
each_written = pytest.mark.parametrize("fmt", WRITTEN, ids=lambda fmt: fmt.name)

WORDS = st.text(max_size=6) | st.sampled_from(['{"tool": "f", "result": 5}', "{}", " a : b", "é"])
ARGUMENT_TEXTS = st.sampled_from(
    [
        '{"a":1.10}',
        "{}",
        '{"n": 12345678901234567890}',
        '{ "a" : [1] }',
        '{"a":\n1}',
        " {} ",
        '"{}"',
        "[1]",
        "{'a': 1}",
        "",
    ]
)
FIELDS = st.sampled_from([UNSET, None]) | WORDS
CALLS = st.builds(
    Call,
    name=st.sampled_from(["f", "g", "no_tool"]) | FIELDS,
    arguments=ARGUMENT_TEXTS.map(Arguments) | st.just(Arguments('{"b": 1}', "object")) | st.just(UNSET),
    id=st.sampled_from(["call_1", "call_2", "x"]) | FIELDS,
    type=st.just("function") | FIELDS,
    extra=st.sampled_from([{}, {}, {"index": "0"}]),
    function_extra=st.sampled_from([{}, {}, {"a/b": "1.0"}]),
)
LABELS = st.builds(
    Label,
    reason=st.sampled_from([None, "refuse", "small_talk"]),
    missing=st.sampled_from([(), ("city",)]),
    recovery=st.sampled_from([None, "give_up"]),
    extra=st.sampled_from([{}, {}, {"colour": "1.0"}]),
)
MESSAGES = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant", "tool", "assistant", "tool", "judge"]),
    content=FIELDS
    | st.just(Exact('[{"type": "text", "text": "x"}]'))
    | st.sampled_from(['{"error":"no"}', '{"error": 1}']),
    calls=st.none() | st.lists(CALLS, max_size=2).map(tuple),
    tool_call_id=st.sampled_from([UNSET, "call_1", "call_2", "x"]),
    name=st.sampled_from([UNSET, UNSET, "f"]),
    weight=st.sampled_from([UNSET, UNSET, Exact("0"), Exact("1")]),
    label=st.none() | LABELS,
    extra=st.sampled_from([{}, {}, {"refusal": "null"}]),
)


def turn(role: str, content: str, *calls: Call, answers: str = "", reason: str | None = None) -> Message:
    return Message(
        role,
        content if not calls else None,
        calls or None,
        answers or UNSET,
        label=Label(reason=reason) if reason else None,
    )


def call(n: int, text: str = '{"a":1.10}') -> Call:
    return Call("f", Arguments(text), f"call_{n}", "function")


TOOLS = (
    Definition('{"type": "function", "function": {"name": "f", "description": "F.", "parameters": {"maximum": 1.50}}}'),
    Definition('{"name": "g"}'),
)
WHOLE_TOOLS = (
    Definition(
        '{"type": "function", "function": {"name": "f", "description": "F.", "parameters": {"type": "object", '
        '"properties": {"a": {"type": "number", "maximum": 1.50}}}}}'
    ),
    Definition(
        '{"type": "function", "function": {"name": "g", "description": "G.", '
        '"parameters": {"type": "object", "properties": {}}}}'
    ),
)
"""Definitions with all that any reader asks for."""
CONVERSATIONS = st.lists(st.sampled_from(["ask", "call", "text", "result", "error"]), min_size=1, max_size=7).map(
    lambda plan: play(plan)
)


def play(plan: Sequence[str]) -> Example:
    """A sound conversation along a plan."""
    messages = [turn("system", "Be kind."), turn("user", "Hello")]
    n = 0
    for step in plan:
        if step == "call":
            n += 1
            messages.append(turn("assistant", "", call(n)))
        elif step in ("result", "error") and n:
            if not messages[-1].calls:
                n += 1
                messages.append(turn("assistant", "", call(n)))
            content = '{"error":"gone"}' if step == "error" else '{"state": 1.0}'
            messages.append(turn("tool", content, answers=f"call_{n}"))
        elif step == "ask":
            messages.append(turn("user", "And now?"))
        else:
            messages.append(turn("assistant", "Well.", reason="answer_directly"))
    return Example(messages=(*messages, turn("assistant", "Bye.", reason="small_talk")), tools=TOOLS)


ALTERNATING = st.lists(st.sampled_from([("call", "result"), ("call", "error"), ("text", "ask")]), max_size=4).map(
    lambda plan: play([step for steps in plan for step in steps])
)
"""Sound conversations whose turns alternate."""

WEIRD = rows().map(read_row).filter(lambda reading: isinstance(reading, Reading)).map(lambda reading: reading.example)
LOOSE = st.builds(
    Example,
    messages=st.lists(MESSAGES, max_size=5).map(tuple),
    tools=st.sampled_from([UNSET, None, (), TOOLS]),
    tags=st.sampled_from([(), ("missing_value",)]),
    group=st.sampled_from([None, "g1"]),
    waivers=st.sampled_from([(), (Waiver("r", "f", "because"),)]),
    acceptable=st.sampled_from([None, (), ({"f": {"a": [1, "1"]}},)]),
    extra=st.sampled_from([{}, {"parallel_tool_calls": "false"}]),
)
EXAMPLES = CONVERSATIONS | LOOSE | WEIRD


def write(fmt: Format, example: Example) -> Any:
    assert fmt.write is not None
    return fmt.write(example)


SAID = '[{"role":"assistant","content":"No."}]'
REJECTED = (
    '[{"role":"assistant","content":"No.","tool_calls":[{"function":{"name":"f","arguments":"{\\"a\\": 1.10}"}}]}]'
)


def fit(fmt: Format, example: Example, rejected: str = SAID) -> Example:
    """The example with what the rows of the format are made of."""
    if not fmt.needs_pair or not example.messages:
        return example
    *before, last = example.messages
    shown = [msgspec.structs.replace(one, weight=Exact("0")) if one.role == "assistant" else one for one in before]
    extra = example.extra | {"non_preferred_output": rejected}
    return msgspec.structs.replace(example, messages=(*shown, last), extra=extra)


# -- the suite -----------------------------------------------------------------------------------------------------


@each_format
def test_format_lives_in_the_file_of_its_name(fmt: Format) -> None:
    folder = Path(curation.formats.__file__).parent
    assert (folder / f"{fmt.name}.py").is_file()
    assert getattr(curation.formats, fmt.name).FORMAT is fmt
    assert fmt.title
    assert fmt.extension.startswith(".")


def test_names_are_unique() -> None:
    assert len({fmt.name for fmt in FORMATS}) == len(FORMATS)


# What is drawn goes through all formats, each named where it fails: drawing a row costs far more than reading it.


@given(raw=st.binary(max_size=50) | rows())
@settings(max_examples=200)
def test_reading_and_recognising_are_total(raw: bytes) -> None:
    for fmt in FORMATS:
        note(fmt.name)
        fmt.read(raw)
        fmt.recognises(raw)


@settings(max_examples=40)
@given(example=EXAMPLES)
def test_writing_is_total_pure_and_on_single_lines(example: Example) -> None:
    for fmt in WRITTEN:
        note(fmt.name)
        check_writing(fmt, example)


def check_writing(fmt: Format, example: Example) -> None:
    before = encode(example)
    written = write(fmt, example)
    assert write(fmt, example) == written
    assert encode(example) == before
    assert bool(written.rows) != bool(written.refused)
    for row in written.rows:
        assert b"\n" not in row
        json.loads(row)
    if written.refused:
        assert written.refused.endswith(".")


@settings(max_examples=60)
@given(example=EXAMPLES)
def test_reading_back_differs_by_exactly_what_was_listed(example: Example) -> None:
    for fmt in WRITTEN:
        note(fmt.name)
        fitting = (fit(fmt, example), fit(fmt, example, REJECTED)) if fmt.needs_pair else ()
        for one in (example, *fitting):
            check_losses(fmt, one)


def check_losses(fmt: Format, example: Example) -> None:
    written = write(fmt, example)
    if written.refused:
        return
    readings = [back for row in written.rows if isinstance(back := fmt.read(row), Reading)]
    assert len(readings) == len(written.rows)
    if fmt.lossless:
        assert not written.losses
        assert readings[0].example == example
    left = forget(example, written.losses, is_back=False)
    assert forget(gather(readings), written.losses, is_back=True) == left
    assert "X10" not in {finding.code for finding in check_export(fmt, example)}


def count_held(fmt: Format, example: Example, written: Written) -> int:
    """How many turns the format holds; only one that wants turns to alternate may hold fewer than there are."""
    cuts = [int(loss.at.split("/")[2]) for loss in written.losses if LOST_TURN.fullmatch(loss.at)]
    if written.rows and not cuts:
        return len(example.messages)
    assert not fmt.holds_any_order
    assert not alternates(example)
    return min(cuts, default=0)


LOST_TURN = re.compile(r"/messages/\d+")


def alternates(example: Example) -> bool:
    """Whether after the system turn each odd turn asks or answers a call and each even one is the assistant's."""
    if any(one.calls and after.role != "tool" for one, after in pairwise(example.messages)):
        return False
    turns = [message.role == "assistant" for message in example.messages if message.role != "system"]
    return len(turns) % 2 == 0 and all(is_assistant == bool(i % 2) for i, is_assistant in enumerate(turns))


@given(example=CONVERSATIONS)
def test_every_decision_is_learned_in_exactly_one_row(example: Example) -> None:
    for fmt in WRITTEN:
        note(fmt.name)
        check_decisions(fmt, fit(fmt, example))


def check_decisions(fmt: Format, example: Example) -> None:
    written = write(fmt, example)
    readings = [fmt.read(row) for row in written.rows]
    turns = [turn for reading in readings if isinstance(reading, Reading) for turn in reading.example.messages]
    held = example.messages[: count_held(fmt, example, written)]
    assert sum(map(is_learnt, turns)) == sum(map(is_learnt, held))


def is_learnt(turn: Message) -> bool:
    return turn.role == "assistant" and turn.weight != Exact("0")


LEAST = 6


@each_written
@pytest.mark.parametrize("category", ["recovery", "single", "no_call"])
def test_rows_of_sound_examples_have_no_errors_when_read_back(fmt: Format, category: str) -> None:
    drafted = get_synthesizer("schema_driven").draft(Order(demo_tools(), 100, seed=3))
    examples = [one.example for one in drafted if category in categories(one.example)]
    assert len(examples) >= LEAST
    for example in examples:
        assert errors_of(Reading(example)) == []
        for row in write(fmt, example).rows:
            back = fmt.read(row)
            assert isinstance(back, Reading)
            assert errors_of(back) == []


def errors_of(reading: Reading) -> list[str]:
    return [one.finding.message for one in judge(check(reading)) if one.severity is Severity.ERROR]


@settings(max_examples=200)
@given(example=CONVERSATIONS | ALTERNATING)
def test_sound_conversations_pass_without_a_word(example: Example) -> None:
    for fmt in WRITTEN:
        if fmt.holds_any_order or alternates(example):
            note(fmt.name)
            check_sound(fmt, example)


def check_sound(fmt: Format, example: Example) -> None:
    example = fit(fmt, msgspec.structs.replace(example, tools=WHOLE_TOOLS))
    written = write(fmt, example)
    assert not written.refused
    labels = [loss for loss in written.losses if loss.what == "label"]
    assert list(written.losses) == labels
    back = fmt.read(written.rows[-1])
    assert isinstance(back, Reading)
    assert back.findings == ()
    assert len(back.example.messages) == len(example.messages)
    assert back.example.tools == example.tools or (fmt.rewrites_tools and same_tools(back.example))


def same_tools(back: Example) -> bool:
    views = [tool.view for tool in back.tools] if isinstance(back.tools, tuple) else []
    meant = [tool.view for tool in WHOLE_TOOLS]
    return [told(view) for view in views] == [told(view) for view in meant]


def told(view: DefinitionView) -> tuple[object, ...]:
    return view.name, view.description, view.parameters or NO_PARAMETERS


NO_PARAMETERS = {"type": "object", "properties": {}}


@each_written
def test_written_rows_are_recognised_as_this_format(fmt: Format) -> None:
    written = write(fmt, fit(fmt, play(["call", "result"] if fmt.needs_pair else ["call", "result", "ask"])))
    known = get_format(fmt.variant_of) if fmt.variant_of else fmt
    assert all(known.recognises(row) for row in written.rows)
    assert detect_format(written.rows) is known


@each_written
@pytest.mark.parametrize("source", ["[1, 2]", '"x"', "5", "null"])
def test_row_that_is_no_object_is_refused(fmt: Format, source: str) -> None:
    reading = fmt.read(source.encode())
    assert isinstance(reading, Reading)
    assert "no JSON object" in (write(fmt, reading.example).refused or "")


@each_written
def test_golden_rows(fmt: Format) -> None:
    golden = Path(__file__).parents[1] / f"data/golden/{fmt.name}.jsonl"
    examples = [play(["call", "result", "text", "call", "error"]), play(["text"])]
    if fmt.needs_pair:
        examples.append(play(["call", "result"]))
    lines = [row for example in examples for row in write(fmt, fit(fmt, example, REJECTED)).rows]
    assert golden.read_bytes() == b"".join(line + b"\n" for line in lines)
