"""Answers that were cut: counted with the tokens they had, told in a sentence, and read back from a run's file."""

from __future__ import annotations

import pytest

from curation.metrics.answers import Answer, read_answer_line
from curation.metrics.lengths import Lengths, count_cut


def test_answers_without_an_end_are_counted_with_the_tokens_they_had() -> None:
    answers = [
        Answer(text="a", tokens=128, is_cut=True),
        Answer(text="b", tokens=128),
        Answer(text="c", tokens=96, is_closed=True),
    ]
    counted = count_cut(answers, Lengths(limit=128))
    assert counted == Lengths(limit=128, cut=2, cut_from=96, cut_to=128)
    assert count_cut([], counted) == Lengths(limit=128)


@pytest.mark.parametrize(
    ("lengths", "notes"),
    [
        (Lengths(limit=128, longest_right=90), ()),
        (Lengths(cut=3, cut_from=128, cut_to=128), ("3 answers were cut at 128 tokens.",)),
        (Lengths(cut=1, cut_from=128, cut_to=128), ("1 answer was cut at 128 tokens.",)),
        (Lengths(cut=1200, cut_from=96, cut_to=1024), ("1,200 answers were cut at 96 to 1,024 tokens.",)),
        (Lengths(cut=2), ("2 answers were cut: no tokens were left.",)),
        (
            Lengths(limit=64, longest_right=90, beyond=1),
            ("The right answer of 1 row is longer than the 64 tokens that an answer may have; allow 90.",),
        ),
        (
            Lengths(limit=64, longest_right=90, beyond=2, is_estimated=True),
            ("The right answers of 2 rows are longer than the 64 tokens that an answer may have; allow about 90.",),
        ),
    ],
)
def test_each_thing_to_know_of_the_lengths_is_one_sentence(lengths: Lengths, notes: tuple[str, ...]) -> None:
    assert lengths.notes == notes


def test_the_mark_of_a_run_is_read_back_and_that_of_a_stranger_is_not() -> None:
    line = b'{"text":"a","tokens":128,"is_cut":true}'
    assert read_answer_line(line, is_run=True).is_cut
    assert not read_answer_line(line).is_cut
    assert not read_answer_line(b'{"text":"a"}', is_run=True).is_cut
