"""Which question every stored answer belongs to: told by the question's key, whatever the sample of today would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import msgspec

from curation.services.questions import Question
from db.evaluations import AnswerRecord


class Asked(msgspec.Struct, frozen=True):
    """The questions all models of a look answered, in order, with the answers of each model to them."""

    questions: tuple[Question, ...]
    answers: tuple[tuple[AnswerRecord, ...], ...]


def match_answers(
    everything: Sequence[Question], sample: Sequence[int], stored: Sequence[Sequence[AnswerRecord]]
) -> Asked:
    """Lay the answers of every model beside their questions.

    Args:
        everything: all questions of the split.
        sample: positions of those that would be asked today.
        stored: the answers of each model; none for one that has not ended.
    """
    placed = [_place(everything, sample, answers) for answers in stored]
    answered = [set(places) for places in placed if places]
    positions = sorted(set.intersection(*answered)) if answered else sorted(sample)
    return Asked(
        tuple(everything[at] for at in positions),
        tuple(tuple(places[at] for at in positions) if places else () for places in placed),
    )


def find_by_rows(everything: Sequence[Question], rows: Sequence[bytes]) -> tuple[Question, ...] | None:
    """The questions written as these rows; None when one of them is none of these questions."""
    found = Waiting([one.row for one in everything])
    places = [found.take(row) for row in rows]
    return None if None in places else tuple(everything[at] for at in places if at is not None)


class Waiting:
    """Positions by name, each given out once and in order: equal rows are different questions."""

    def __init__(self, names: Sequence[Hashable]) -> None:
        self._positions: dict[Hashable, list[int]] = defaultdict(list)
        for at in reversed(range(len(names))):
            self._positions[names[at]].append(at)

    def take(self, name: Hashable) -> int | None:
        left = self._positions.get(name)
        return left.pop() if left else None


def _place(
    everything: Sequence[Question], sample: Sequence[int], answers: Sequence[AnswerRecord]
) -> dict[int, AnswerRecord]:
    """Position of the question → its answer; one whose question is gone is left out."""
    if any(one.question_key for one in answers):
        by_key = Waiting([one.key for one in everything])
        places = [by_key.take(one.question_key) for one in answers]
    elif [one.example_id for one in answers] == [everything[at].example_id for at in sample]:
        places = list(sample)
    else:
        # Stored without a key, and sampled otherwise than today: the example is known, and its order is.
        by_example = Waiting([one.example_id for one in everything])
        places = [by_example.take(one.example_id) for one in answers]
    return {at: answer for at, answer in zip(places, answers, strict=True) if at is not None}
