"""Where the Write page leads: the cursor, the call that is open, what a turn offers, which view of arguments."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.model.example import Message
from curation.model.values import Arguments
from tests.browser.filling import Filling, make_example
from tests.screens.pressing import press, show
from ui.cursor import nearest
from ui.scene import Scene
from ui.tokens import Claim
from ui.turn_menu import turn_acts


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("/messages/1/tool_calls/0/function/arguments/a", "a"),
        ("/messages/1/tool_calls/0/function/arguments/a/0/b", "a"),
        ("/messages/1/tool_calls/0/function/arguments", "a"),
        ("/messages/1/tool_calls/0/function/arguments/gone", "a"),
        ("/messages/0", "user"),
        ("/messages/10/content", "user"),
        ("/tools/0/function", "offered"),
        ("", "user"),
    ],
)
def test_cursor_goes_to_the_nearest_field(at: str, key: str) -> None:
    arguments = "/messages/1/tool_calls/0/function/arguments"
    spots = {"/messages/0/content": "user", f"{arguments}/a": "a", f"{arguments}/b": "b", "/tools": "offered"}
    assert nearest(spots, at) == key


def test_cursor_has_nowhere_to_go_on_a_page_without_fields() -> None:
    assert nearest({}, "/messages/0/content") == ""


def test_turn_offers_only_what_can_be_done_with_it() -> None:
    made = make_example("Where is B4821?")
    failed = msgspec.structs.replace(made.messages[2], content='{"error": "No"}')
    messages = (*made.messages[:2], failed, made.messages[2], made.messages[3])
    ids = tuple(f"t{turn}" for turn in range(5))
    example = msgspec.structs.replace(made, messages=messages)
    scene = Scene("e", example, ids, (), {}, Claim("", "", "", "e", "", 1), is_editable=True, page="write")
    offered = [turn_acts(scene, turn, message) for turn, message in enumerate(messages)]
    assert offered[0] == ["Move down", "Duplicate", "Remove"]
    assert offered[1][:3] == ["Label", "Text beside the calls", "Add a call here"]
    assert offered[2] == ["Choose the result", "Move up", "Move down", "Duplicate", "Remove"]
    assert offered[4] == ["Label", "Add a call here", "Move up", "Duplicate", "Remove"]


def test_conversation_is_split_only_where_another_begins() -> None:
    made = make_example("Where is B4821?")
    messages = (Message(role="system", content="Be brief."), *made.messages, Message(role="user", content="Thanks"))
    example = msgspec.structs.replace(made, messages=messages)
    ids = tuple(f"t{turn}" for turn in range(len(messages)))
    scene = Scene("e", example, ids, (), {}, Claim("", "", "", "e", "", 1), is_editable=True, page="write")
    offered = ["Split here" in turn_acts(scene, turn, message) for turn, message in enumerate(messages)]
    assert offered == [False, False, False, False, False, True]


def test_call_shown_by_default_is_marked_open(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = open_page("write")
    assert f"write.open.{example.id}.t1/0" not in {one.key for one in screen.button}
    assert any("open" in mark.value and "arrow_forward" in mark.value for mark in screen.markdown)


def test_arguments_that_are_no_object_are_shown_as_json(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    call = (made.messages[1].calls or ())[0]
    wrong = msgspec.structs.replace(call, arguments=Arguments('["B4821"]'))
    asked = msgspec.structs.replace(made.messages[1], calls=(wrong,))
    example = filling.write(msgspec.structs.replace(made, messages=(made.messages[0], asked, *made.messages[2:])))
    screen = press(open_page("write"), "write.next_error")
    assert f"write.args.{example.id}.t1.call_1.json" in screen.session_state[f"write.fields.{example.id}"]


def test_other_view_of_broken_arguments_answers_why_there_is_none(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = make_example("Where is B4821?")
    call = msgspec.structs.replace((example.messages[1].calls or ())[0], arguments=Arguments('{"order_id": '))
    turn = msgspec.structs.replace(example.messages[1], calls=(call,))
    messages = (example.messages[0], turn, *example.messages[2:])
    filling.write(msgspec.structs.replace(example, messages=messages))
    screen = open_page("write")
    assert screen.button(key="write.flip").label == "As a form"
    press(screen, "write.flip")
    assert "not a JSON object" in screen.toast[0].value


@pytest.mark.parametrize(("orders", "opened"), [(("B4821", "B4822"), "in turn 2"), (("B4821", "b"), "in turn 6")])
def test_example_opens_at_its_first_finding_else_its_first_call(
    filling: Filling, open_page: Callable[..., AppTest], orders: tuple[str, str], opened: str
) -> None:
    first, second = (make_example(f"Where is {one}?", order_id=one) for one in orders)
    (call,) = second.messages[1].calls or ()
    called = msgspec.structs.replace(second.messages[1], calls=(msgspec.structs.replace(call, id="call_2"),))
    answered = msgspec.structs.replace(second.messages[2], tool_call_id="call_2")
    messages = (*first.messages, second.messages[0], called, answered, second.messages[3])
    example = filling.write(msgspec.structs.replace(first, messages=messages))
    screen = show(open_page("write"), example.id)
    assert [one.value for one in screen.caption if opened in one.value]
