"""A button pressed as a browser presses it: with the run it asks for once a desk is on screen."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest


def press(screen: AppTest, key: str) -> AppTest:
    """Press the button; the list beside a desk that is ahead of it then follows."""
    screen.button(key=key).click().run()
    assert not screen.exception, screen.exception
    held = [json.loads(one.proto.json) for one in screen.get("bidi_component") if "-presses." in str(one.proto.id)]
    if any(one["follow"] for one in held):
        screen.run()
        assert not screen.exception, screen.exception
    return screen
