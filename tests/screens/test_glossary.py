"""The glossary page shows the one table, and finds words in it."""

from __future__ import annotations

from collections import Counter

from ui.glossary import GLOSSARY, meaning_of


def test_every_word_stands_in_the_table_once_and_says_something() -> None:
    assert max(Counter(word.name for word in GLOSSARY).values()) == 1
    assert all(len(word.meaning.split()) >= 5 for word in GLOSSARY)
    assert meaning_of("look") == next(word.meaning for word in GLOSSARY if word.name == "look")
