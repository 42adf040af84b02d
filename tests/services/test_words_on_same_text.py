"""Words said apart go with the text they are about: an edit that is taken back asks nobody again."""

from __future__ import annotations

import pytest

from curation.errors import StateError
from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import agreeing, browsing, reviewing, second_looks, writing
from curation.services.blind_reviewing import decide
from curation.services.blind_words import decisions_of, find_look, list_apart, list_judged
from curation.services.writing import ExampleView
from tests.shop_rows import Desk, make_example


def _drawn(desk: Desk) -> ExampleView:
    second_looks.set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    return writing.submit(desk.ws, desk.actor, desk.write(make_example()).id, 1, nonce=desk.nonce())


def _say(desk: Desk, who: Actor, example: ExampleView, verdict: str = "accepted", comment: str = "") -> None:
    words = decisions_of(example.example)
    decide(desk.ws, who, example.id, example.head_rev, verdict, words, comment, nonce=desk.nonce())


def _edit_and_undo(desk: Desk, example: ExampleView) -> ExampleView:
    edited = writing.save_example(desk.ws, desk.actor, example.id, 1, make_example("B-2"), nonce=desk.nonce())
    return writing.undo_last(desk.ws, desk.actor, example.id, edited.head_rev, seen=edited.seq, nonce=desk.nonce())


def test_a_difference_outlives_an_edit_that_is_taken_back(desk: Desk, ana: Actor, bo: Actor):
    example = _drawn(desk)
    _say(desk, ana, example)
    _say(desk, bo, example, "rejected", "Bad.")
    before = agreeing.measure_agreement(desk.ws, desk.project_id)
    undone = _edit_and_undo(desk, example)
    assert (undone.state, undone.head_rev) == (ExampleState.SUBMITTED, 3)
    look = find_look(desk.ws, ana, example.id)
    assert look is not None
    assert (look.state, look.n_done, look.opinions[1].comments) == ("differ", 2, ("Bad.",))
    assert [one.example_id for one in agreeing.list_differences(desk.ws, desk.project_id)] == [example.id]
    assert agreeing.measure_agreement(desk.ws, desk.project_id) == before


def test_a_first_word_outlives_an_edit_that_is_taken_back_and_stays_hidden(desk: Desk, ana: Actor, bo: Actor):
    example = _drawn(desk)
    _say(desk, ana, example, "changes requested", "No.")
    reviewing.add_comment(desk.ws, ana, example.id, 1, "Really no.", nonce=desk.nonce())
    _edit_and_undo(desk, example)
    look = find_look(desk.ws, bo, example.id)
    assert look is not None
    assert (look.state, look.rev, look.n_done, look.opinions) == ("open", 3, 1, ())
    assert reviewing.list_comments(desk.ws, example.id, bo) == ()
    assert [one.verdicts for one in reviewing.list_revisions(desk.ws, example.id)] == [(), (), ()]
    assert list_judged(desk.ws, ana, [example.id]) == {example.id}
    with pytest.raises(StateError, match="judged example 1 already"):
        _say(desk, ana, writing.open_example(desk.ws, example.id))


def test_another_text_is_judged_anew(desk: Desk, ana: Actor, bo: Actor):
    example = _drawn(desk)
    _say(desk, ana, example)
    writing.save_example(desk.ws, desk.actor, example.id, 1, make_example("B-2"), nonce=desk.nonce())
    writing.submit(desk.ws, desk.actor, example.id, 2, nonce=desk.nonce())
    look = find_look(desk.ws, bo, example.id)
    assert look is not None
    assert look.n_done == 0
    assert list_judged(desk.ws, ana, [example.id]) == frozenset()


def test_a_look_at_an_older_revision_is_over_in_every_list(desk: Desk, ana: Actor, bo: Actor):
    example = _drawn(desk)
    _say(desk, ana, example)
    second_looks.set_share(desk.ws, desk.actor, desk.project_id, 0, nonce=desk.nonce())
    writing.save_example(desk.ws, desk.actor, example.id, 1, make_example("B-2"), nonce=desk.nonce())
    writing.submit(desk.ws, desk.actor, example.id, 2, nonce=desk.nonce())
    assert find_look(desk.ws, ana, example.id) is None
    for who in (ana, bo):
        assert list_judged(desk.ws, who, [example.id]) == frozenset()
    assert list_apart(desk.ws, [example.id]) == frozenset(), "a claim keeps others from it"


def test_what_is_left_to_a_person_is_what_they_can_reach(desk: Desk, ana: Actor, bo: Actor):
    first, second, _ = (_drawn(desk) for _ in range(3))
    _say(desk, ana, first)
    _say(desk, bo, first, "rejected")
    _say(desk, ana, second)
    for who, n in ((ana, 1), (bo, 2), (desk.actor, 0)):
        wanted = ExampleFilter(states=(ExampleState.SUBMITTED,), judge=who.person_id)
        rows = browsing.list_filtered(desk.ws, desk.project_id, wanted).rows
        ids = [row.id for row in browsing.list_filtered(desk.ws, desk.project_id, ExampleFilter()).rows]
        assert len(rows) == n
        assert {row.id for row in rows} == set(ids) - list_judged(desk.ws, who, ids)
        assert browsing.count_queues(desk.ws, desk.project_id, who.person_id).left(ExampleState.SUBMITTED) == n


def test_own_texts_are_left_to_their_writer_where_too_few_others_could_judge(desk: Desk, ana: Actor):
    example = _drawn(desk)
    for who in (ana, desk.actor):
        assert browsing.count_queues(desk.ws, desk.project_id, who.person_id).left(ExampleState.SUBMITTED) == 1
        assert list_judged(desk.ws, who, [example.id]) == frozenset()
