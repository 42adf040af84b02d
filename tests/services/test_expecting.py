"""What counts as right: said for one call, kept through edits, read by the metrics as it was meant."""

from __future__ import annotations

import json

import msgspec
import pytest

from curation.errors import BlockedError, NotFoundError
from curation.metrics.comparators import COMPARATORS
from curation.metrics.expected import expect
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.reading import Reading
from curation.model.values import Arguments
from curation.rules import check
from curation.rules.comparisons import COMPARISONS
from curation.services import call_edits, expecting, turn_edits
from curation.services.expecting import OTHERS, SETTING, expected_at
from curation.services.questions import _cut
from curation.services.text_fields import read_text, write_text
from curation.services.turn_following import follow_field

PROPERTIES = {"city": {"type": "string"}, "n": {"type": "integer"}, "tags": {"type": "array"}, "any": {}}


def make_definition(name: str) -> Definition:
    function = {"name": name, "description": "Do it.", "parameters": {"type": "object", "properties": PROPERTIES}}
    return Definition(json.dumps({"type": "function", "function": function}))


def make_call(number: int, tool: str = "book", **arguments: object) -> Call:
    return Call(tool, Arguments(json.dumps(arguments or {"city": "Rome", "n": 2})), f"call_{number}", "function")


def make(*calls: Call) -> Example:
    """Each call in a turn of its own, with its result."""
    turns = [Message(role="user", content="Book it.")]
    for call in calls or (make_call(1),):
        turns += [Message(role="assistant", calls=(call,)), Message(role="tool", content="{}", tool_call_id=call.id)]
    return Example(messages=tuple(turns), tools=(make_definition("book"), make_definition("a.b")))


def others(turn: int, argument: str = "city", call: int = 0) -> str:
    return expected_at(turn, call, argument, OTHERS)


def setting(turn: int, argument: str = "city", call: int = 0) -> str:
    return expected_at(turn, call, argument, SETTING)


def test_every_comparison_that_can_be_chosen_is_one_that_metrics_know() -> None:
    assert set(COMPARISONS) == set(COMPARATORS)


@pytest.mark.parametrize(
    ("argument", "text", "values"),
    [
        ("city", "Roma\nRom", ["Roma", "Rom"]),
        ("city", '5\n"two words"\n"a\\nb"', ["5", "two words", "a\nb"]),
        ("n", "3\n4.5\nfive", [3, 4.5, "five"]),
        ("tags", '["a", "b"]\n[', [["a", "b"], "["]),
        ("any", '12\n"12"\nNaN', [12, "12", "NaN"]),
        ("city", "\n  Roma  \n\n", ["Roma"]),
    ],
)
def test_other_values_are_typed_one_a_line(argument: str, text: str, values: list[object]) -> None:
    said = write_text(make(), others(1, argument), text)
    assert said.acceptable == ({"book": {argument: values}},)
    assert write_text(said, others(1, argument), read_text(said, others(1, argument))) == said
    assert write_text(said, others(1, argument), "").acceptable is None


def test_line_that_nobody_touched_keeps_its_value() -> None:
    said = msgspec.structs.replace(make(), acceptable=({"book": {"city": [5, " Roma", ""]}},))
    more = write_text(said, others(1), read_text(said, others(1)) + "\nRom")
    assert more.acceptable == ({"book": {"city": [5, " Roma", "Rom", ""]}},)


def test_each_call_has_an_object_of_its_own_that_its_question_takes_along() -> None:
    example = make(make_call(1), make_call(2, city="Bari"))
    said = write_text(example, others(3), "Bari Centrale")
    assert said.acceptable == ({}, {"book": {"city": ["Bari Centrale"]}})
    for turn, wanted in ((1, None), (3, {"city": ["Bari Centrale"]})):
        expected = expect(_cut(said, turn), is_router=False)
        assert expected is not None
        assert expected.calls[0].acceptable == wanted


def test_calls_of_one_tool_in_one_turn_have_values_apart() -> None:
    two = (make_call(1), make_call(2, city="Bari"))
    example = Example(messages=(Message(role="assistant", calls=two),), tools=(make_definition("book"),))
    said = write_text(example, others(0, call=1), "Bari Centrale")
    assert [read_text(said, others(0, call=call)) for call in (0, 1)] == ["", "Bari Centrale"]


