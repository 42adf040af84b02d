"""An edit in the form changes its own place in the JSON text and no other character."""

from __future__ import annotations

import json
import random

import pytest

from curation.model.outline import lay_out, write_outline
from curation.services.parameter_edits import (
    add_parameter,
    move_parameter,
    remove_parameter,
    rename_parameter,
    set_required,
)
from curation.services.parameter_forms import change, list_lines, open_form, set_keyword
from curation.services.weaving import weave
from tests.unit.test_parameter_outline import make_schema

SEEDS = range(60)
HAND = """{ "type" : "object",
    "properties": {
        "b\\u0061r":   { "type":"string", "x": [1,  2.50] },
        "amount": {"type": "number",
                   "minimum": 1.10}
    } ,
    "x-kept" : 1e5 }
"""


def typed_by_hand(dice: random.Random) -> str:
    return json.dumps(
        make_schema(dice),
        ensure_ascii=dice.random() < 0.5,
        indent=dice.choice([None, 1, 3, "\t"]),
        separators=dice.choice([(",", ":"), (", ", ": "), (" , ", "  :")]),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_text_nobody_edited_stays_to_the_letter(seed: int) -> None:
    text = typed_by_hand(random.Random(seed))
    assert weave(text, open_form(text)) == text


@pytest.mark.parametrize("seed", SEEDS)
def test_adding_and_taking_away_again_gives_the_text_that_was(seed: int) -> None:
    text = typed_by_hand(random.Random(seed))
    outline = open_form(text)
    grown = add_parameter(add_parameter(outline, "", "added", "object"), "/properties/added", "inner")
    woven = weave(text, grown)
    assert json.dumps(json.loads(woven)) == json.dumps(json.loads(write_outline(grown)))
    if outline.properties:
        assert weave(woven, remove_parameter(grown, "/properties/added")) == text


@pytest.mark.parametrize("seed", SEEDS)
def test_one_changed_keyword_is_the_only_difference(seed: int) -> None:
    text = typed_by_hand(random.Random(seed))
    outline = open_form(text)
    for line in list_lines(outline):
        edited = change(outline, line.pointer, lambda node: set_keyword(node, "type", '"changed"'))
        woven = weave(text, edited)
        assert json.dumps(json.loads(woven)) == json.dumps(json.loads(write_outline(edited)))
        if "type" in line.outline.keywords:
            assert woven.replace('"changed"', line.outline.keywords["type"]) == text


def test_text_of_another_layout_keeps_it_around_the_edit() -> None:
    renamed = rename_parameter(open_form(HAND), "/properties/amount", "sum")
    assert weave(HAND, renamed) == HAND.replace('"amount"', '"sum"')
    required = set_required(open_form(HAND), "/properties/amount", required=True)
    assert weave(HAND, required) == HAND.replace("1e5 }", '1e5,\n    "required": ["amount"] }')
    removed = remove_parameter(open_form(HAND), "/properties/bar")
    assert weave(HAND, removed) == HAND.replace('        "b\\u0061r":   { "type":"string", "x": [1,  2.50] },\n', "")


def test_moved_members_keep_their_own_text() -> None:
    moved = weave(HAND, move_parameter(open_form(HAND), "/properties/amount", -1))
    assert list(json.loads(moved)["properties"]) == ["amount", "bar"]
    assert '"b\\u0061r":   { "type":"string", "x": [1,  2.50] }' in moved
    assert '"x-kept" : 1e5 }\n' in moved


def test_text_in_our_own_layout_stays_in_it() -> None:
    text = lay_out('{"type":"object","properties":{}}')
    for n in range(8):
        text = weave(text, add_parameter(open_form(text), "", f"parameter_{n}"))
    assert text == lay_out(text)
    assert "\n" in text


def test_what_is_no_layout_at_all_stays_compact() -> None:
    text = '{"type":"object","properties":{"a":{"type":"string","description":"' + "x" * 60 + '"}}}'
    woven = weave(text, add_parameter(open_form(text), "", "b"))
    assert woven == text[:-2] + ',"b":{"type":"string"}}}'
