"""What a browser does with a page: a button pressed, with the run it asks for, a text handed over, a row opened."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from ui import state


def press(screen: AppTest, key: str) -> AppTest:
    """Press the button; the list beside a desk that is ahead of it then follows."""
    screen.button(key=key).click().run()
    assert not screen.exception, screen.exception
    held = [json.loads(one.proto.json) for one in screen.get("bidi_component") if "-presses." in str(one.proto.id)]
    if any(one["follow"] for one in held):
        screen.run()
        assert not screen.exception, screen.exception
    return screen


def hand_over(screen: AppTest, key: str, text: str, base_rev: int = 1, nonce: str = "n1") -> None:
    """A text field hands over its text with the next run."""
    screen.session_state[key] = {"doc": {"text": text, "nonce": nonce, "base_rev": base_rev}}


def show(screen: AppTest, example_id: str) -> AppTest:
    """The page at one example, wherever its list stands."""
    screen.session_state[state.EXAMPLE.name] = example_id
    screen.run()
    assert not screen.exception, screen.exception
    return screen
