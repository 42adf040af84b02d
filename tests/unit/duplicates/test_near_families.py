"""MinHash finds texts that share most of their word triples, and only those."""

from __future__ import annotations

import random

import numpy as np
import pytest

from curation.duplicates import BANDS, PERMUTATIONS, band_keys, find_families, likeness, shingle_all, sign
from curation.duplicates.marking import keys_of, mark, question
from curation.model.example import Example, Message
from curation.model.values import Exact
from curation.rules.digest import asked_of, choices_of, shape_of
from tests.shop_rows import make_example, make_no_tool_example

WORDS = [f"w{n}" for n in range(2_000)]


def write(draw: random.Random, n: int) -> list[str]:
    return draw.choices(WORDS, k=n)


def edit(draw: random.Random, words: list[str], share: float) -> str:
    changed = list(words)
    for place in draw.sample(range(len(words)), int(len(words) * share)):
        changed[place] = f"x{draw.randrange(10**6)}"
    return " ".join(changed)


def test_edited_texts_are_found_and_others_are_left_alone() -> None:
    draw = random.Random(7)
    texts = [write(draw, draw.randint(20, 80)) for _ in range(600)]
    edited = [edit(draw, words, 0.05) for words in texts[:200]]
    joined = find_families(shingle_all([*map(" ".join, texts), *edited]))
    found = sum(joined.first_of(n) == joined.first_of(600 + n) for n in range(200))
    assert found >= 194
    assert len(joined.families()) == found
    assert all(len(family) == 2 for family in joined.families())


def test_texts_that_share_a_band_and_little_else_are_not_joined() -> None:
    shared = "please tell me where my order is and when it comes"
    texts = [f"{shared} {' '.join(write(random.Random(n), 30))}" for n in range(200)]
    assert find_families(shingle_all(texts)).families() == []


def test_a_mould_of_many_rows_is_one_family() -> None:
    frame = "please look where the parcel with the red tape and the number {} is today and tell me when it comes"
    texts = [frame.format(n) for n in range(1_000)]
    assert [len(family) for family in find_families(shingle_all(texts)).families()] == [1_000]


def test_texts_without_words_are_like_nothing() -> None:
    assert find_families(shingle_all(["", " ", "?!", "…"])).families() == []
    assert find_families(shingle_all([])).families() == []


def test_likeness_is_the_share_of_common_triples() -> None:
    shingles = shingle_all(["a b c d e f", "a b c d e x", "g h i j"])
    assert likeness(shingles.of(0), shingles.of(1)) == pytest.approx(3 / 5)
    assert likeness(shingles.of(0), shingles.of(0)) == 1
    assert likeness(shingles.of(0), shingles.of(2)) == 0


def test_long_texts_are_compared_by_a_sample() -> None:
    words = write(random.Random(1), 5_000)
    shingles = shingle_all(
        [" ".join(words), edit(random.Random(2), words, 0.02), " ".join(write(random.Random(3), 5_000))]
    )
    assert likeness(shingles.of(0), shingles.of(1)) > 0.8
    assert [len(family) for family in find_families(shingles).families()] == [2]


def test_signatures_do_not_depend_on_what_stands_beside_a_text() -> None:
    texts = [" ".join(write(random.Random(n), 20)) for n in range(1_100)]
    together = sign(shingle_all(texts))
    assert together.shape == (1_100, PERMUTATIONS)
    for n in (0, 499, 500, 1_099):
        assert np.array_equal(together[n], sign(shingle_all([texts[n]]))[0])
    keys = band_keys(together)
    assert keys.shape == (1_100, BANDS)
    assert len(np.unique(keys)) == keys.size


def test_keys_of_an_example_are_the_same_from_what_is_kept_and_others_in_another_project() -> None:
    marks = mark([make_example("A-77"), make_no_tool_example("Thank you!"), make_example("A-77")])
    assert marks[0] == marks[2]
    assert keys_of(marks[0], "p") == keys_of(marks[2], "p")
    assert not {*keys_of(marks[0], "p"), *keys_of(marks[1], "p")} & {*keys_of(marks[0], "q"), *keys_of(marks[1], "q")}
    asked = question(make_example("A-77"), "p")
    assert set(asked.keys) < set(keys_of(marks[0], "p"))
    assert (asked.asked.tobytes(), asked.whole.tobytes()) == (marks[0].asked, marks[0].whole)
    assert len(asked.keys) == 2 * BANDS


def test_wording_of_the_answer_is_not_what_tells_two_lessons_apart() -> None:
    import msgspec

    one = make_example("A-77")
    answer = msgspec.structs.replace(one.messages[-1], content="It is on its way to you, have a nice day.")
    other = msgspec.structs.replace(one, messages=(*one.messages[:-1], answer))
    assert mark([one])[0].whole == mark([other])[0].whole


def test_what_was_asked_in_parts_is_read_as_the_same_text() -> None:
    plain = Example((Message(role="user", content="Where is A-1001?"), Message(role="assistant", content="Here.")), ())
    content = Exact('[{"type": "text", "text": "Where is A-1001?"}]')
    parted = Example((Message(role="user", content=content), Message(role="assistant", content="Here.")), ())
    assert asked_of(parted) == "Where is A-1001?"
    assert (shape_of(parted), choices_of(parted)) == (shape_of(plain), choices_of(plain))
