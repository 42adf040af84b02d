"""The glossary page shows the one table, and finds words in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.screens.stage import Stage
from ui.glossary import GLOSSARY, PLACES, meaning_of


def test_every_word_stands_in_the_table_once_and_says_something() -> None:
    assert max(Counter(word.name for word in GLOSSARY).values()) == 1
    assert all(len(word.meaning.split()) >= 5 for word in GLOSSARY)
    assert meaning_of("look") == next(word.meaning for word in GLOSSARY if word.name == "look")


def test_page_lists_the_words_under_their_places(open_page: Callable[[str], AppTest]) -> None:
    shown = open_page("glossary")
    words = [str(element.value) for element in shown.markdown]
    assert all(any(word.meaning in text for text in words) for word in GLOSSARY)
    assert {str(header.value) for header in shown.header} == set(PLACES)


@pytest.mark.parametrize("page", ["catalogue", "examples", "training", "evaluation"])
def test_the_way_to_it_is_a_link_that_opens_a_tab_of_its_own(stage: Stage, page: str) -> None:
    links = [one.proto for one in stage.show(page).get("page_link")]
    assert [one.page for one in links if one.label == "Glossary"] == ["glossary"]
