"""Write: the results of calls stay open while they are written, and the cursor goes where one is still open."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from streamlit.testing.v1 import AppTest

from curation.model.example import Call, Message
from curation.model.values import Arguments
from tests.browser.filling import Filling, make_example
from tests.screens.pressing import hand_over
from ui import state


def act(screen: AppTest, verb: str, at: str = "") -> AppTest:
    screen.session_state["act.write"] = state.Act(verb, at, "", f"{verb} {at}")
    screen.run()
    assert not screen.exception, screen.exception
    return screen


def write_two_calls(filling: Filling) -> str:
    made = make_example("Where are B4821 and C1000?")
    calls = tuple(
        Call(name="track_order", arguments=Arguments(f'{{"order_id": "{one}"}}'), id=f"call_{n}", type="function")
        for n, one in enumerate(("B4821", "C1000"), start=1)
    )
    messages = (made.messages[0], Message(role="assistant", content=None, calls=calls))
    return filling.write(msgspec.structs.replace(made, messages=messages)).id


def aimed(screen: AppTest) -> str:
    return str(screen.session_state["write.aim"].at)


def test_key_of_results_leads_to_the_next_open_one(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example_id = write_two_calls(filling)
    screen = act(open_page("write"), "add_result")
    assert aimed(screen) == "/messages/2/content"
    turn = next(key for key, at in screen.session_state[f"write.fields.{example_id}"].items() if at == aimed(screen))
    hand_over(screen, turn, '{"status": "sent"}', base_rev=2)
    act(screen, "add_result")
    assert aimed(screen) == "/messages/3/content"
    drawn = screen.session_state[f"write.fields.{example_id}"]
    assert {"/messages/2/content", "/messages/3/content"} <= set(drawn.values())
    hand_over(screen, next(key for key, at in drawn.items() if at == aimed(screen)), '{"status": "lost"}', 3, "n2")
    act(screen, "add_result")
    assert [one.content for one in filling.read(example_id).example.messages[2:]] == [
        '{"status": "sent"}',
        '{"status": "lost"}',
    ]
    assert aimed(screen) == "/messages/3/content"
    assert "/messages/3/content" in screen.session_state[f"write.fields.{example_id}"].values()


def test_duplicated_result_is_open_for_the_cursor(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = act(open_page("write"), "duplicate_turn", "t2")
    assert aimed(screen) == "/messages/3"
    assert "/messages/3/content" in screen.session_state[f"write.fields.{example.id}"].values()
