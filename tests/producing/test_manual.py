"""The page about drafting says what the strategies and gates say."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.producing.manual import write_page
from curation.synthesizers import SYNTHESIZERS, Synthesizer

PAGE = Path(__file__).parents[2] / "docs" / "drafting.md"


def test_page_is_the_one_the_strategies_write() -> None:
    assert PAGE.read_text() == write_page(), "run: python -m curation.producing.manual docs/drafting.md"


@pytest.mark.parametrize("strategy", SYNTHESIZERS, ids=lambda one: one.name)
def test_every_strategy_says_what_it_is_good_for(strategy: Synthesizer) -> None:
    assert strategy.about.endswith(".")
