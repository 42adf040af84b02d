"""What models said to the same rows is scored once, as long as it is the same."""

from __future__ import annotations

from curation.metrics.answers import Answer
from curation.metrics.score import read_golds, score_golds
from tests.unit.metric_rows import gold


def test_silence_of_one_model_is_not_taken_for_the_empty_words_of_another() -> None:
    golds = read_golds([gold(content="Hello!")], router=False)
    known: dict = {}
    for first, second in ((True, False), (False, True)):
        verdicts = [
            score_golds(golds, [Answer(text="", is_empty=is_empty)], known=known).scored[0].verdict.value
            for is_empty in (first, second)
        ]
        assert len(set(verdicts)) == 2
        known.clear()


def test_the_same_words_are_scored_once() -> None:
    golds = read_golds([gold(content="Hello!")], router=False)
    known: dict = {}
    one, other = (score_golds(golds, [Answer(text="Hi!")], known=known).scored[0] for _ in range(2))
    assert one is other
