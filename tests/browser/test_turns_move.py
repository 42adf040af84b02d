"""Turns that change places, go and come back: each shows its own text all the time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.example import Example, Message
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_tool
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.xdist_group("browser-1")]
SAVED_S = 20.0
TEXTS = ("One", "Smile \N{GRINNING FACE}", "A nul \x00 here", "\u0645\u0631\u062d\u0628\u0627", "Five \u202e 5", "Six")


def _open(filling: Filling, server: Server, page: Page) -> str:
    turns = tuple(Message(role="assistant" if place % 2 else "user", content=text) for place, text in enumerate(TEXTS))
    example = filling.write(Example(messages=turns, tools=(make_tool().definition,)))
    page.goto(f"{server.base}/write?project={filling.project.id}&example={example.id}")
    return example.id


def _shows(page: Page, filling: Filling, example_id: str) -> None:
    """Every turn as it is stored, in its place."""
    settled(page)
    for place, message in enumerate(filling.read(example_id).example.messages):
        word = "User" if message.role == "user" else "Assistant"
        expect(page.get_by_label(f"{word}, turn {place + 1}", exact=True)).to_have_value(str(message.content))


def _press(page: Page, filling: Filling, example_id: str, chord: str) -> None:
    """Press a key and wait for the revision it makes."""
    before, deadline = filling.read(example_id).head_rev, time.monotonic() + SAVED_S
    page.keyboard.press(chord)
    while filling.read(example_id).head_rev == before:
        assert time.monotonic() < deadline, f"{chord} did nothing"
        page.wait_for_timeout(50)


@pytest.mark.parametrize(("turn", "chord"), [(2, "Alt+ArrowDown"), (5, "Alt+ArrowUp"), (2, "Alt+Delete")])
def test_turn_moved_or_removed_and_brought_back_keeps_its_text(
    server: Server, open_tab: Callable[[str], Page], turn: int, chord: str
) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        example_id = _open(filling, server, page)
        for pressed in (chord, "Alt+z", chord):
            _shows(page, filling, example_id)
            page.get_by_role("textbox", name=re.compile(rf", turn {turn}$")).click()
            _press(page, filling, example_id, pressed)
        _shows(page, filling, example_id)
        for code in ("U+0000", "U+202E"):
            expect(page.get_by_text(f"holds {code}, which nobody sees")).to_be_visible()
