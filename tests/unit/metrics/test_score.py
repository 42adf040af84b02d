"""What models said to the same rows is scored once, as long as it is the same."""

from __future__ import annotations

from curation.metrics.answers import Answer
from curation.metrics.contract import Metric
from curation.metrics.report import TallyBook
from curation.metrics.score import METRICS, Known, compare_with_first, read_golds, score_golds
from curation.metrics.scored import Scored
from tests.unit.metric_rows import gold


def test_silence_of_one_model_and_the_empty_words_of_another_are_the_same() -> None:
    golds = read_golds([gold(content="Hello!")], router=False)
    for first, second in ((True, False), (False, True)):
        known = Known()
        verdicts = [
            score_golds(golds, [Answer(text="", is_empty=is_empty)], known=known).scored[0].verdict.value
            for is_empty in (first, second)
        ]
        assert verdicts == ["unparseable"] * 2


def test_the_same_words_are_scored_once() -> None:
    golds = read_golds([gold(content="Hello!")], router=False)
    known = Known()
    one, other = (score_golds(golds, [Answer(text="Hi!")], known=known).scored[0] for _ in range(2))
    assert one is other


def test_a_row_that_models_share_is_asked_once_by_every_rate() -> None:
    asked: list[str] = []

    def count(row: Scored) -> tuple[int, int]:
        asked.append(row.verdict.value)
        return 1, 1

    golds = read_golds([gold(content="Hello!")], router=False)
    (row,) = score_golds(golds, [Answer(text="Hi!")]).scored
    book = TallyBook([Metric("one", "One", count), Metric("two", "Two", count)])
    assert book.tally([row, row]).tolist() == [[[1, 1], [1, 1]]] * 2
    book.tally([row])
    assert len(asked) == 2


def test_models_held_against_the_first_together_differ_as_each_alone() -> None:
    golds = read_golds([gold(content="Hello!") for _ in range(30)], router=False)
    said = [["Hi!"] * 30, ["Hi!", "<tool_call>"] * 15, ["<tool_call>", "Hi!", "Hello!"] * 10]
    first, *others = (score_golds(golds, [Answer(text=text) for text in texts]) for texts in said)
    assert compare_with_first(first, others) == [compare_with_first(first, [one])[0] for one in others]
    assert len({compare_with_first(first, [one])[0]["valid_call_rate"].value for one in others}) == 2
    assert set(compare_with_first(first, [])) == set()
    assert set(compare_with_first(first, [others[0]])[0]) == {metric.name for metric in METRICS}
