"""Write: what counts as right is said in a fold beside the labels, found when it cannot count, and read in Review."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
from streamlit.testing.v1 import AppTest

from curation.model.definition import Definition, Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Arguments
from curation.services import drafting, writing
from tests.browser.filling import Filling, make_answer, make_example
from tests.screens.pressing import hand_over, press
from ui import state

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "n": {"type": "integer"}, "größe": {"type": "string"}},
}
FUNCTION = {"name": "book", "description": "Book it.", "parameters": SCHEMA}
BOOK = Tool(Definition(json.dumps({"type": "function", "function": FUNCTION})), side_effect="write")
OTHERS = "/messages/1/tool_calls/0/expected/city/others"


def make_booking(*cities: str, label: Label | None = None, **more: object) -> Example:
    calls = tuple(
        Call("book", Arguments(json.dumps({"city": city})), f"call_{number}", "function")
        for number, city in enumerate(cities, 1)
    )
    turns = (Message(role="user", content="Book it."), Message(role="assistant", calls=calls, label=label))
    results = tuple(Message(role="tool", content="{}", tool_call_id=call.id) for call in calls)
    last = Message(role="assistant", content="Booked.")
    return Example(messages=(*turns, *results, last), tools=(BOOK.definition,), **more)  # type: ignore[arg-type]


def fold_of(example_id: str) -> str:
    return f"write.expected.{example_id}.t1"


def opened(open_page: Callable[..., AppTest], example_id: str, call: int = 0) -> AppTest:
    """The page with the fold of the first decision open."""
    screen = open_page("write")
    screen.session_state[f"write.selected.{example_id}"] = f"t1/{call}"
    screen.session_state[fold_of(example_id)] = True
    screen.run()
    assert not screen.exception, screen.exception
    return screen


def labels(screen: AppTest) -> list[str]:
    return [one.label for one in screen.selectbox]


def title_of(screen: AppTest) -> str:
    return next(one.label for one in screen.expander if one.label.startswith("What counts as right"))


def choose(screen: AppTest, label: str, value: str) -> None:
    next(one for one in screen.selectbox if one.label == label).select(value).run()
    assert not screen.exception, screen.exception


def test_fold_is_there_for_decisions_that_call_and_draws_nothing_closed(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome"))
    screen = open_page("write")
    screen.session_state[f"write.selected.{example.id}"] = "t1/0"
    screen.run()
    assert title_of(screen) == "What counts as right · the usual"
    assert "city is compared" not in labels(screen)
    filling.write(make_answer("Thanks"))
    assert not any("counts as right" in one.label for one in open_page("write").expander)


def test_comparison_and_its_setting_are_chosen_typed_and_undone(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome"))
    screen = opened(open_page, example.id)
    choose(screen, "city is compared", "regex")
    (key,) = [key for key in screen.session_state[f"write.fields.{example.id}"] if key.endswith(".setting.regex")]
    hand_over(screen, key, "Rom[ea]", base_rev=2)
    screen.run()
    said = filling.read(example.id).example.messages[1].label
    assert said == Label(comparators={"book.city": {"kind": "regex", "pattern": "Rom[ea]"}})
    assert title_of(screen) == "What counts as right · 1 said"
    press(screen, "write.undo")
    press(screen, "write.undo")
    assert filling.read(example.id).example.messages[1].label is None


def test_other_values_are_typed_and_come_back_from_a_closed_tab(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome"))
    screen = opened(open_page, example.id)
    key = f"write.expect.{example.id}.t1.call_1.city.others"
    assert screen.session_state[f"write.fields.{example.id}"][key] == OTHERS
    hand_over(screen, key, "Roma\nRom")
    screen.run()
    assert filling.read(example.id).example.acceptable == ({"book": {"city": ["Roma", "Rom"]}},)
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "example", example.id, OTHERS, 2, "Roma")
    open_page("write")
    assert filling.read(example.id).example.acceptable == ({"book": {"city": ["Roma"]}},)


def test_each_of_several_calls_has_its_own_values_and_they_have_an_order(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome", "Bari"))
    screen = opened(open_page, example.id, call=1)
    choose(screen, "Order of the calls", "sequence")
    hand_over(screen, f"write.expect.{example.id}.t1.call_2.city.others", "Bari Centrale", base_rev=2)
    screen.run()
    next(one for one in screen.checkbox if one.label == "city may be left out").check().run()
    said = filling.read(example.id).example
    assert said.messages[1].label == Label(order="sequence")
    assert said.acceptable == ({}, {"book": {"city": ["Bari Centrale", ""]}})


def test_something_is_said_of_an_argument_that_the_call_leaves_out(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome"))
    screen = opened(open_page, example.id)
    choose(screen, "An argument that is left out (2 more)", "größe")
    choose(screen, "größe is compared", "ignore")
    assert filling.read(example.id).example.messages[1].label == Label(comparators={"book.größe": "ignore"})


def test_misspelt_comparison_is_found_mended_and_next_error_opens_its_field(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome", label=Label(comparators={"book.city": "sett"})))
    screen = open_page("write")
    screen.session_state["act.write"] = state.Act("next_error", "", "", "n1")
    screen.run()
    assert screen.session_state[fold_of(example.id)]
    assert any("unknown kind" in one.value for one in screen.markdown)
    assert "sett" in str(next(one for one in screen.selectbox if one.label == "city is compared").value)
    press(screen, next(one.key for one in screen.button if one.label == "Use set"))
    assert filling.read(example.id).example.messages[1].label == Label(comparators={"book.city": "set"})


def test_values_that_belong_to_no_call_are_removed_before_others_are_said(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_booking("Rome", acceptable=({"book": {"city": ["Roma"]}},) * 3))
    screen = opened(open_page, example.id)
    assert any("belong to no calls" in one.value for one in screen.warning)
    assert OTHERS not in screen.session_state[f"write.fields.{example.id}"].values()
    press(screen, next(one.key for one in screen.button if one.label == "Remove the acceptable values"))
    assert filling.read(example.id).example.acceptable is None


def test_review_reads_what_counts_as_right(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    label = Label(order="sequence", comparators={"book.city": {"kind": "regex", "pattern": "Ba*ri"}})
    listed = ({}, {"book": {"city": ["Bari *C*", ""]}})
    example = filling.write(make_booking("Rome", "Bari", label=label, acceptable=listed))
    writing.submit(filling.ws, filling.actor, example.id, 1, nonce="submit")
    said = [one.value for one in open_page("review").caption]
    assert any("Only this order is right" in one for one in said)
    (one,) = [one for one in said if "is right as well" in one]
    assert "may be left out" in one
    assert "by a pattern" in one
    assert "*C*" not in one, "other people's words are no markdown"


def test_turn_without_expectations_reads_as_before(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(msgspec.structs.replace(make_example("Where is B4821?")))
    writing.submit(filling.ws, filling.actor, example.id, 1, nonce="submit")
    assert not any("right" in one.value for one in open_page("review").caption)
