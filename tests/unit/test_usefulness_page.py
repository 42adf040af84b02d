"""The page about what drafts teach says what was measured."""

from __future__ import annotations

import pytest

from benchmarks.shared.usefulness import (
    FIGURES,
    PAGE,
    Measured,
    difference,
    paired_arms,
    plain_arms,
    read_recorded,
    write_page,
)


def measured(*verdicts: str) -> Measured:
    return Measured(
        "stamp", 4, dict.fromkeys(FIGURES, (0.5, 4)), verdicts, tuple(one == "needless_call" for one in verdicts)
    )


def test_the_page_is_what_the_recorded_figures_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_page(read_recorded())


def test_what_is_not_measured_is_said_and_never_guessed() -> None:
    page = write_page({"schemas-100": measured("right", "right", "right", "right")})
    assert "| 100 | 50% [15%–85%] |" in page
    assert "| 200 | not measured yet |" in page
    assert "once all three draws" in page


def test_the_difference_is_told_of_the_same_rows() -> None:
    plain = [measured("needless_call", "wrong_tool", "right", "right")] * 3
    paired = [measured("right", "wrong_tool", "right", "right")] * 3
    change, low, high = difference("false_call", plain, paired)
    assert change == -0.25
    assert low <= change <= high <= 0
    assert difference("wrong_tool", plain, paired) == (0, 0, 0)
    page = write_page(dict(zip((*plain_arms(), *paired_arms()), (*plain, *paired), strict=True)))
    assert "pairs change them by -25.0 points" in page


@pytest.mark.parametrize("arm", [*plain_arms(), *paired_arms()])
def test_every_recorded_arm_answered_the_same_number_of_rows(arm: str) -> None:
    known = read_recorded().get(arm)
    assert known is None or len(known.verdicts) == known.figures["valid_call_rate"][1]
