"""A row under another light: new names everywhere they stand as names, other tools beside, another order, slips."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Arguments, Exact
from curation.shifting import KINDS, Plan, make_plan, shift_example
from curation.shifting.definitions import arguments_of, rename_definition
from curation.shifting.names import rename_arguments, rename_tools
from curation.shifting.texts import make_say, say_in_result


def define(name: str, properties: dict[str, Any], description: str = "Says something.", **more: Any) -> Definition:
    parameters = {"type": "object", "properties": properties, "required": list(properties)[:1], **more}
    function = {"name": name, "description": description, "parameters": parameters}
    return Definition(json.dumps({"type": "function", "function": function}))


TRACK = define("track_order", {"order_id": {"type": "string"}, "city": {"type": "string"}}, "Where is it?")
REFUND = define("requestRefund", {"order_id": {"type": "string"}, "reason": {"enum": ["damaged", "late"]}})
MOON = define("moon-phase", {"day": {"type": "string"}}, "How full the moon is.")
DICE = define("roll_dice", {"sides": {"type": "integer"}}, "Throws a die.")
ALL = (TRACK, REFUND, MOON, DICE)


def make_row(words: str = "Where is my parcel from Lisbon please tell me quickly", **more: Any) -> Example:
    call = Call(
        name="track_order", arguments=Arguments('{"order_id": "A-7", "city":"Lisbon"}'), id="c1", type="function"
    )
    messages = (
        Message(role="system", content="Call `track_order` for parcels; give its order_id."),
        Message(role="user", content=words),
        Message(role="assistant", calls=(call,), label=Label(comparators={"track_order.city": "exact"})),
        Message(role="tool", content='{"order_id":"A-7","hint":"track_order needs \'city\'"}', tool_call_id="c1"),
        Message(role="assistant", content="It left the city of Lisbon."),
    )
    acceptable = ({"track_order": {"order_id": ["A-7"], "city": ["Lisbon", "Lisboa"]}},)
    return Example(messages=messages, tools=(TRACK, REFUND), acceptable=acceptable, **more)


@pytest.fixture
def plan() -> Plan:
    return make_plan(ALL, seed=3)


def test_names_change_everywhere_they_stand_as_names(plan: Plan):
    tool, order, city = plan.tools["track_order"], plan.arguments["order_id"], plan.arguments["city"]
    shifted = shift_example(make_row(), plan, ["names"], "row")
    assert isinstance(shifted.tools, tuple)
    view = shifted.tools[0].view
    assert view.name == tool
    assert isinstance(view.parameters, dict)
    assert (list(view.parameters["properties"]), view.parameters["required"]) == ([order, city], [order])
    system, _, turn, result, answer = shifted.messages
    assert system.content == f"Call `{tool}` for parcels; give its {order}."
    (call,) = turn.calls or ()
    assert isinstance(call.arguments, Arguments)
    assert (call.name, call.arguments.text) == (tool, f'{{"{order}": "A-7", "{city}":"Lisbon"}}')
    assert turn.label is not None
    assert turn.label.comparators == {f"{tool}.{city}": "exact"}
    assert shifted.acceptable == ({tool: {order: ["A-7"], city: ["Lisbon", "Lisboa"]}},)
    assert result.content == f'{{"order_id":"A-7","hint":"{tool} needs \'{city}\'"}}', (
        "keys of a result are no arguments"
    )
    assert answer.content == "It left the city of Lisbon.", "a plain word is no name"


def test_new_names_are_spelt_as_the_old_ones_and_none_is_given_twice():
    names = ["get_user", "getUser", "fetch_user", "GetUser", "get-user", "xyzzy", "lookup", "URL"]
    renamed = rename_tools(names, names, "seed")
    assert len(set(renamed.values())) == len(renamed) == len(names)
    assert not set(renamed.values()) & set(names)
    assert "_" not in renamed["getUser"]
    assert renamed["getUser"][0].islower()
    assert renamed["GetUser"][0].isupper()
    assert "_" not in renamed["get-user"]
    assert renamed["xyzzy"].startswith("xyzzy_")
    assert renamed["URL"].isupper()


def test_same_name_gets_the_same_new_one_whatever_stands_beside_it():
    alone = rename_arguments(["city"], ["city"], "7")
    assert rename_arguments(["city", "order_id"], ["city", "order_id"], "7")["city"] == alone["city"]
    assert rename_arguments(["city"], ["city", alone["city"]], "7") != alone


def test_same_seed_gives_the_same_row_and_another_seed_another(plan: Plan):
    first = shift_example(make_row(), plan, KINDS, "row")
    assert shift_example(make_row(), make_plan(reversed(ALL), seed=3), KINDS, "row") == first
    assert shift_example(make_row(), make_plan(ALL, seed=4), KINDS, "row") != first
    assert shift_example(make_row(), plan, KINDS, "another row") != first


def test_order_of_tools_is_another_one(plan: Plan):
    for key in "abcdef":
        shifted = shift_example(make_row(), plan, ["shuffle"], key)
        assert shifted.tools == (REFUND, TRACK)
    assert shift_example(Example(tools=(TRACK,)), plan, ["shuffle"], "a").tools == (TRACK,)
    assert shift_example(Example(), plan, KINDS, "a") == Example()


def test_distractors_are_others_and_never_what_the_user_speaks_of(plan: Plan):
    shifted = shift_example(make_row(), plan, ["distractors"], "row")
    assert isinstance(shifted.tools, tuple)
    assert shifted.tools[:2] == (TRACK, REFUND)
    assert {MOON, DICE} < set(shifted.tools[2:]), "the own tools come before those from outside"
    assert len(shifted.tools) == 5
    asked = shift_example(make_row("How full is the moon, and where is my order?"), plan, ["distractors"], "row")
    assert isinstance(asked.tools, tuple)
    assert DICE in asked.tools
    assert MOON not in asked.tools
    assert not any("moon" in str(one.view.name) for one in asked.tools)


def test_where_nothing_fits_nothing_is_added(plan: Plan):
    messages = (
        Message(role="user", content="Sing to me"),
        Message(role="assistant", content="I cannot.", label=Label(reason="cannot_be_done")),
    )
    row = Example(messages=messages, tools=(TRACK,))
    assert shift_example(row, plan, ["distractors"], "row") == row


def test_slips_are_made_in_the_words_of_the_user_alone(plan: Plan):
    row = make_row("The parcel is damaged, ask bob@parcel.example about `order_id` tomorrow and never call Lisbon back")
    shifted = shift_example(row, plan, ["typos"], "row")
    assert [a == b for a, b in zip(row.messages, shifted.messages, strict=True)] == [True, False, True, True, True]
    said = str(shifted.messages[1].content)
    for kept in ("damaged", "bob@parcel.example", "`order_id`", "tomorrow", "never", "Lisbon"):
        assert kept in said
    assert len(said.split()) == len(str(row.messages[1].content).split())


def test_short_or_foreign_words_get_no_slips(plan: Plan):
    for words in ("Go to it", "我的包裹在哪里", '{"result": "something"}'):
        assert shift_example(make_row(words), plan, ["typos"], "row").messages[1].content == words


def test_definition_keeps_every_character_that_no_name_is_about():
    text = (
        '{ "type":"function", "function":{"name":"pay","description":"Pay an amount_due.",\n "parameters":{"type":'
        '"object","properties":{"amount_due":{"type":"number","minimum":1.50,"description":"The amount_due in full"},'
        '"note":{"default":"amount_due"}},"required":["amount_due"],"dependentRequired":{"amount_due":["note"]},'
        '"allOf":[{"if":{"required":["note"]},"then":{"properties":{"amount_due":{"maximum":9}}}}],'
        '"examples":[{"amount_due":1e3}]}}}'
    )
    renamed = rename_definition(
        Definition(text), "settle", {"amount_due": "sum_due"}, make_say({"amount_due": "sum_due", "pay": "settle"})
    )
    expected = text.replace("amount_due", "sum_due").replace('"name":"pay"', '"name":"settle"')
    assert renamed.text == expected.replace('"default":"sum_due"', '"default":"amount_due"'), "a value is no name"


@pytest.mark.parametrize(
    "more",
    [
        {"$ref": "#/$defs/all"},
        {"patternProperties": {"^x": {}}},
        {"allOf": [{"$ref": "#/$defs/all"}]},
        {"additionalProperties": {"$ref": "#"}},
        {"$defs": {"again": {"$ref": "#/properties/a"}}},
    ],
)
def test_arguments_keep_their_names_where_a_schema_speaks_of_them_in_other_ways(more: dict[str, Any]):
    assert arguments_of(define("one", {"a": {"type": "string"}}, **more)) == ()
    assert arguments_of(define("one", {"a": {"$ref": "#/$defs/text"}}, **{"$defs": {"text": {}}})) == ("a",)


def test_text_in_parts_follows_and_a_result_that_is_no_json_is_read_as_words():
    say = make_say({"track_order": "trace", "city": "town"})
    assert say_in_result('{"city": broken', say) == '{"city": broken'.replace('"city"', '"town"')
    assert say("city(x), the city, re-track_order-x, (track_order)") == "town(x), the city, re-track_order-x, (trace)"
    parts = Exact('[{"type":"text","text":"Use track_order"}]')
    plan = make_plan(ALL, seed=1)
    row = Example(messages=(Message(role="user", content=parts),), tools=(TRACK,))
    (shifted,) = shift_example(row, plan, ["names"], "row").messages
    assert isinstance(shifted.content, Exact)
    assert msgspec.json.decode(shifted.content.json)[0]["text"] == f"Use {plan.tools['track_order']}"


EXPORT = define("export_table", {"columns": {"type": "array", "items": {"type": "string"}}})


@pytest.mark.parametrize(
    ("given", "acceptable"),
    [
        ('{"columns": ["order_id", "city"]}', None),
        ('{"columns": [{"order_id": "asc"}, "by city"]}', None),
        ('{"columns": []}', ({"export_table": {"columns": [["order_id", "city"]]}},)),
    ],
)
def test_names_that_a_call_is_given_as_values_stay_where_they_are_said(given: str, acceptable: Any) -> None:
    words = "Export the columns order_id and `city` with export_table, as requestRefund did"
    call = Call(name="export_table", arguments=Arguments(given), id="c1", type="function")
    result = Message(role="tool", content='{"note": "order_id is unique"}', tool_call_id="c1")
    messages = (Message(role="user", content=words), Message(role="assistant", calls=(call,)), result)
    row = Example(messages=messages, tools=(EXPORT, TRACK, REFUND), acceptable=acceptable)
    plan = make_plan((*ALL, EXPORT), seed=3)
    shifted = shift_example(row, plan, ["names"], "row")
    said = words.replace("export_table", plan.tools["export_table"])
    assert shifted.messages[0].content == said.replace("requestRefund", plan.tools["requestRefund"])
    assert shifted.messages[2].content == result.content
    assert str(plan.arguments["order_id"]) in str(shifted.tools), "the tool that has the argument is renamed as ever"
