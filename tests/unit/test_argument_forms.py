"""The form of a call: what its schema names, what the call holds, and absent, null and empty told apart."""

from __future__ import annotations

import json

import pytest

from curation.errors import BlockedError
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments, Json
from curation.services import argument_edits, text_fields
from curation.services.argument_forms import MOST_VALUES, Line, fields_in, read_form, split_shown, why_no_form

SCHEMA: Json = {
    "type": "object",
    "properties": {
        "note": {"type": ["string", "null"], "description": "Free words."},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 2, "default": 3},
        "day": {"type": "string", "format": "date"},
        "size": {"enum": ["s", "l"], "description": "How big.\n- s: fits a letter box\n- l: needs a van"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "boxes": {
            "type": "array",
            "items": {"type": "object", "properties": {"kg": {"type": "number"}}, "required": ["kg"]},
        },
        "to": {"$ref": "#/$defs/place"},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["day"],
    "$defs": {
        "place": {
            "type": "object",
            "properties": {"town": {"type": "string"}, "near": {"$ref": "#/$defs/place"}},
            "required": ["town"],
        }
    },
}


def make(arguments: str, schema: Json = None) -> Example:
    function = {"name": "send", "parameters": SCHEMA if schema is None else schema}
    definition = Definition(json.dumps({"type": "function", "function": function}))
    call = Call(name="send", arguments=Arguments(arguments), id="call_1", type="function")
    return Example(messages=(Message(role="assistant", content=None, calls=(call,)),), tools=(definition,))


@pytest.mark.parametrize(
    ("arguments", "why_not"),
    [
        ('{"day": "today"}', ""),
        ("[1]", "the arguments are not a JSON object"),
        ('{"day":', "the arguments are not a JSON object"),
        (json.dumps({f"k{n}": n for n in range(MOST_VALUES)}), ""),
        (
            json.dumps({f"k{n}": n for n in range(MOST_VALUES + 1)}),
            "the arguments hold 301 values, and a form holds 300",
        ),
        (
            json.dumps({"to": [{"a": [n]} for n in range(MOST_VALUES // 2)]}),
            "the arguments hold 451 values, and a form holds 300",
        ),
        ('{"a":' + "[" * 50_000 + "]" * 50_000 + "}", "the arguments are not a JSON object"),
    ],
)
def test_arguments_that_are_no_object_or_far_too_much_take_no_form(arguments: str, why_not: str) -> None:
    call = (make(arguments).messages[0].calls or ())[0]
    assert why_no_form(call) == why_not


def form(example: Example) -> dict[str, Line]:
    call = (example.messages[0].calls or ())[0]
    return {line.name: line for line in read_form(example, 0, 0, call)}


def arguments(example: Example) -> str:
    return text_fields.arguments_text((example.messages[0].calls or ())[0])


AT = text_fields.arguments_at(0, 0)


def test_absent_null_and_empty_are_three_things() -> None:
    assert form(make("{}"))["note"].presence == "absent"
    assert form(make('{"note": null}'))["note"].presence == "null"
    assert form(make('{"note": ""}'))["note"].presence == "empty"
    assert form(make('{"note": "a"}'))["note"].presence == "set"
    assert form(make('{"count": 0}'))["count"].presence == "set"
    assert form(make('{"note": null}'))["note"].text == ""


def test_required_lines_come_first_and_say_what_they_take() -> None:
    lines = form(make("{}"))
    assert next(iter(lines)) == "day"
    assert lines["day"].is_required
    assert lines["day"].hint == "YYYY-MM-DD"
    assert lines["count"].hint == "1 to 9, in steps of 2, 3 if left out"
    assert lines["note"].takes_null
    assert not lines["count"].takes_null


def test_values_of_an_enum_carry_their_meaning() -> None:
    size = form(make("{}"))["size"]
    assert size.shape == "choice"
    assert [(one.text, one.meaning) for one in size.options] == [("s", "fits a letter box"), ("l", "needs a van")]


def test_lists_and_objects_open_into_lines() -> None:
    lines = form(make('{"boxes": [{"kg": 1.50}], "to": {"town": "Graz", "near": {"town": "Linz"}}}'))
    (box,) = lines["boxes"].lines
    assert [(one.name, one.text) for one in box.lines] == [("boxes.1.kg", "1.50")]
    assert [one.name for one in fields_in(lines["to"].lines)][:2] == ["to.town", "to.near.town"]


def test_schema_that_contains_itself_ends() -> None:
    deep = form(make("{}"))["to"]
    assert [one.name for one in deep.lines] == ["to.town", "to.near"]
    assert deep.lines[1].lines == ()


def test_value_of_another_kind_than_its_schema_is_written_as_json() -> None:
    lines = form(make('{"tags": "red", "to": 4, "count": [1]}'))
    assert {lines[name].shape for name in ("tags", "to", "count")} == {"json"}


def test_key_the_schema_does_not_name_is_a_line_too() -> None:
    line = form(make('{"colour": "red"}'))["colour"]
    assert not line.is_declared
    assert line.text == '"red"'


def test_value_of_any_kind_is_written_as_json_so_that_text_and_number_stay_apart() -> None:
    before = make('{"free": "12"}')
    assert text_fields.read_text(before, f"{AT}/free") == '"12"'
    assert text_fields.write_text(before, f"{AT}/free", '"12"') is before
    assert arguments(text_fields.write_text(before, f"{AT}/free", "12")) == '{"free": 12}'
    assert arguments(text_fields.write_text(before, f"{AT}/free", "blue")) == '{"free": "blue"}'


def test_long_form_shows_what_is_required_or_filled() -> None:
    wide = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(80)}, "required": ["p7"]}
    call = (make('{"p9": "x"}', wide).messages[0].calls or ())[0]
    shown, more = split_shown(read_form(make('{"p9": "x"}', wide), 0, 0, call))
    assert [line.name for line in shown] == ["p7", "p9"]
    assert len(more) == 78


@pytest.mark.parametrize(
    ("edit", "pointer", "after"),
    [
        (argument_edits.make_null, "note", '{"day": "x","note":null}'),
        (argument_edits.make_empty, "note", '{"day": "x","note":""}'),
        (argument_edits.make_empty, "tags", '{"day": "x","tags":[]}'),
        (argument_edits.add_argument, "count", '{"day": "x","count":3}'),
        (argument_edits.add_argument, "size", '{"day": "x","size":""}'),
        (argument_edits.add_argument, "to", '{"day": "x","to":{}}'),
        (argument_edits.add_element, "tags", '{"day": "x","tags":[""]}'),
        (argument_edits.add_element, "boxes", '{"day": "x","boxes":[{}]}'),
        (argument_edits.leave_out, "day", "{}"),
    ],
)
def test_argument_is_added_emptied_nulled_and_left_out(edit: object, pointer: str, after: str) -> None:
    changed = edit(make('{"day": "x"}'), f"{AT}/{pointer}")  # type: ignore[operator]
    assert arguments(changed) == after


def test_text_reaches_an_element_of_a_list_and_what_is_inside() -> None:
    before = make('{"tags": ["a", "b"], "boxes": [{"kg": 1.50}]}')
    after = text_fields.write_text(before, f"{AT}/tags/1", "c")
    after = text_fields.write_text(after, f"{AT}/boxes/0/kg", "2.0")
    assert arguments(after) == '{"tags": ["a", "c"], "boxes": [{"kg": 2.0}]}'
    assert text_fields.read_text(after, f"{AT}/boxes/0/kg") == "2.0"


def test_typed_text_makes_the_list_and_the_object_around_it() -> None:
    after = text_fields.write_text(make("{}"), f"{AT}/to/near/town", "Linz")
    assert json.loads(arguments(after)) == {"to": {"near": {"town": "Linz"}}}
    after = text_fields.write_text(make("{}"), f"{AT}/boxes/0/kg", "3")
    assert json.loads(arguments(after)) == {"boxes": [{"kg": 3}]}


def test_null_stays_null_until_something_is_typed() -> None:
    before = make('{"note": null}')
    assert text_fields.write_text(before, f"{AT}/note", "") is before
    assert arguments(text_fields.write_text(before, f"{AT}/note", "x")) == '{"note": "x"}'


def test_key_of_its_own_is_added_once() -> None:
    after = argument_edits.add_key(make("{}"), f"{AT}/extra", "a/b")
    assert json.loads(arguments(after)) == {"extra": {"a/b": ""}}
    with pytest.raises(BlockedError, match="already"):
        argument_edits.add_key(after, f"{AT}/extra", "a/b")
    with pytest.raises(BlockedError, match="needs a name"):
        argument_edits.add_key(after, f"{AT}/extra", " ")
