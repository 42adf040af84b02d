"""The second of two people on one example merges: both texts are seen, nothing is lost, the result is judged."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from curation.errors import NotFoundError, StaleRevisionError, StateError
from curation.model.people import Actor
from curation.services import drafting, merging, people, settling, writing
from curation.services.origins import Origin
from curation.services.text_fields import arguments_at, content_at, read_text, write_text
from curation.services.three_way import Choice
from curation.services.writing import ExampleView
from tests.shop_rows import Desk, make_example

ARGUMENTS, ANSWER, QUESTION = arguments_at(1, 0), content_at(3), content_at(0)


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


def _merge(
    desk: Desk, who: Actor, example_id: str, head_rev: int, choices: Mapping[str, Choice], nonce: str = ""
) -> ExampleView:
    """The second saves the merge that is on the page."""
    view = merging.propose_merge(desk.ws, who, example_id)
    seen = view.seen if view else ""
    return merging.save_merge(desk.ws, who, example_id, head_rev, choices, seen=seen, nonce=nonce or desk.nonce())


def test_nothing_waits_nothing_is_merged(desk: Desk, bo: Actor, example_id: str):
    assert merging.propose_merge(desk.ws, bo, example_id) is None
    with pytest.raises(NotFoundError):
        merging.save_merge(desk.ws, bo, example_id, 1, {}, seen="", nonce=desk.nonce())


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
    saved = _merge(desk, bo, example_id, head, {ANSWER: "mine"})
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
    saved = _merge(desk, bo, example_id, head, {})
    assert read_text(saved.example, ARGUMENTS) == '{"order_id":"A-78","note":"asap"}'


def test_a_save_in_between_lays_the_merge_out_anew(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    _save(desk, example_id, content_at(0), "Where is A-77?")
    with pytest.raises(StaleRevisionError, match="you compared with 2"):
        _merge(desk, bo, example_id, head, {ANSWER: "mine"})
    saved = _merge(desk, bo, example_id, 3, {ANSWER: "mine"})
    assert read_text(saved.example, content_at(0)) == "Where is A-77?"


def test_the_same_click_twice_saves_once(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    nonce = desk.nonce()
    first = _merge(desk, bo, example_id, head, {ANSWER: "mine"}, nonce)
    assert _merge(desk, bo, example_id, head, {ANSWER: "mine"}, nonce) == first
    assert writing.open_example(desk.ws, example_id).head_rev == 3


def test_text_typed_on_an_older_revision_does_not_overwrite_what_was_saved_on_it(
    desk: Desk, bo: Actor, example_id: str
):
    """Begun twice: the answer on revision 1, the question on revision 2 where the answer had been changed already."""
    drafting.save_draft(desk.ws, bo.person_id, settling.KIND, example_id, ANSWER, 1, "Bo's answer.")
    _save(desk, example_id, ANSWER, "Ana's answer.")
    drafting.save_draft(desk.ws, bo.person_id, settling.KIND, example_id, QUESTION, 2, "Bo's question?")
    head = _save(desk, example_id, QUESTION, "Ana's question?")
    view = merging.propose_merge(desk.ws, bo, example_id)
    assert view is not None
    assert [(merging.pointer_of(one), one.mine, one.theirs) for one in view.clashes] == [
        (ANSWER, "Bo's answer.", "Ana's answer."),
        (QUESTION, "Bo's question?", "Ana's question?"),
    ]
    assert view.base_rev == 1
    first, second = view.clashes
    saved = _merge(desk, bo, example_id, head, {first.name: "theirs", second.name: "mine"})
    assert (read_text(saved.example, ANSWER), read_text(saved.example, QUESTION)) == ("Ana's answer.", "Bo's question?")


def test_what_two_tabs_typed_in_one_field_is_decided_twice(desk: Desk, bo: Actor, example_id: str):
    for tab, text in (("left", "Bo, left."), ("right", "Bo, right.")):
        name = Origin(ANSWER, 1, tab, (tab,)).name
        drafting.save_draft(desk.ws, bo.person_id, settling.KIND, example_id, name, 1, text)
    _save(desk, example_id, ANSWER, "Ana's.")
    view = merging.propose_merge(desk.ws, bo, example_id)
    assert view is not None
    assert [one.mine for one in view.clashes] == ["Bo, left.", "Bo, right."]


def test_text_typed_after_the_merge_was_looked_at_is_not_dropped(desk: Desk, bo: Actor, example_id: str):
    head = _save(desk, example_id, ANSWER, "Ana's.")
    head = _save(desk, example_id, QUESTION, "Ana's question?")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    view = merging.propose_merge(desk.ws, bo, example_id)
    assert view is not None
    drafting.save_draft(desk.ws, bo.person_id, settling.KIND, example_id, QUESTION, 1, "Bo's long question?")
    with pytest.raises(StateError, match="was typed since"):
        merging.save_merge(desk.ws, bo, example_id, head, {ANSWER: "mine"}, seen=view.seen, nonce=desk.nonce())
    with pytest.raises(StateError, match="1 place is not decided"):
        _merge(desk, bo, example_id, head, {ANSWER: "mine"})
    assert writing.open_example(desk.ws, example_id).head_rev == head
    assert len(drafting.read_drafts(desk.ws, bo.person_id, settling.KIND, example_id)) == 2


def test_all_of_ones_own_text_may_become_a_copy(desk: Desk, bo: Actor, example_id: str):
    _save(desk, example_id, ANSWER, "Ana's.")
    _type(desk, bo, example_id, ANSWER, "Bo's.")
    copy = merging.keep_as_copy(desk.ws, bo, example_id, nonce=desk.nonce())
    assert read_text(copy.example, ANSWER) == "Bo's."
    assert read_text(writing.open_example(desk.ws, example_id).example, ANSWER) == "Ana's."
    assert merging.propose_merge(desk.ws, bo, example_id) is None


def test_the_same_click_twice_makes_one_copy_with_what_was_typed_on_every_revision(
    desk: Desk, bo: Actor, example_id: str
):
    drafting.save_draft(desk.ws, bo.person_id, settling.KIND, example_id, ANSWER, 1, "Bo's answer.")
    _save(desk, example_id, ANSWER, "Ana's answer.")
    drafting.save_draft(desk.ws, bo.person_id, settling.KIND, example_id, QUESTION, 2, "Bo's question?")
    _save(desk, example_id, QUESTION, "Ana's question?")
    nonce = desk.nonce()
    copy = merging.keep_as_copy(desk.ws, bo, example_id, nonce=nonce)
    assert (read_text(copy.example, ANSWER), read_text(copy.example, QUESTION)) == ("Bo's answer.", "Bo's question?")
    assert merging.keep_as_copy(desk.ws, bo, example_id, nonce=nonce) == copy