def test_values_that_name_no_call_are_kept_while_another_calls_are_written() -> None:
    two = (make_call(1), make_call(2, "a.b"))
    example = Example(messages=(Message(role="assistant", calls=two),), tools=(make_definition("book"),))
    misspelt = msgspec.structs.replace(example, acceptable=({"a.b": {"n": [3]}}, {"bok": {"n": [4]}}))
    said = write_text(misspelt, others(0, "n", call=1), "5")
    assert said.acceptable == ({"bok": {"n": [4]}}, {"a.b": {"n": [5]}})


def test_comparison_of_the_longer_name_is_not_shown_at_the_shorter() -> None:
    two = (make_call(1, "a"), make_call(2, "a.b", to="Rome"))
    spoken = Message(role="assistant", calls=two, label=Label(comparators={"a.b.to": "exact"}))
    example = Example(messages=(spoken,), tools=(make_definition("a"), make_definition("a.b")))
    shown = [[one.argument for one in expecting.list_expectations(example, 0, call)] for call in (0, 1)]
    assert shown == [["city", "n"], ["to"]]
    assert expecting.field_of(example, "/messages/0/label/comparators/a.b.to") == setting(0, "to", call=1)


def test_list_of_the_last_turn_alone_is_spread_over_all_calls() -> None:
    example = make(make_call(1), make_call(2, city="Bari"))
    listed = msgspec.structs.replace(example, acceptable=({"book": {"city": ["Bari Centrale"]}},))
    assert read_text(listed, others(1)) == ""
    assert read_text(listed, others(3)) == "Bari Centrale"
    more = write_text(listed, others(1), "Roma")
    assert more.acceptable == ({"book": {"city": ["Roma"]}}, {"book": {"city": ["Bari Centrale"]}})


def test_list_that_fits_no_calls_is_not_written_over() -> None:
    odd = msgspec.structs.replace(make(), acceptable=({"book": {"city": ["Roma"]}},) * 3)
    with pytest.raises(NotFoundError):
        write_text(odd, others(1), "Rom")
    with pytest.raises(BlockedError):
        expecting.set_left_out(odd, others(1), may_be=True)
    assert expecting.list_expectations(odd, 1, 0)


def test_argument_may_be_left_out_and_need_not_be_again() -> None:
    said = expecting.set_left_out(write_text(make(), others(1), "Roma"), others(1), may_be=True)
    assert said.acceptable == ({"book": {"city": ["Roma", ""]}},)
    assert read_text(said, others(1)) == "Roma"
    assert expecting.read_one(said, 1, 0, "city").may_be_left_out
    assert expecting.set_left_out(said, others(1), may_be=False).acceptable == ({"book": {"city": ["Roma"]}},)


@pytest.mark.parametrize(
    ("argument", "kind", "text", "stored", "is_right"),
    [
        ("n", "number", "0.5", {"kind": "number", "tolerance": 0.5}, True),
        ("n", "number", "1" + "0" * 400, {"kind": "number", "tolerance": 10**400}, True),
        ("n", "number", "a little", {"kind": "number", "tolerance": "a little"}, False),
        ("n", "number", "NaN", {"kind": "number", "tolerance": "NaN"}, False),
        ("city", "regex", "Rom[ea]", {"kind": "regex", "pattern": "Rom[ea]"}, True),
        ("city", "regex", "Rom[", {"kind": "regex", "pattern": "Rom["}, False),
        ("city", "regex", "((a{1000}){1000}){1000}", {"kind": "regex", "pattern": "((a{1000}){1000}){1000}"}, False),
        ("city", "regex", "(a+)+b", {"kind": "regex", "pattern": "(a+)+b"}, True),
        ("city", "contains", "Rom", {"kind": "contains", "text": "Rom"}, True),
        ("city", "contains", "Ro\nma", {"kind": "contains", "values": ["Ro", "ma"]}, True),
        ("n", "any_of", "3\n4", {"kind": "any_of", "values": [3, 4]}, True),
    ],
)
def test_setting_of_a_comparison_is_text(argument: str, kind: str, text: str, stored: object, is_right: bool) -> None:
    chosen = expecting.set_kind(make(), setting(1, argument), kind)
    said = write_text(chosen, setting(1, argument), text)
    assert said.messages[1].label == Label(comparators={f"book.{argument}": stored})
    assert read_text(said, setting(1, argument)) == text
    found = [one for one in check(Reading(said)) if one.rule == "expectation-unusable"]
    assert (not found) is is_right
    assert all(expecting.field_of(said, one.at) == setting(1, argument) for one in found)


