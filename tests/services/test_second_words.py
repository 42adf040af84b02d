"""What becomes of two words on one example: resolved, taken back, asked for again."""

from __future__ import annotations

import pytest

from curation.errors import BlockedError, CurationError, StateError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import (
    agreeing,
    reviewing,
    writing,
)
from curation.services.blind_reviewing import resolve, take_back
from curation.services.blind_words import decisions_of
from curation.services.second_looks import set_share
from curation.services.unresolving import take_resolution_back
from tests.services.judging_apart import call_wrong, draw_example, look_of, say, state_of
from tests.shop_rows import Desk


def test_a_difference_is_resolved_with_a_reason(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example)
    say(
        desk,
        bo,
        example,
        "changes requested",
        call_wrong(example, kind="asks", tool="none", reason="missing_information"),
    )
    (found,) = agreeing.list_differences(desk.ws, desk.project_id)
    assert found.where == ("verdict", "kind", "tool", "reason", "correct")
    own = decisions_of(example.example)
    with pytest.raises(CurationError, match="few words"):
        resolve(desk.ws, desk.actor, example.id, 1, "accepted", own, " ", nonce=desk.nonce())
    with pytest.raises(BlockedError, match="turn 2 should be something else"):
        resolve(desk.ws, desk.actor, example.id, 1, "accepted", found.opinions[1].said, "Bo.", nonce=desk.nonce())
    after = resolve(desk.ws, desk.actor, example.id, 1, "accepted", own, "The number is given.", nonce=desk.nonce())
    assert after.state is ExampleState.ACCEPTED
    assert agreeing.list_differences(desk.ws, desk.project_id) == ()
    assert "The number is given." in [one.text for one in reviewing.list_comments(desk.ws, example.id)]


def test_a_resolution_is_taken_back_with_its_reason(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example)
    say(desk, bo, example, "rejected")
    before = agreeing.list_differences(desk.ws, desk.project_id)
    own = decisions_of(example.example)
    after = resolve(desk.ws, desk.actor, example.id, 1, "accepted", own, "It is fine.", nonce=desk.nonce())
    with pytest.raises(StateError, match="Somebody else"):
        take_resolution_back(desk.ws, ana, example.id, 1, after.seq, nonce=desk.nonce())
    nonce = desk.nonce()
    reopened = take_resolution_back(desk.ws, desk.actor, example.id, 1, after.seq, nonce=nonce)
    assert reopened.reason == "It is fine."
    assert take_resolution_back(desk.ws, desk.actor, example.id, 1, after.seq, nonce=nonce) == reopened
    assert state_of(desk, example) is ExampleState.SUBMITTED
    assert agreeing.list_differences(desk.ws, desk.project_id) == before
    assert look_of(desk, desk.actor, example).state == "differ"
    assert "It is fine." not in [one.text for one in reviewing.list_comments(desk.ws, example.id) if one.is_open]
    with pytest.raises(StateError):
        take_resolution_back(desk.ws, desk.actor, example.id, 1, after.seq, nonce=desk.nonce())
    again = resolve(desk.ws, desk.actor, example.id, 1, "rejected", own, "It is not.", nonce=desk.nonce())
    assert again.state is ExampleState.REJECTED


def test_what_was_done_since_keeps_a_resolution(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example)
    say(desk, bo, example, "rejected")
    own = decisions_of(example.example)
    after = resolve(desk.ws, desk.actor, example.id, 1, "rejected", own, "It is not.", nonce=desk.nonce())
    writing.archive_example(desk.ws, desk.actor, example.id, nonce=desk.nonce())
    with pytest.raises(StateError):
        take_resolution_back(desk.ws, desk.actor, example.id, 1, after.seq, nonce=desk.nonce())


def test_a_word_is_taken_back_while_the_other_is_not_known(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example, "rejected")
    assert take_back(desk.ws, ana, example.id, 1, nonce=desk.nonce()).state is ExampleState.SUBMITTED
    look = look_of(desk, ana, example)
    assert (look.state, look.n_done, look.has_mine) == ("open", 0, False)
    with pytest.raises(StateError, match="no word of yours"):
        take_back(desk.ws, ana, example.id, 1, nonce=desk.nonce())
    say(desk, ana, example)
    say(desk, bo, example)
    assert state_of(desk, example) is ExampleState.ACCEPTED


@pytest.mark.parametrize(("verdict", "state"), [("accepted", "agreed"), ("rejected", "differ")])
def test_no_word_is_changed_once_both_are_seen(desk: Desk, ana: Actor, bo: Actor, verdict: str, state: str):
    example = draw_example(desk)
    say(desk, ana, example)
    say(desk, bo, example, verdict)
    for who in (ana, bo):
        with pytest.raises(StateError, match="have been seen"):
            take_back(desk.ws, who, example.id, 1, nonce=desk.nonce())
    look = look_of(desk, bo, example)
    assert (look.state, [one.verdict for one in look.opinions]) == (state, ["accepted", verdict])


@pytest.mark.parametrize("is_candidate", [False, True])
def test_what_two_agreed_on_and_somebody_took_back_waits_for_a_third_word(
    desk: Desk, ana: Actor, bo: Actor, *, is_candidate: bool
):
    set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    example = desk.write(state=ExampleState.CANDIDATE) if is_candidate else draw_example(desk)
    before = state_of(desk, example)
    for who in (ana, bo):
        say(desk, who, example, "rejected")
    assert writing.undo_last(desk.ws, bo, example.id, 1, nonce=desk.nonce()).state is before
    assert look_of(desk, bo, example).state == "differ"
    with pytest.raises(BlockedError, match="taken back"):
        reviewing.accept(desk.ws, ana, example.id, 1, nonce=desk.nonce())
    (found,) = agreeing.list_differences(desk.ws, desk.project_id)
    assert (len(found.opinions), found.where) == (2, ())
    own = decisions_of(example.example)
    after = resolve(desk.ws, desk.actor, example.id, 1, "accepted", own, "It is right.", nonce=desk.nonce())
    assert after.state is ExampleState.ACCEPTED


def test_a_decided_revision_handed_in_again_is_not_one_persons_to_accept(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    for who in (ana, bo):
        say(desk, who, example, "changes requested", call_wrong(example))
    writing.submit(desk.ws, desk.actor, example.id, 1, nonce=desk.nonce())
    with pytest.raises(BlockedError, match="Resolve it"):
        reviewing.accept(desk.ws, ana, example.id, 1, nonce=desk.nonce())
