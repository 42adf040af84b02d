"""Answers that ran out of tokens: what is said beside the figures of a look, and beside each answer."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from curation.services.evaluation_rows import GivenAnswer
from tests.screens.stage import texts
from ui.failure_words import say_verdict


def _draw() -> None:
    from types import SimpleNamespace
    from typing import Any

    from curation.metrics.lengths import Lengths
    from curation.services.evaluation_rows import GivenAnswer
    from ui.answer_in_full import _say_end
    from ui.repair_table import draw_beside

    cut = Lengths(limit=128, longest_right=150, beyond=2, cut=3, cut_from=128, cut_to=128)
    one, other = (
        SimpleNamespace(label=label, lengths=lengths, repairs=None, held=None)
        for label, lengths in (("base", cut), ("tuned", Lengths(limit=128)))
    )
    part: Any = SimpleNamespace(models=(one, other), slice="")
    draw_beside(part, {"base": "base", "tuned": "tuned"})
    _say_end(GivenAnswer("{", "unparseable", "unparseable", "", None, is_cut=True, tokens=128))


def test_cut_answers_are_counted_beside_the_figures_and_marked_where_they_stand() -> None:
    shown = AppTest.from_function(_draw, default_timeout=120).run()
    assert not shown.exception
    said = texts(shown).replace("\\", "")
    assert "base: 3 answers were cut at 128 tokens." in said
    assert (
        "base: The right answers of 2 rows are longer than the 128 tokens that an answer may have; allow 150." in said
    )
    assert "It ran out of tokens after 128: it was cut and has no end." in said
    assert "tuned" not in said


def test_verdict_of_a_cut_answer_says_so() -> None:
    answer = GivenAnswer("{", "unparseable", "unparseable", "", None, is_cut=True)
    assert say_verdict(answer) == "unparseable, cut"
