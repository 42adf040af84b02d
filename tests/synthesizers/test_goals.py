"""Whether a text says a value."""

from __future__ import annotations

import pytest

from curation.synthesizers.goals import Fact, find_made_up, find_unsaid, says


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Where is b-4821?", "B4821"),
        ("Where is B 4821, please", "B4821"),
        ("It is for Ann's room.", "ann"),
        ("It was 49.90€.", "49.90"),
        ("A bag of 30kg", "30"),
        ("订单B4821在哪里", "B4821"),
        ("[15,16]", "16"),
        ("From 2026-03-15 on.", "2026-03-15"),
        ("to ada.l@example.org, please.", "ada.l@example.org"),
    ],
)
def test_a_value_is_said_word_for_word(text: str, value: str) -> None:
    assert says(text, value)
    assert find_unsaid([Fact("it", "", value)], text) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Where is B4815?", "15"),
        ("Where is B4815?", "B481"),
        ("About 1.5 metres", "15"),
        ("About 15.5 metres", "15"),
        ("It was 4990 euros.", "49.90"),
        ("I am scared", "car"),
        ("For Annabelle", "Ann"),
        ("Code 30A7", "30"),
    ],
)
def test_a_part_of_another_word_says_nothing(text: str, value: str) -> None:
    assert not says(text, value)
    assert find_unsaid([Fact("it", "", value)], text) == value


def test_a_figure_inside_a_code_is_made_up() -> None:
    assert find_made_up("Send 4821 of them.", "Order B4821") == "4821"
    assert find_made_up("Where is b4821?", "Order B4821") == ""
