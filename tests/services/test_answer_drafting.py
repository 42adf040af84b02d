"""A row of an evaluation becomes a draft with the model's answer, and never leaves its split."""

from __future__ import annotations

import json

import pytest

from curation.errors import NotFoundError
from curation.metrics.answers import Answer
from curation.model.states import ExampleState, Split
from curation.model.values import Arguments
from curation.services.answer_drafting import draft_answer
from curation.services.evaluating import Recorded
from curation.services.freezing import freeze, read_items
from curation.services.remarks import list_comments
from curation.services.reviewing import accept_batch
from curation.services.writing import open_example
from tests.services.evaluating_desk import Desk

CALL = json.dumps({"tool": "track_order", "arguments": {"order_id": "Z-0", "carrier": "nobody"}})
BROKEN = "Sure, I will track it"
SILENT = json.dumps({"tool": "no_tool", "reason": "small_talk", "message": "Hello!"})


@pytest.fixture
def desk(evaluating_desk: Desk) -> Desk:
    return evaluating_desk


def test_draft_holds_the_answer_of_the_model_and_a_comment_says_what_is_wrong(desk: Desk) -> None:
    said = [CALL, BROKEN, f"<think>Which?</think>\n{SILENT}"]
    view = desk.record(Recorded(desk.tuned, [Answer(text=said[n % 3]) for n in range(len(desk.questions()))]))
    (model,) = view.models
    made = [draft_answer(desk.ws, desk.actor, model.evaluation_id, n, nonce=f"draft {n}") for n in range(3)]
    turns = [open_example(desk.ws, one.id).example.messages[-1] for one in made]
    (call,) = turns[0].calls or ()
    assert (call.name, call.arguments) == ("track_order", Arguments('{"order_id": "Z-0", "carrier": "nobody"}'))
    assert (turns[1].calls, turns[1].content) == (None, BROKEN)
    assert turns[2].content == "Hello!"
    assert turns[2].label is not None
    assert turns[2].label.reason == "small_talk"
    (comment,) = list_comments(desk.ws, made[1].id)
    assert "Answer of tuned to row 2 of look 1, dataset v1: unparseable." in comment.text
    assert f"Expected: {view.rows[1].expected}" in comment.text


def test_draft_of_a_test_row_stays_in_test(desk: Desk) -> None:
    view = desk.record(Recorded(desk.tuned, desk.right_answers()))
    answered = view.models[0].evaluation_id
    made = {
        draft_answer(desk.ws, desk.actor, answered, row.position, nonce=f"draft {row.position}").id for row in view.rows
    }
    accept_batch(desk.ws, desk.actor, desk.project_id, states=[ExampleState.DRAFT], nonce="accept")
    again = freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze again")
    placed = {split: {one.example_id for one in read_items(desk.ws, again.id, split)} & made for split in Split}
    assert placed == {Split.TRAIN: set(), Split.VALIDATION: set(), Split.TEST: made}


def test_answer_that_is_not_there_makes_nothing(desk: Desk) -> None:
    view = desk.record(Recorded(desk.tuned, [Answer(text=CALL) for _ in desk.questions()]))
    with pytest.raises(NotFoundError):
        draft_answer(desk.ws, desk.actor, view.models[0].evaluation_id, 10_000, nonce="draft")
