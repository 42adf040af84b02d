"""Near-duplicates: the same families whatever the length of the texts, from little memory for each."""

from __future__ import annotations

import random

import pytest

from curation.rules.digest import digest
from curation.rules.near import find_families, likeness, sketch
from tests.shop_rows import make_example

WORDS = [f"word{n}" for n in range(2000)]


def edit(words: list[str], share: float, chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) if chance.random() < share else word for word in words)


@pytest.mark.parametrize("length", [60, 400, 3000])
def test_slightly_edited_texts_are_families_and_others_are_not(length: int) -> None:
    chance = random.Random(7)
    texts = []
    for _ in range(10):
        words = chance.choices(WORDS, k=length)
        texts += [" ".join(words), edit(words, 0.03, chance), edit(chance.choices(WORDS, k=length), 0, chance)]
    families = find_families([sketch(text) for text in texts])
    assert families == [[3 * n, 3 * n + 1] for n in range(10)]


def test_likeness_of_long_texts_is_close_to_that_of_all_their_triples() -> None:
    chance = random.Random(8)
    words = chance.choices(WORDS, k=5000)
    a, b = " ".join(words), edit(words, 0.05, chance)

    def triples(text: str) -> set[tuple[str, ...]]:
        parts = text.split()
        return set(zip(parts, parts[1:], parts[2:], strict=False))

    exact = len(triples(a) & triples(b)) / len(triples(a) | triples(b))
    assert likeness(sketch(a).shingles, sketch(b).shingles) == pytest.approx(exact, abs=0.06)


def test_sketch_of_a_long_text_stays_small() -> None:
    chance = random.Random(9)
    one = sketch(" ".join(chance.choices(WORDS, k=50_000)))
    assert len(one.triples) + len(one.bins) <= 2400


def test_rows_with_the_same_tools_share_them() -> None:
    one, two = digest("1", make_example("A-1"), ""), digest("2", make_example("A-2"), "")
    assert one.tools is two.tools
    assert one.called is two.called
    assert one.choices != two.choices
