"""Steps found from the difference of two definitions, and done to the text of arguments."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.migrations import Move, Step, describe_step, detect_steps, is_ready, move_example
from curation.migrations.arguments import in_order, move_arguments
from curation.migrations.conversions import retype
from curation.model.definition import Definition
from curation.model.example import Arguments, Call, Example, Label, Message
from curation.model.values import Json


def definition(properties: dict[str, Json], required: tuple[str, ...] = (), name: str = "pay") -> Definition:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return Definition(json.dumps({"type": "function", "function": {"name": name, "parameters": parameters}}))


STRING, NUMBER, INTEGER, BOOLEAN = ({"type": kind} for kind in ("string", "number", "integer", "boolean"))
WHO = {"type": "string", "description": "Who gets the money."}
CASES: dict[str, tuple[dict[str, Json], dict[str, Json], tuple[str, ...], str, str]] = {
    "rename": ({"to": WHO}, {"recipient": WHO}, (), '{ "to": "Ann" }', '{ "recipient": "Ann" }'),
    "rename with another type": (
        {"amount": STRING},
        {"amounts": NUMBER},
        (),
        '{"amount":"12.50"}',
        '{"amounts":12.50}',
    ),
    "drop": ({"a": STRING, "b": NUMBER}, {"a": STRING}, (), '{"a":"x", "b":1}', '{"a":"x"}'),
    "default named by the schema": (
        {"a": STRING},
        {"a": STRING, "b": {"type": "string", "default": "SEK"}},
        ("b",),
        '{"a":"x"}',
        '{"a":"x","b":"SEK"}',
    ),
    "text to number keeps its digits": ({"n": STRING}, {"n": NUMBER}, (), '{"n":"1.50"}', '{"n":1.50}'),
    "number to text": ({"n": NUMBER}, {"n": STRING}, (), '{"n":1.50}', '{"n":"1.50"}'),
    "whole number": ({"n": NUMBER}, {"n": INTEGER}, (), '{"n":3.00}', '{"n":3}'),
    "what is not exact stays": ({"n": STRING}, {"n": INTEGER}, (), '{"n":"about 3"}', '{"n":"about 3"}'),
    "yes and no": ({"n": STRING}, {"n": BOOLEAN}, (), '{"n":"true"}', '{"n":true}'),
    "one value renamed": (
        {"s": {"type": "string", "enum": ["slow", "fast"]}},
        {"s": {"type": "string", "enum": ["slow", "express"]}},
        (),
        '{"s":"fast"}',
        '{"s":"express"}',
    ),
    "single to list": ({"s": STRING}, {"s": {"type": "array", "items": STRING}}, (), '{"s":"x"}', '{"s":["x"]}'),
    "list to single": ({"s": {"type": "array", "items": STRING}}, {"s": STRING}, (), '{"s":["x"]}', '{"s":"x"}'),
    "list of two stays": (
        {"s": {"type": "array", "items": STRING}},
        {"s": STRING},
        (),
        '{"s":["x","y"]}',
        '{"s":["x","y"]}',
    ),
    "inside objects and lists": (
        {"lines": {"type": "array", "items": {"type": "object", "properties": {"qty": STRING, "sku": STRING}}}},
        {"lines": {"type": "array", "items": {"type": "object", "properties": {"quantity": STRING, "sku": STRING}}}},
        (),
        '{"lines":[{"qty":"1"},{"sku":"A"},{"sku":"B","qty":"2"}]}',
        '{"lines":[{"quantity":"1"},{"sku":"A"},{"sku":"B","quantity":"2"}]}',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_difference_of_schemas_tells_what_a_call_needs(case: str):
    before, after, required, text, expected = CASES[case]
    steps = detect_steps(definition(before), definition(after, required))
    assert steps
    assert move_arguments(text, in_order(steps)) == expected


def test_bare_type_alone_makes_no_rename_but_a_person_may_say_so():
    before, after = definition({"note": STRING}), definition({"why": STRING})
    (step,) = detect_steps(before, after)
    assert (step.kind, step.options) == ("drop", ("why",))
    said = msgspec.structs.replace(step, kind="rename", to="why")
    assert said.key == step.key
    assert move_arguments('{"note":"x"}', [said]) == '{"why":"x"}'


def test_value_that_a_rename_brought_is_not_replaced_by_the_default():
    steps = [Step("default", "pay", ("why",), value='"none"'), Step("rename", "pay", ("note",), to="why")]
    assert move_arguments('{"note":"x"}', in_order(steps)) == '{"why":"x"}'
    assert move_arguments("{}", in_order(steps)) == '{"why":"none"}'


def test_argument_may_take_the_name_of_one_that_is_dropped():
    swapped = (Step("rename", "pay", ("a",), to="b"), Step("drop", "pay", ("b",)))
    assert move_arguments('{"a":"x","b":1}', in_order(swapped)) == '{"b":"x"}'


def test_value_of_another_argument_chooses_the_default():
    step = Step("default", "pay", ("currency",), value='"EUR"', values=(('"SE"', '"SEK"'),), by="country")
    assert move_arguments('{"country":"SE"}', [step]) == '{"country":"SE","currency":"SEK"}'
    assert move_arguments('{"country":"DE"}', [step]) == '{"country":"DE","currency":"EUR"}'
    assert is_ready(step)
    assert "by the value of" in describe_step(step)


def test_text_that_is_not_one_clean_object_is_left_alone():
    step = Step("rename", "pay", ("a",), to="b")
    for text in ("", "[1]", '{"a":1,"a":2}', '{"a":', "null", '{"a": NaN}'):
        assert move_arguments(text, [step]) == text


def test_whole_example_follows_a_renamed_tool_and_argument():
    before, after = definition({"to": WHO}), definition({"recipient": WHO}, name="send")
    call = Call(name="pay", arguments=Arguments('{"to":"Ann"}'), id="1", type="function")
    label = Label(missing=("to",), comparators={"pay.to": "exact"})
    example = Example(
        messages=(
            Message(role="user", content="Pay Ann."),
            Message(role="assistant", calls=(call,), label=label),
            Message(role="tool", name="pay", content="{}", tool_call_id="1"),
        ),
        tools=(before,),
        acceptable=({"pay": {"to": ["Ann", "Anna"]}},),
        extra={"tool_choice": '{"type":"function","function":{"name":"pay"}}'},
    )
    moved = move_example(example, {before.text: Move(before, after, detect_steps(before, after))})
    made = moved.example
    (sent,) = made.messages[1].calls or ()
    assert (sent.name, sent.arguments) == ("send", Arguments('{"recipient":"Ann"}'))
    assert made.messages[1].label == Label(missing=("recipient",), comparators={"send.recipient": "exact"})
    assert made.messages[2].name == "send"
    assert made.acceptable == ({"send": {"recipient": ["Ann", "Anna"]}},)
    assert made.extra["tool_choice"] == '{"type":"function","function":{"name":"send"}}'
    assert [(one.before, one.after) for one in moved.changes] == [('{"to":"Ann"}', '{"recipient":"Ann"}')]


def move_label(before: Definition, after: Definition, label: Label, *others: Definition) -> Label:
    example = Example(messages=(Message(role="assistant", content="", label=label),), tools=(before, *others))
    moved = move_example(example, {before.text: Move(before, after, detect_steps(before, after))})
    found = moved.example.messages[0].label
    assert found is not None
    return found


def test_comparator_follows_where_the_name_of_the_tool_holds_a_dot():
    before, after = definition({"to": WHO}, name="bank.pay"), definition({"recipient": WHO}, name="bank.pay")
    other = definition({"to": WHO}, name="bank")
    label = Label(comparators={"bank.pay.to": "exact", "bank.to": "exact"})
    moved = move_label(before, after, label, other)
    assert moved.comparators == {"bank.pay.recipient": "exact", "bank.to": "exact"}


def nested(inner: dict[str, Json], outer: str = "order") -> Definition:
    lines: Json = {"type": "array", "items": {"type": "object", "properties": {"sku": WHO, **inner}}}
    words: Json = {"type": "object", "properties": {"lines": lines}, "description": "What is ordered."}
    return definition({outer: words})


def test_comparators_and_acceptable_values_inside_objects_and_lists_follow():
    before, after = nested({"qty": INTEGER, "note": STRING}), nested({"quantity": STRING}, "basket")
    steps = (
        Step("rename", "pay", ("order",), to="basket"),
        Step("rename", "pay", ("order", "lines", "[]", "qty"), to="quantity"),
        Step("drop", "pay", ("order", "lines", "[]", "note")),
        Step("retype", "pay", ("order", "lines", "[]", "qty"), to="string"),
        Step("default", "pay", ("order", "lines", "[]", "unit"), value='"piece"'),
    )
    label = Label(comparators={"pay.order.lines[].qty": "number", "pay.order.lines[].note": "ignore"})
    example = Example(
        messages=(Message(role="assistant", content="", label=label),),
        tools=(before,),
        acceptable=({"pay": {"order": [{"lines": [{"sku": "A", "qty": 2, "note": "x"}]}, ""]}},),
    )
    moved = move_example(example, {before.text: Move(before, after, steps)}).example
    assert moved.messages[0].label == Label(comparators={"pay.basket.lines[].quantity": "number"})
    assert moved.acceptable == ({"pay": {"basket": [{"lines": [{"sku": "A", "quantity": "2", "unit": "piece"}]}, ""]}},)


def test_what_is_missing_takes_a_new_name_only_where_no_other_tool_is_meant():
    before, after = definition({"city": WHO}), definition({"place": WHO})
    label = Label(reason="missing_information", missing=("city",))
    assert move_label(before, after, label, definition({"day": WHO}, name="other")).missing == ("place",)
    assert move_label(before, after, label, definition({"city": WHO}, name="other")).missing == ("city",)
    strict = definition({"city": WHO}, ("city",))
    assert move_label(strict, after, label, definition({"city": WHO}, name="other")).missing == ("place",)


def test_type_that_is_only_widened_needs_no_step():
    for kinds in (["string", "array"], ["array", "string"]):
        assert detect_steps(definition({"a": STRING}), definition({"a": {"type": kinds}})) == ()
    wrapped = detect_steps(definition({"a": STRING}), definition({"a": {"type": ["array", "null"]}}))
    assert [one.kind for one in wrapped] == ["wrap"]


def test_tool_that_is_gone_stays_offered_where_nobody_wants_to_drop_it():
    before = definition({"to": WHO})
    example = Example(messages=(Message(role="user", content="Pay."),), tools=(before,))
    assert move_example(example, {before.text: Move(before, None)}).example.tools == (before,)
    dropped = move_example(example, {before.text: Move(before, None, detect_steps(before, None))}).example
    assert not dropped.tools
    (step,) = detect_steps(before, None)
    assert describe_step(step) == "`pay` is no longer offered; what calls it is sent back"


def test_argument_with_a_dot_in_its_name_has_a_step_of_its_own():
    inner: dict[str, Json] = {"type": "object", "properties": {"b": INTEGER}}
    outer: dict[str, Json] = {"type": "object", "properties": {"b": STRING}}
    before, after = definition({"a.b": INTEGER, "a": inner}), definition({"a.b": STRING, "a": outer})
    steps = detect_steps(before, after)
    assert len({one.key for one in steps}) == len(steps) == 2


@pytest.mark.parametrize("value", ["NaN", '{"a":1', "1 2", "Infinity"])
def test_default_that_is_no_json_is_never_put_in(value: str):
    assert move_arguments('{"x":1}', [Step("default", "pay", ("z",), value=value)]) == '{"x":1}'


def test_argument_that_chooses_a_default_may_be_renamed_in_the_same_move():
    before = definition({"land": {"type": "string", "description": "Where."}})
    after = definition({"country": {"type": "string", "description": "Where."}, "currency": STRING}, ("currency",))
    steps = detect_steps(before, after)
    default = next(one for one in steps if one.kind == "default")
    assert (default.beside, default.beside_types) == (("land",), ("string",))
    said = msgspec.structs.replace(default, by="land", values=(('"SE"', '"SEK"'),))
    chosen = [said if one is default else one for one in steps]
    assert move_arguments('{"land":"SE"}', in_order(chosen)) == '{"country":"SE","currency":"SEK"}'


def test_example_that_offers_nothing_of_the_plan_is_the_same_object():
    before, after = definition({"to": STRING}), definition({"recipient": STRING})
    example = Example(tools=(definition({}, name="other"),))
    assert move_example(example, {before.text: Move(before, after)}).example is example


def test_steps_without_a_value_wait_for_one():
    (step,) = detect_steps(definition({}), definition({"currency": STRING}, ("currency",)))
    assert not is_ready(step)
    assert describe_step(step) == "`currency` needs a value"
    assert move_arguments("{}", [step]) == "{}"


scalars = st.one_of(
    st.text(max_size=8), st.integers(-(10**9), 10**9), st.booleans(), st.floats(allow_nan=False, width=32)
)
names = st.sampled_from(["a", "b", "c", "ä b", "x/y"])
objects = st.dictionaries(names, st.one_of(scalars, st.lists(scalars, max_size=3)), max_size=4)


@given(objects, names)
def test_rename_there_and_back_is_the_text_as_it_was(value: dict[str, Json], name: str):
    text = json.dumps(value, ensure_ascii=False)
    there = move_arguments(text, [Step("rename", "t", (name,), to="moved")])
    assert move_arguments(there, [Step("rename", "t", ("moved",), to=name)]) == text


@given(objects, names)
def test_list_of_one_and_back_is_the_text_as_it_was(value: dict[str, Json], name: str):
    kept = {key: one for key, one in value.items() if not isinstance(one, list)}
    text = json.dumps(kept)
    there = move_arguments(text, [Step("wrap", "t", (name,))])
    assert move_arguments(there, [Step("unwrap", "t", (name,))]) == text


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_number_as_text_and_back_keeps_every_digit(number: float):
    source = msgspec.json.encode(number).decode() if abs(number) < 2**63 else repr(number)
    as_text = retype(source, "string")
    assert as_text is not None
    assert retype(as_text, "integer" if isinstance(number, int) else "number") == source


@given(objects, st.lists(st.builds(Step, st.sampled_from(["drop", "wrap", "unwrap"]), st.just("t"), st.tuples(names))))
def test_any_steps_leave_one_json_object(value: dict[str, Json], steps: list[Step]):
    moved = move_arguments(json.dumps(value), in_order(steps))
    assert isinstance(json.loads(moved), dict)
