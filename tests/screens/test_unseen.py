"""Characters that nobody sees are shown by their code, wherever people's words are read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from curation.services import writing
from tests.browser.filling import Filling, make_answer
from ui.text import plain, show_unseen


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\x00", "\u00ad", "\U000e0041"])
def test_unseen_character_is_shown_by_its_code(character: str) -> None:
    code = f"\u27e8U+{ord(character):04X}\u27e9"
    assert show_unseen(f"Pay {character}100") == f"Pay {code}100"
    assert character not in plain(f"Pay {character}100")


@pytest.mark.parametrize(
    "text", ["Two\nlines\tand more", "\u0645\u06cc\u200c\u0634\u0648\u062f", "\U0001f468\u200d\U0001f469", "Malm\u00f6"]
)
def test_what_a_script_needs_stays(text: str) -> None:
    assert show_unseen(text) == text


def test_reviewer_sees_what_turns_the_words_around(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = filling.write(make_answer("Pay \u202e001 now"))
    writing.submit(filling.ws, filling.actor, made.id, 1, nonce="submit")
    screen = open_page("review")
    assert any("U+202E" in one.value for one in screen.text)
