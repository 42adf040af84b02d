"""The second of two people on one example merges: both texts are seen, nothing is lost, the result is judged."""

from __future__ import annotations

import pytest

from curation.errors import NotFoundError, StaleRevisionError
from curation.model.people import Actor
from curation.services import drafting, merging, people, settling, writing
from curation.services.text_fields import arguments_at, content_at, read_text, write_text
from tests.shop_rows import Desk, make_example

ARGUMENTS, ANSWER = arguments_at(1, 0), content_at(3)


@pytest.fixture
def bo(desk: Desk) -> Actor:
    return people.add_person(desk.ws, desk.actor, "Bo", nonce=desk.nonce())


@pytest.fixture
def example_id(desk: Desk) -> str:
    return desk.write(make_example("A-77")).id


def _save(desk: Desk, example_id: str, field: str, text: str) -> int:
    """The first person saves."""
    view = writing.open_example(desk.ws, example_id)
    changed = write_text(view.example, field, text)
    return writing.save_example(desk.ws, desk.actor, example_id, view.head_rev, changed, nonce=desk.nonce()).head_rev


def _type(desk: Desk, who: Actor, example_id: str, field: str, text: str) -> None:
    """The second types on what stood there before, and is told."""
    drafting.save_draft(desk.ws, who.person_id, settling.KIND, example_id, field, 1, text)
    settling.settle(desk.ws, who, example_id, [], nonce=desk.nonce())


def test_nothing_waits_nothing_is_merged(desk: Desk, bo: Actor, example_id: str):
    assert merging.propose_merge(desk.ws, bo, example_id) is None
    with pytest.raises(NotFoundError):
        merging.save_merge(desk.ws, bo, example_id, 1, {}, nonce=desk.nonce())


def test_both_texts_are_shown_with_the_one_both_began_from(desk: Desk, bo: Actor, example_id: str):
    _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    view = merging.propose_merge(desk.ws, bo, example_id)
    assert view is not None
    (clash,) = view.clashes
    assert (clash.base, clash.mine, clash.theirs) == ("Order A-77 was sent.", "Bo's.", "Ana's.")
    assert (view.base_rev, view.head_rev, view.theirs_by) == (1, 2, desk.actor.name)
    assert read_text(view.example, ANSWER) == "Ana's."


def test_the_choice_is_saved_as_one_revision_and_the_draft_is_done(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    saved = merging.save_merge(desk.ws, bo, example_id, head, {ANSWER: "mine"}, nonce=desk.nonce())
    assert (saved.head_rev, read_text(saved.example, ANSWER), saved.updated_by) == (3, "Bo's.", "Bo")
    assert merging.propose_merge(desk.ws, bo, example_id) is None
    assert read_text(writing.open_example(desk.ws, example_id, 2).example, ANSWER) == "Ana's."


def test_different_keys_of_the_same_arguments_need_no_decision(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ARGUMENTS, '{"order_id":"A-78"}')
    _type(desk, bo, example_id, ARGUMENTS, '{"order_id":"A-77","note":"asap"}')
    view = merging.propose_merge(desk.ws, bo, example_id)
    assert view is not None
    assert view.clashes == ()
    assert any(one.severity.value == "error" for one in view.judged)
    saved = merging.save_merge(desk.ws, bo, example_id, head, {}, nonce=desk.nonce())
    assert read_text(saved.example, ARGUMENTS) == '{"order_id":"A-78","note":"asap"}'


def test_a_save_in_between_lays_the_merge_out_anew(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    _save(desk, example_id, content_at(0), "Where is A-77?")
    with pytest.raises(StaleRevisionError, match="you compared with 2"):
        merging.save_merge(desk.ws, bo, example_id, head, {ANSWER: "mine"}, nonce=desk.nonce())
    saved = merging.save_merge(desk.ws, bo, example_id, 3, {ANSWER: "mine"}, nonce=desk.nonce())
    assert read_text(saved.example, content_at(0)) == "Where is A-77?"


def test_the_same_click_twice_saves_once(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    nonce = desk.nonce()
    merging.save_merge(desk.ws, bo, example_id, head, {ANSWER: "mine"}, nonce=nonce)
    with pytest.raises(NotFoundError):
        merging.save_merge(desk.ws, bo, example_id, head, {ANSWER: "mine"}, nonce=nonce)
    assert writing.open_example(desk.ws, example_id).head_rev == 3


def test_all_of_ones_own_text_may_become_a_copy(desk: Desk, bo: Actor, example_id: str):
    _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    copy = merging.keep_as_copy(desk.ws, bo, example_id, nonce=desk.nonce())
    assert read_text(copy.example, ANSWER) == "Bo's."
    assert read_text(writing.open_example(desk.ws, example_id).example, ANSWER) == "Ana's."
    assert merging.propose_merge(desk.ws, bo, example_id) is None