def test_usual_comparison_leaves_no_word() -> None:
    said = expecting.set_kind(make(), setting(1), "case_fold")
    assert said.messages[1].label == Label(comparators={"book.city": "case_fold"})
    assert expecting.set_kind(said, setting(1), "normalised") == make()


def test_setting_of_a_misspelt_kind_is_kept_for_the_right_one() -> None:
    label = Label(comparators={"book.n": {"kind": "numbr", "tolerance": 2}})
    example = turn_edits.set_label(make(), 1, label)
    right = expecting.set_kind(example, setting(1, "n"), "number")
    assert right.messages[1].label == Label(comparators={"book.n": {"kind": "number", "tolerance": 2}})


def test_value_that_breaks_its_schema_is_found_in_its_field() -> None:
    said = write_text(make(make_call(1), make_call(2)), others(3, "n"), "3\nmany")
    (found,) = [one for one in check(Reading(said)) if one.rule == "expectation-unusable"]
    assert found.at == "/acceptable/1/book/n/1"
    assert expecting.field_of(said, found.at) == others(3, "n")
    assert found.fix is not None


def test_values_stay_with_their_calls_when_turns_move_come_and_go() -> None:
    example = write_text(make(make_call(1), make_call(2, city="Bari")), others(3), "Bari Centrale")
    moved = expecting.follow_calls(example, turn_edits.move_turn(example, 3, -1))
    assert read_text(moved, others(1)) == "Bari Centrale"
    gone = expecting.follow_calls(example, turn_edits.remove_turn(example, 1))
    assert gone.acceptable == ({"book": {"city": ["Bari Centrale"]}},)
    beside = expecting.follow_calls(example, call_edits.add_call(example, make_definition("a.b"), 1))
    assert read_text(beside, others(3)) == "Bari Centrale"
    retyped = write_text(example, "/messages/3/tool_calls/0/function/arguments/city", "Ostuni")
    assert expecting.follow_calls(example, retyped) == retyped


def test_comparisons_of_a_tool_that_is_called_no_more_go() -> None:
    both = turn_edits.set_label(make(), 1, Label(recovery="escalate", comparators={"book.city": "set", "x.y": "set"}))
    other = expecting.follow_calls(both, call_edits.change_tool(both, 1, 0, make_definition("a.b")))
    assert other.messages[1].label == Label(recovery="escalate", comparators={"x.y": "set"})


def test_field_follows_its_call_to_another_turn() -> None:
    example = make(make_call(1), make_call(2, city="Bari"))
    moved = turn_edits.move_turn(example, 3, -1)
    assert follow_field(others(3), [example, moved]) == others(1)
    assert follow_field(setting(3), [example, turn_edits.remove_turn(example, 3)]) is None


def test_tool_whose_name_holds_a_dot_and_an_argument_with_a_slash() -> None:
    example = make(make_call(1, "a.b", **{"x/y": 1}))
    said = write_text(expecting.set_kind(example, setting(1, "x/y"), "number"), setting(1, "x/y"), "2")
    assert said.messages[1].label == Label(comparators={"a.b.x/y": {"kind": "number", "tolerance": 2}})
    listed = write_text(said, others(1, "x/y"), "5")
    assert listed.acceptable == ({"a.b": {"x/y": [5]}},)
    (one,) = expecting.list_expectations(listed, 1, 0)
    assert (one.argument, one.others, one.setting) == ("x/y", "5", "2")
    assert expecting.field_of(listed, one.places[0]) == setting(1, "x/y")
    assert expecting.field_of(listed, one.places[1]) == others(1, "x/y")


def test_unknown_order_is_refused() -> None:
    said = expecting.set_order(make(), 1, "sequence")
    assert said.messages[1].label == Label(order="sequence")
    assert expecting.set_order(said, 1, "any") == make()
    with pytest.raises(BlockedError):
        expecting.set_order(said, 1, "later")
