"""Three-way merge: laws over generated examples, and what people expect of it case by case."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.model.envelope import encode
from curation.model.example import Example, Label, Message
from curation.model.reading import Reject
from curation.model.values import Arguments
from curation.reading.rows import read_row
from curation.services.merge_values import read_members
from curation.services.text_fields import arguments_at, arguments_text, call_at, content_at, write_text
from curation.services.three_way import merge
from tests.shop_rows import make_example, make_no_tool_example
from tests.strategies import rows


@st.composite
def examples(draw: st.DrawFn) -> Example:
    reading = read_row(draw(rows()))
    return Example() if isinstance(reading, Reject) else reading.example


@st.composite
def edited(draw: st.DrawFn, base: Example) -> Example:
    """A few edits of turns, as a person makes them."""
    messages = list(base.messages)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(messages)))
        words = draw(st.sampled_from(["Yes.", "No.", "Later."]))
        match draw(st.sampled_from(["add", "remove", "rewrite"])):
            case "add":
                messages.insert(at, Message(role=draw(st.sampled_from(["user", "assistant"])), content=words))
            case "remove" if at < len(messages):
                messages.pop(at)
            case "rewrite" if at < len(messages):
                messages[at] = msgspec.structs.replace(messages[at], content=words)
    return msgspec.structs.replace(base, messages=tuple(messages))


BASE = make_example()


@given(examples(), examples())
@settings(max_examples=60)
def test_what_only_one_side_changed_is_taken_over_as_it_is(base: Example, changed: Example) -> None:
    for merged in (merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed)):
        assert encode(merged.example) == encode(changed)
        assert merged.clashes == ()


@given(examples(), examples(), examples())
@settings(max_examples=60)
def test_any_three_texts_merge_into_one_that_reads_back(base: Example, mine: Example, theirs: Example) -> None:
    merged = merge(base, mine, theirs).example
    reading = read_row(encode(merged))
    assert not isinstance(reading, Reject)
    assert encode(reading.example) == encode(merged)


@given(st.data())
@settings(max_examples=80)
def test_nothing_anybody_wrote_is_lost_without_being_asked(data: st.DataObject) -> None:
    """Every text a side brought in is in the result, or stands in a clash."""
    mine, theirs = data.draw(edited(BASE)), data.draw(edited(BASE))
    merged = merge(BASE, mine, theirs)
    shown = encode(merged.example).decode() + "".join(f"{one.mine} {one.theirs}" for one in merged.clashes)
    for side in (mine, theirs):
        for message in side.messages:
            if message not in BASE.messages and isinstance(message.content, str):
                assert message.content in shown


@given(st.data())
@settings(max_examples=80)
def test_both_sides_see_the_same_clashes(data: st.DataObject) -> None:
    mine, theirs = data.draw(edited(BASE)), data.draw(edited(BASE))
    one, other = merge(BASE, mine, theirs), merge(BASE, theirs, mine)
    assert [(a.name, a.mine, a.theirs) for a in one.clashes] == [(a.name, a.theirs, a.mine) for a in other.clashes]


def test_edits_of_different_turns_go_together() -> None:
    mine = write_text(BASE, content_at(0), "Where is order A-77 now?")
    theirs = write_text(BASE, content_at(3), "It was sent yesterday.")
    merged = merge(BASE, mine, theirs)
    assert merged.clashes == ()
    assert merged.example == write_text(mine, content_at(3), "It was sent yesterday.")


def test_one_field_changed_twice_is_a_clash_and_the_choice_counts() -> None:
    mine, theirs = (write_text(BASE, content_at(3), text) for text in ("Mine.", "Theirs."))
    undecided = merge(BASE, mine, theirs)
    assert undecided.example == theirs
    (clash,) = undecided.clashes
    assert (clash.name, clash.base, clash.mine, clash.theirs) == (
        "/messages/3/content",
        "Order A-77 was sent.",
        "Mine.",
        "Theirs.",
    )
    assert merge(BASE, mine, theirs, {clash.name: "mine"}).example == mine


def _with_arguments(text: str) -> Example:
    return write_text(BASE, arguments_at(1, 0), text)


def _arguments(example: Example) -> str:
    return arguments_text(call_at(example, 1, 0))


def test_arguments_merge_by_key_in_exact_text() -> None:
    base = _with_arguments('{"order_id": "A-77", "amount": 1.0, "note": "asap"}')
    mine = write_text(base, arguments_at(1, 0), '{"order_id": "A-77", "amount": 129.00, "note": "asap"}')
    theirs = write_text(base, arguments_at(1, 0), '{"order_id": "A-78", "amount": 1.0, "reason": "late"}')
    merged = merge(base, mine, theirs)
    assert merged.clashes == ()
    assert _arguments(merged.example) == '{"order_id": "A-78", "amount": 129.00, "reason":"late"}'


def test_one_argument_changed_twice_is_a_clash_at_its_key() -> None:
    base = _with_arguments('{"order_id":"A-77","address":{"city":"Lund","zip":"1"}}')
    mine = write_text(base, arguments_at(1, 0), '{"order_id":"A-77","address":{"city":"Kiruna","zip":"1"}}')
    theirs = write_text(base, arguments_at(1, 0), '{"order_id":"A-77","address":{"city":"Malmö","zip":"2"}}')
    (clash,) = merge(base, mine, theirs).clashes
    assert clash.name == "/messages/1/tool_calls/0/function/arguments/address/city"
    chosen = merge(base, mine, theirs, {clash.name: "mine"}).example
    assert json.loads(_arguments(chosen))["address"] == {"city": "Kiruna", "zip": "2"}


@pytest.mark.parametrize("text", ['{"order_id":', "[1]", '{"a":1,"a":2}'])
def test_arguments_that_are_no_plain_object_are_taken_as_a_whole(text: str) -> None:
    (clash,) = merge(BASE, _with_arguments(text), _with_arguments('{"order_id":"B-1"}')).clashes
    assert (clash.name, clash.mine) == ("/messages/1/tool_calls/0/function/arguments", text)
    assert read_members(text) is None


def test_turns_both_added_at_one_place_may_both_stay() -> None:
    mine, theirs = (
        msgspec.structs.replace(BASE, messages=(*BASE.messages, Message(role="user", content=text)))
        for text in ("Thanks.", "When?")
    )
    (clash,) = merge(BASE, mine, theirs).clashes
    assert clash.can_be_both
    both = merge(BASE, mine, theirs, {clash.name: "both"}).example
    assert [one.content for one in both.messages[4:]] == ["When?", "Thanks."]


def test_a_turn_one_removed_and_the_other_changed_is_a_clash() -> None:
    mine = msgspec.structs.replace(BASE, messages=BASE.messages[:3])
    theirs = write_text(BASE, content_at(3), "It was sent yesterday.")
    (clash,) = merge(BASE, mine, theirs).clashes
    assert clash.mine is None
    assert clash.theirs is not None
    assert merge(BASE, mine, theirs, {clash.name: "mine"}).example == mine


def test_labels_and_tags_merge_part_by_part() -> None:
    base = make_no_tool_example()
    asked = msgspec.structs.replace(base.messages[1], label=Label(reason="missing_information", missing=("order_id",)))
    mine = msgspec.structs.replace(base, messages=(base.messages[0], asked), tags=("missing_value",))
    theirs = msgspec.structs.replace(write_text(base, content_at(1), "Which one?"), tags=("distractor_tools",))
    merged = merge(base, mine, theirs)
    assert merged.clashes == ()
    assert merged.example.messages[1] == msgspec.structs.replace(asked, content="Which one?")
    assert set(merged.example.tags) == {"missing_value", "distractor_tools"}


def test_true_and_one_are_told_apart() -> None:
    true, one = (msgspec.structs.replace(BASE, acceptable=({"t": {"a": [value]}},)) for value in (True, 1))
    assert merge(true, one, true).example.acceptable == ({"t": {"a": [1]}},)
    assert repr(merge(true, one, true).example) == repr(one)
    assert isinstance(call_at(BASE, 1, 0).arguments, Arguments)
