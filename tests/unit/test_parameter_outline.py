"""The parameter form and the JSON say the same, both ways, and what the form does not know survives."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from curation.errors import CurationError
from curation.model.outline import Outline, compact, lay_out, read_outline, write_outline
from curation.rules.units import lacks_unit
from curation.services.enum_choices import (
    Choice,
    read_choices,
    read_description,
    show_choices,
    type_choices,
    write_choices,
    write_description,
)
from curation.services.parameter_edits import (
    add_parameter,
    duplicate_parameter,
    free_name,
    move_parameter,
    remove_parameter,
    rename_parameter,
    set_field,
    set_items,
    set_kind,
    set_nullable,
    set_required,
)
from curation.services.parameter_entries import FIELDS, hidden_keywords, is_on, show_entry
from curation.services.parameter_forms import (
    change,
    find,
    is_nullable,
    kind_of,
    list_lines,
    open_form,
    same_json,
    to_json,
    value_of,
)
from curation.services.unit_lines import split_unit, write_unit

WORDS = ("order", "amount", "city", "unit", "late", "damaged", "naïve", "a/b", "tilde~", 'quo"te', "2", "true", "日本")
SEEDS = range(50)


def make_schema(dice: random.Random, depth: int = 0) -> dict[str, Any]:
    """A random schema as people write them: nested, with bounds, enums and now and then an unknown keyword."""
    kinds = ["string", "number", "integer", "boolean", "enum"] + (["array", "object", "object"] if depth < 3 else [])
    kind = "object" if depth == 0 else dice.choice(kinds)
    schema: dict[str, Any] = {"type": "string" if kind == "enum" else kind}
    if dice.random() < 0.7:
        schema["description"] = " ".join(dice.sample(WORDS, 3)) + dice.choice(
            ["", "\n- late: not a meaning", "\nsecond line"]
        )
    schema.update(_details(dice, kind, depth))
    if dice.random() < 0.3:
        schema[dice.choice(["x-unit", "$comment", "anyOf", "contentEncoding"])] = {"kept": [1, 2.50, None, "ö"]}
    keys = list(schema)
    dice.shuffle(keys)
    return {key: schema[key] for key in keys}


def _details(dice: random.Random, kind: str, depth: int) -> dict[str, Any]:
    if kind == "object":
        names = dice.sample(WORDS, dice.randint(0, 4))
        inner = {name: make_schema(dice, depth + 1) for name in names}
        required = [name for name in names if dice.random() < 0.5]
        return {"properties": inner} | ({"required": required} if required else {})
    if kind == "array":
        return {
            "items": make_schema(dice, depth + 1),
            "minItems": dice.randint(0, 3),
        } | ({"uniqueItems": True} if dice.random() < 0.5 else {})
    if kind == "enum":
        return {"enum": dice.sample([*WORDS, 3, 4.5, None, False], dice.randint(1, 5))}
    if kind == "string":
        return {
            "format": "date",
            "maxLength": dice.randint(1, 90),
            "examples": ["x", " y ", "5", '"q"'],
            "default": "7",
        }
    if kind == "boolean":
        return {"default": True}
    return {"minimum": dice.choice([0, -1.5, 1e300]), "examples": [1, 2]}


def refill(source: Outline, blank: Outline, pointer: str = "") -> Outline:
    """Fill a blank form by hand from what another form shows, the way a person would."""
    shown = find(source, pointer)
    blank = change(blank, pointer, lambda node: set_kind(node, kind_of(shown)))
    if kind_of(shown) == "enum":
        blank = change(blank, pointer, lambda node: write_choices(node, read_choices(shown)))
    blank = change(blank, pointer, lambda node: write_description(node, read_description(shown)))
    for spec in FIELDS[kind_of(shown)]:
        typed: str | bool = show_entry(spec, shown)
        if spec.entry == "switch":
            typed = is_on(spec, shown)
            if spec.keyword not in shown.keywords:
                continue
        blank = change(blank, pointer, lambda node, spec=spec, typed=typed: set_field(node, spec, typed))
    for name, inner in (shown.properties or {}).items():
        at = f"{pointer}/properties/{name.replace('~', '~0').replace('/', '~1')}"
        blank = refill(source, add_parameter(blank, pointer, name, kind_of(inner)), at)
        blank = set_required(blank, at, required=name in (value_of(shown, "required") or ()))
    return refill(source, blank, f"{pointer}/items") if shown.items is not None else blank


def known_only(schema: Any) -> Any:
    """The schema without the keywords the form does not draw."""
    unknown = {"x-unit", "$comment", "anyOf", "contentEncoding"}
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in unknown}
    if "properties" in kept:
        kept["properties"] = {name: known_only(inner) for name, inner in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = known_only(kept["items"])
    if kept.get("required"):
        kept["required"] = sorted(kept["required"])
    return kept


@pytest.mark.parametrize("seed", SEEDS)
def test_json_to_form_to_json_keeps_every_character_between_tokens(seed: int) -> None:
    text = json.dumps(make_schema(random.Random(seed)), ensure_ascii=False, indent=seed % 4 or None)
    assert write_outline(open_form(text)) == compact(text)
    assert same_json(to_json(open_form(text)), text)
    assert open_form(to_json(open_form(text))) == open_form(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_names_written_with_escapes_stay_the_same_names(seed: int) -> None:
    schema = make_schema(random.Random(seed))
    again = json.loads(to_json(open_form(json.dumps(schema))))
    assert json.dumps(again) == json.dumps(schema)


@pytest.mark.parametrize("seed", SEEDS)
def test_form_typed_again_by_hand_gives_the_same_schema(seed: int) -> None:
    schema = known_only(make_schema(random.Random(seed)))
    again = refill(open_form(json.dumps(schema)), open_form('{"type": "object", "properties": {}}'))
    assert known_only(json.loads(to_json(again))) == schema


@pytest.mark.parametrize("seed", SEEDS)
def test_writing_what_each_field_shows_changes_nothing(seed: int) -> None:
    outline = open_form(json.dumps(make_schema(random.Random(seed)), ensure_ascii=False))
    for line in list_lines(outline):
        for spec in FIELDS[kind_of(line.outline)]:
            if spec.keyword in line.outline.keywords and spec.entry != "switch":
                assert set_field(line.outline, spec, show_entry(spec, line.outline)) == line.outline
        if "description" in line.outline.keywords:
            assert write_description(line.outline, read_description(line.outline)) == line.outline


def test_unknown_keywords_and_number_text_survive_an_edit_elsewhere() -> None:
    text = (
        '{"x-a":{"b":1.10},"type":"object","properties":{"n":{"minimum":1.50,"$comment":"ü","type":"number"}},"z":1e5}'
    )
    outline = set_required(open_form(text), "/properties/n", required=True)
    assert write_outline(outline) == text[:-1] + ',"required":["n"]}'


def test_renaming_keeps_place_and_requirement() -> None:
    outline = open_form('{"properties": {"a": {}, "b": {}, "c": {}}, "required": ["b"]}')
    renamed = rename_parameter(outline, "/properties/b", "x/y")
    assert json.loads(to_json(renamed)) == {"properties": {"a": {}, "x/y": {}, "c": {}}, "required": ["x/y"]}
    assert find(renamed, "/properties/x~1y") == Outline()


def test_taken_or_empty_name_is_refused() -> None:
    outline = open_form('{"properties": {"a": {}, "b": {}}}')
    for name in ("a", " "):
        with pytest.raises(CurationError):
            rename_parameter(outline, "/properties/b", name)


def test_removing_a_parameter_removes_its_requirement() -> None:
    outline = open_form('{"properties": {"a": {}, "b": {}}, "required": ["a"]}')
    assert json.loads(to_json(remove_parameter(outline, "/properties/a"))) == {"properties": {"b": {}}}


def test_meanings_of_an_enum_stand_in_the_description_and_come_back() -> None:
    outline = open_form('{"type":"string","description":"Why.","enum":["late","lost"]}')
    meant = write_choices(outline, (Choice('"late"', "past the promised date"), Choice('"lost"')))
    assert value_of(meant, "description") == "Why.\n- late: past the promised date"
    assert read_choices(meant) == (Choice('"late"', "past the promised date"), Choice('"lost"'))
    assert read_description(meant) == "Why."


def test_typed_lines_are_the_values_with_their_meanings() -> None:
    outline = open_form('{"type":"string","description":"Why.","enum":["late"]}')
    typed = type_choices(outline, "late: past the promised date\nlost\n\nno show\tnobody came\n2: twice")
    assert [choice.text for choice in read_choices(typed)] == ['"late"', '"lost"', '"no show"', '"2"']
    assert value_of(typed, "description") == (
        'Why.\n- late: past the promised date\n- no show: nobody came\n- "2": twice'
    )
    assert show_choices(typed) == "late: past the promised date\nlost\nno show: nobody came\n2: twice"


def test_a_value_typed_twice_is_refused() -> None:
    with pytest.raises(CurationError, match="twice"):
        type_choices(open_form('{"type":"string","enum":[]}'), "a: one\na: two")


@pytest.mark.parametrize("kind", ['"type":"string",', '"type":["string","null"],', '"type":"integer",', ""])
@pytest.mark.parametrize(
    "values",
    [
        '["a: b","c:","d"]',
        '[1,2.50,"1",null,true]',
        '["[1]: x","{","\\"q\\"","#"," lead"]',
        '[{"a: ":": "},["x"]]',
        "[]",
    ],
)
def test_typing_the_shown_values_back_changes_nothing(kind: str, values: str) -> None:
    outline = open_form(f'{{{kind}"description":"d","enum":{values}}}')
    assert type_choices(outline, show_choices(outline)) == outline


def test_the_unit_stands_in_the_description_and_comes_back() -> None:
    outline = open_form('{"type":"number","description":"How far."}')
    measured = write_unit(outline, " km/h ")
    assert value_of(measured, "description") == "How far.\nUnit: km/h"
    assert split_unit(measured) == ("How far.", "km/h")
    assert read_description(write_description(measured, "Speed.")) == "Speed."
    assert value_of(write_description(measured, "Speed."), "description") == "Speed.\nUnit: km/h"
    assert write_unit(measured, "") == outline
    assert not lacks_unit("speed", "How far.\nUnit: blinks")


def test_null_beside_a_type_is_that_type() -> None:
    outline = open_form('{"type":["integer","null"],"minimum":1}')
    assert (kind_of(outline), is_nullable(outline)) == ("integer", True)
    assert json.loads(write_outline(set_kind(outline, "string")))["type"] == ["string", "null"]
    assert json.loads(write_outline(set_nullable(outline, nullable=False)))["type"] == "integer"
    enum = set_nullable(open_form('{"type":"string","enum":["a"]}'), nullable=True)
    assert json.loads(write_outline(enum)) == {"type": ["string", "null"], "enum": ["a", None]}


def test_keywords_the_form_does_not_draw_are_counted() -> None:
    outline = open_form(
        '{"type":"object","title":"t","$defs":{},"properties":{"a":{"type":"string","x-b":1,"minimum":2,"format":"date"},'
        '"b":{"type":"object","properties":{},"additionalProperties":{"type":"string"}}},"required":["a"]}'
    )
    assert hidden_keywords(outline, is_root=True) == ("title", "$defs")
    assert [hidden_keywords(line.outline) for line in list_lines(outline)] == [
        ("x-b", "minimum"),
        ("additionalProperties",),
    ]


def test_moving_keeps_everything_but_the_order() -> None:
    outline = open_form('{"properties": {"a": {}, "b": {"title": "x"}, "c": {}}, "required": ["b"]}')
    moved = move_parameter(outline, "/properties/b", 1)
    assert list(json.loads(to_json(moved))["properties"]) == ["a", "c", "b"]
    assert move_parameter(moved, "/properties/b", 1) == moved
    assert move_parameter(moved, "/properties/b", -9).properties == {"b": outline.properties["b"]} | outline.properties  # type: ignore[index,operator]


def test_a_copy_stands_behind_and_is_as_required() -> None:
    outline = open_form('{"properties": {"a": {"title": "x"}, "b": {}}, "required": ["a"]}')
    name = free_name(outline, "", "a", 2)
    copied = json.loads(to_json(duplicate_parameter(outline, "/properties/a", name)))
    assert copied == {"properties": {"a": {"title": "x"}, "a_2": {"title": "x"}, "b": {}}, "required": ["a", "a_2"]}


def test_what_an_item_is_can_be_said() -> None:
    outline = set_items(open_form('{"type":"array"}'), "object")
    assert json.loads(write_outline(outline)) == {"type": "array", "items": {"type": "object", "properties": {}}}


@pytest.mark.parametrize("typed", ["abc", "1,5", "+3", "NaN", "01"])
def test_a_bound_that_is_no_number_is_refused_in_words(typed: str) -> None:
    spec = next(spec for spec in FIELDS["number"] if spec.keyword == "minimum")
    with pytest.raises(CurationError, match="At least"):
        set_field(Outline(keywords={"type": '"number"'}), spec, typed)


def test_other_type_drops_only_what_the_old_type_knew() -> None:
    outline = read_outline('{"type":"string","maxLength":5,"x-keep":1,"description":"d","default":"a"}')
    changed = set_kind(outline, "integer")
    assert json.loads(write_outline(changed)) == {"type": "integer", "x-keep": 1, "description": "d", "default": "a"}


@pytest.mark.parametrize("text", ["[]", "not json", "", '{"a":1,"a":2}'])
def test_json_the_form_cannot_hold_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(CurationError):
        open_form(text)


def test_layout_breaks_long_objects_and_keeps_short_ones_on_a_line() -> None:
    text = (
        '{"type":"object","properties":{"a":{"type":"string","description":"' + "x" * 60 + '"},"b":{"type":"number"}}}'
    )
    lines = lay_out(text).splitlines()
    assert '    "b": {"type": "number"}' in lines
    assert compact(lay_out(text)) == text


def test_edit_of_a_parameter_that_is_gone_is_refused_in_words() -> None:
    outline = open_form('{"properties": {"a": {}}}')
    with pytest.raises(CurationError, match="/properties/b"):
        change(outline, "/properties/b", lambda node: node)
    with pytest.raises(CurationError, match="/properties/b"):
        find(outline, "/properties/b")


REASON = (
    '{"type":"string","enum":["damaged","wrong_item","late"],'
    '"description":"Why it goes back. damaged: came broken; wrong_item: other goods; late: took too long."}'
)


def test_meanings_in_a_row_are_shown_with_their_values_and_stay_in_a_row() -> None:
    outline = read_outline(REASON)
    shown = show_choices(outline)
    assert read_description(outline) == "Why it goes back."
    assert shown == "damaged: came broken\nwrong_item: other goods\nlate: took too long"
    assert write_outline(type_choices(outline, shown)) == compact(REASON)


def test_a_renamed_value_takes_its_meaning_along() -> None:
    typed = "damaged: came broken\nwrong: other goods\nlate"
    renamed = json.loads(write_outline(type_choices(read_outline(REASON), typed)))
    assert renamed["enum"] == ["damaged", "wrong", "late"]
    assert renamed["description"] == "Why it goes back. damaged: came broken; wrong: other goods."


@pytest.mark.parametrize(
    "described",
    [
        "wrong_item: other goods; damaged: came broken.",
        "damaged: came broken;wrong_item: other goods",
        "See damaged: it says more.\nAnd late: too.",
        "Nothing about them; note: ask.",
    ],
)
def test_a_description_that_would_come_back_otherwise_stays_whole(described: str) -> None:
    outline = read_outline(json.dumps({"type": "string", "enum": ["damaged", "wrong_item"], "description": described}))
    told = read_description(outline)
    choices = read_choices(outline)
    again = json.loads(write_outline(write_choices(outline, choices)))
    assert again["description"] == described
    assert told in described
