"""Characters that nobody sees are shown by their code, wherever people's words are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.services import writing
from tests.browser.filling import Filling, make_answer
from tests.screens.rows import rows_of
from ui.text import plain, shorten, show_unseen

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
UNSEEN_JS = Path(__file__).parents[2] / "frontend/src/unseen.js"


@pytest.mark.parametrize(
    "character", ["\u3164", "\uffa0", "\U000e0100", "\u202e", "\u2066", "\u200b", "\x00", "\u00ad", "\U000e0041"]
)
def test_unseen_character_is_shown_by_its_code(character: str) -> None:
    code = f"\u27e8U+{ord(character):04X}\u27e9"
    assert show_unseen(f"Pay {character}100") == f"Pay {code}100"
    assert character not in plain(f"Pay {character}100")


@pytest.mark.parametrize(
    "text",
    [
        "Two\nlines\tand more",
        "\u0645\u06cc\u200c\u0634\u0648\u062f",
        "\U0001f468\u200d\U0001f469",
        "Malm\u00f6",
        SCOTLAND,
        "\u845b\U000e0100",
    ],
)
def test_what_a_script_needs_stays(text: str) -> None:
    assert show_unseen(text) == text


@pytest.mark.parametrize("character", ["\u202e", "\U000e0041", SCOTLAND])
def test_cut_leaves_no_half_of_a_code_or_a_flag(character: str) -> None:
    whole = show_unseen(character)
    for limit in range(5, 5 + len(whole)):
        assert shorten(f"Ana {character} Bell", limit) == "Ana…"
        assert plain(f"Ana {character} Bell", limit) == "Ana…"
    assert shorten(f"Ana {character} Bell", 5 + len(whole)) == f"Ana {whole}…"


def test_words_that_fit_are_not_cut() -> None:
    assert shorten("Ana \u27e8", 5) == "Ana \u27e8"
    assert shorten("Ana \u27e8b", 6) == "Ana \u27e8b"


def test_words_hidden_behind_a_flag_are_shown() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "payall")
    assert "\u27e8U+E0070\u27e9" in show_unseen(f"\U0001f3f4{hidden}")
    assert "\u27e8U+E0070\u27e9" in show_unseen(f"{SCOTLAND}{hidden}")


def test_the_live_editor_holds_the_same_list() -> None:
    (pattern,) = re.findall(r"const UNSEEN =\s+/(.+)/gu", UNSEEN_JS.read_text(encoding="utf-8"))
    # A flag needs a look behind of any length, which Python lacks; single characters have none.
    _, _, single = pattern.partition("{0,6})")
    shown = re.compile(re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), single))
    every = "a".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    codes = re.findall("\u27e8U\\+([0-9A-F]+)\u27e9", show_unseen(every))
    assert [f"{ord(one):04X}" for one in shown.findall(every)] == codes


def test_a_line_to_copy_is_exact_and_says_what_nobody_sees(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_answer("Pay \u202e001 now"))
    screen = open_page("write")
    screen.button(key="write.flip_row").click().run()
    (line,) = [one.value for one in screen.code if "Pay" in one.value]
    assert "\u202e" in line
    assert "\u27e8" not in line
    assert "The text below holds U+202E, which nobody sees." in [one.value for one in screen.caption]


def test_a_row_of_a_rail_shows_what_turns_its_words_around(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = filling.write(make_answer("Pay \u202e001 now"))
    rows = rows_of(open_page("write"), "write.rows")
    assert "\u27e8U+202E\u27e9" in rows.words(made.id)
    assert "\u202e" not in rows.words(made.id)


def test_reviewer_sees_what_turns_the_words_around(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = filling.write(make_answer("Pay \u202e001 now"))
    writing.submit(filling.ws, filling.actor, made.id, 1, nonce="submit")
    screen = open_page("review")
    assert any("U+202E" in one.value for one in screen.text)
