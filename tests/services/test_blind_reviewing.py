"""Double review: two people judge apart; nothing is accepted before they agree or somebody resolved it."""

from __future__ import annotations

import pytest

from curation.errors import BlockedError, CurationError, NotAllowedError, StateError
from curation.model.definition import Definition, Tool
from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import (
    agreeing,
    browsing,
    bulk,
    cataloguing,
    claiming,
    impact,
    migrating,
    reviewing,
    writing,
)
from curation.services.blind_reviewing import resolve
from curation.services.blind_words import decisions_of, find_look, list_apart, list_judged
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_views import Selection
from curation.services.second_looks import is_drawn, read_share, set_share
from db import second_looks as looks
from db.second_looks import LookRecord
from tests.services.judging_apart import call_wrong, draw_example, look_of, say, state_of
from tests.shop_rows import Desk, make_example, make_no_tool_example, make_tool

ASKS = {"kind": "asks", "tool": "none", "reason": "missing_information"}


def test_the_share_draws_the_same_examples_everywhere_and_grows_by_adding():
    ids = [f"example {n}" for n in range(2_000)]
    some, more = ({one for one in ids if is_drawn("salt", one, percent)} for percent in (20, 40))
    assert some < more
    assert 330 < len(some) < 470
    assert {one for one in ids if is_drawn("salt", one, 100)} == set(ids)
    assert not any(is_drawn("salt", one, 0) for one in ids)


def test_only_a_lead_chooses_the_share(desk: Desk, ana: Actor):
    with pytest.raises(NotAllowedError):
        set_share(desk.ws, ana, desk.project_id, 20, nonce=desk.nonce())
    with pytest.raises(CurationError):
        set_share(desk.ws, desk.actor, desk.project_id, 101, nonce=desk.nonce())
    assert read_share(desk.ws, desk.project_id) == 0


def test_one_word_waits_and_two_alike_decide(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    assert say(desk, ana, example).n_done == 1
    assert state_of(desk, example) is ExampleState.SUBMITTED
    assert say(desk, bo, example).state == "agreed"
    assert state_of(desk, example) is ExampleState.ACCEPTED


def test_neither_sees_the_others_word_before_both_are_in(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example, "changes requested", call_wrong(example))
    look = find_look(desk.ws, bo, example.id)
    assert look is not None
    assert (look.opinions, look.n_done, look.has_mine) == ((), 1, False)
    assert reviewing.list_comments(desk.ws, example.id, bo) == ()
    assert reviewing.list_revisions(desk.ws, example.id)[0].verdicts == ()
    assert [one.text for one in reviewing.list_comments(desk.ws, example.id, ana)] == ["Because."]
    say(desk, bo, example)
    look = find_look(desk.ws, bo, example.id)
    assert look is not None
    assert [one.by for one in look.opinions] == ["Ana", "Bo"]
    assert len(reviewing.list_comments(desk.ws, example.id, bo)) == 2
    assert len(reviewing.list_revisions(desk.ws, example.id)[0].verdicts) == 2


def test_one_person_cannot_be_two(desk: Desk, ana: Actor):
    example = draw_example(desk)
    say(desk, ana, example)
    with pytest.raises(StateError, match="somebody else"):
        say(desk, ana, example)


def test_no_way_around_the_second_word(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example)
    for second_word in ("rejected", ""):
        with pytest.raises(BlockedError):
            reviewing.accept(desk.ws, desk.actor, example.id, 1, nonce=desk.nonce())
        with pytest.raises(BlockedError):
            reviewing.accept_edited(desk.ws, desk.actor, example.id, 1, nonce=desk.nonce())
        with pytest.raises(CurationError, match="nothing to accept"):
            reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["submitted"], nonce=desk.nonce())
        if second_word:
            say(desk, bo, example, second_word)
    assert state_of(desk, example) is ExampleState.SUBMITTED


def test_a_candidate_in_the_share_is_judged_twice_as_well(desk: Desk, ana: Actor, bo: Actor):
    set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    example = desk.write(state=ExampleState.CANDIDATE)
    with pytest.raises(BlockedError):
        reviewing.accept(desk.ws, desk.actor, example.id, 1, nonce=desk.nonce())
    say(desk, ana, example)
    say(desk, bo, example)
    assert state_of(desk, example) is ExampleState.ACCEPTED


def test_an_edit_and_accept_of_a_drawn_example_is_submitted_instead(desk: Desk):
    example = draw_example(desk)
    saved = writing.save_example(desk.ws, desk.actor, example.id, 1, make_example("A-78"), nonce=desk.nonce())
    with pytest.raises(BlockedError, match="two people"):
        reviewing.accept_edited(desk.ws, desk.actor, example.id, saved.head_rev, nonce=desk.nonce())
    writing.submit(desk.ws, desk.actor, example.id, saved.head_rev, nonce=desk.nonce())
    look = find_look(desk.ws, desk.actor, example.id)
    assert look is not None
    assert (look.rev, look.state) == (saved.head_rev, "open")


def test_what_is_called_wrong_is_not_accepted(desk: Desk, ana: Actor):
    example = draw_example(desk)
    with pytest.raises(BlockedError, match="turn 2 wrong"):
        say(desk, ana, example, "accepted", call_wrong(example))
    with pytest.raises(CurationError, match="Each decision"):
        say(desk, ana, example, "accepted", ())


def test_nobody_judges_their_own_text_where_two_others_can(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    with pytest.raises(BlockedError, match="two others judge it"):
        say(desk, desk.actor, example)
    assert not look_of(desk, desk.actor, example).may_judge
    assert list_judged(desk.ws, desk.actor, [example.id]) == {example.id}
    assert list_judged(desk.ws, bo, [example.id]) == frozenset()
    say(desk, ana, example)
    assert say(desk, bo, example).state == "agreed"


def test_bringing_in_is_not_writing(desk: Desk, ana: Actor, bo: Actor):
    set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    view = writing.new_example(
        desk.ws, desk.actor, desk.project_id, make_example(), origin="import", nonce=desk.nonce()
    )
    example = writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    assert say(desk, desk.actor, example).n_done == 1


def test_neither_of_the_two_decides_between_them_where_somebody_else_can(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    say(desk, ana, example)
    say(desk, bo, example, "rejected")
    own = decisions_of(example.example)
    with pytest.raises(BlockedError, match="somebody else decides"):
        resolve(desk.ws, bo, example.id, 1, "rejected", own, "Mine.", nonce=desk.nonce())
    resolve(desk.ws, desk.actor, example.id, 1, "rejected", own, "Too short.", nonce=desk.nonce())
    assert state_of(desk, example) is ExampleState.REJECTED


def test_two_people_alone_judge_and_resolve_everything(desk: Desk, ana: Actor):
    example = draw_example(desk)
    say(desk, desk.actor, example)
    assert say(desk, ana, example, "rejected").state == "differ"
    own = decisions_of(example.example)
    after = resolve(desk.ws, desk.actor, example.id, 1, "accepted", own, "We talked.", nonce=desk.nonce())
    assert after.state is ExampleState.ACCEPTED


def test_a_draft_in_the_share_is_not_accepted_in_bulk(desk: Desk):
    set_share(desk.ws, desk.actor, desk.project_id, 100, nonce=desk.nonce())
    draft = desk.write()
    with pytest.raises(CurationError, match="nothing to accept"):
        reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["draft"], nonce=desk.nonce())
    change = BulkChange(BulkAct.ACCEPT)
    bulk.run(desk.ws, bulk.begin(desk.ws, desk.actor, desk.project_id, Selection(), change, nonce=desk.nonce()))
    assert state_of(desk, draft) is ExampleState.DRAFT


def test_a_look_without_its_words_is_no_difference_to_resolve(desk: Desk):
    example = draw_example(desk)
    with desk.ws.unit() as unit:
        looks.put_look(unit.connection, LookRecord(example.id, desk.project_id, 1, "differ", desk.ws.now()))
        unit.commit()
    assert agreeing.list_differences(desk.ws, desk.project_id) == ()


def test_moving_to_new_tools_asks_both_again(desk: Desk, ana: Actor, bo: Actor):
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    example = draw_example(desk)
    set_share(desk.ws, desk.actor, desk.project_id, 0, nonce=desk.nonce())
    say(desk, ana, example)
    (tool,) = cataloguing.list_tools(desk.ws, desk.project_id)
    renamed = Tool(Definition(tool.tool.definition.text.replace("order_id", "order_number")), side_effect="read")
    cataloguing.save_tool(
        desk.ws,
        desk.actor,
        desk.project_id,
        renamed,
        tool_id=tool.id,
        base_revision=tool.revision,
        nonce=desk.nonce(),
    )
    found = impact.measure(desk.ws, desk.project_id)
    report = migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=found.steps, digest=found.digest, nonce=desk.nonce()
    )
    look = look_of(desk, ana, example)
    assert (look.rev, look.state, look.n_done) == (2, "open", 0)
    with pytest.raises(BlockedError):
        reviewing.accept(desk.ws, ana, example.id, 2, nonce=desk.nonce())
    migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (look_of(desk, ana, example).rev, look_of(desk, ana, example).state) == (3, "open")


def test_agreement_counts_complete_reviews_by_kind_of_decision(desk: Desk, ana: Actor, bo: Actor):
    examples = [draw_example(desk, f"A-7{n}") for n in range(3)]
    for example in examples:
        say(desk, ana, example)
    for example in examples[:2]:
        say(desk, bo, example)
    report = agreeing.measure_agreement(desk.ws, desk.project_id)
    assert (report.n_open, report.n_differ) == (1, 0)
    assert (report.kinds["verdict"].n, report.kinds["tool"].n, report.kinds["reason"].n) == (2, 4, 2)
    assert report.kinds["tool"].alpha == 1
    assert report.kinds["verdict"].alpha is None
    say(desk, bo, examples[2], "changes requested", call_wrong(examples[2]))
    report = agreeing.measure_agreement(desk.ws, desk.project_id)
    assert (report.n_open, report.n_differ) == (0, 1)
    assert (report.kinds["correct"].n, report.kinds["correct"].n_equal) == (6, 5)


def test_a_claim_keeps_nobody_from_judging_apart(desk: Desk, ana: Actor, bo: Actor):
    example = draw_example(desk)
    claiming.claim(desk.ws, bo, example.id, "his tab")
    assert say(desk, ana, example).n_done == 1
    assert list_apart(desk.ws, [example.id]) == {example.id}
    assert say(desk, bo, example).state == "agreed"
    assert claiming.list_claimed(desk.ws, ana, [example.id]) == {}


def test_who_has_judged_apart_has_it_no_more_in_the_list(desk: Desk, ana: Actor, bo: Actor):
    examples = [draw_example(desk), draw_example(desk)]
    say(desk, ana, examples[0])
    left = {who.person_id: _listed(desk, who) for who in (ana, bo)}
    assert left == {ana.person_id: [examples[1].id], bo.person_id: [examples[1].id, examples[0].id]}
    say(desk, bo, examples[0], "rejected")
    assert _listed(desk, bo) == [examples[1].id], "two who differ leave it to somebody else"
    assert browsing.count_queues(desk.ws, desk.project_id, bo.person_id).left(ExampleState.SUBMITTED) == 1
    assert _listed(desk, desk.actor) == [], "who wrote them leaves them to the two"


def _listed(desk: Desk, judge: Actor) -> list[str]:
    wanted = ExampleFilter(states=(ExampleState.SUBMITTED,), judge=judge.person_id)
    return [row.id for row in browsing.list_filtered(desk.ws, desk.project_id, wanted).rows]


def test_what_an_example_says_of_its_decisions(desk: Desk):
    called, answered = decisions_of(make_example())
    assert (called.kind, called.tool, answered.kind, answered.tool) == ("calls", "track_order", "answers", "none")
    (talk,) = decisions_of(make_no_tool_example())
    assert (talk.kind, talk.reason, talk.is_right) == ("answers", "small_talk", True)


def test_a_comment_at_a_turn_stays_open_until_somebody_closes_it(desk: Desk, ana: Actor):
    example = desk.write()
    said = reviewing.add_comment(desk.ws, ana, example.id, 1, "Which?", place="/messages/1", nonce=desk.nonce())
    assert said.is_open
    reviewing.close_comment(desk.ws, desk.actor, said.id, nonce=desk.nonce())
    (closed,) = reviewing.list_comments(desk.ws, example.id)
    assert (closed.place, closed.is_open, closed.closed_by) == ("/messages/1", False, desk.actor.name)
    reviewing.close_comment(desk.ws, desk.actor, said.id, is_closed=False, nonce=desk.nonce())
    assert reviewing.list_comments(desk.ws, example.id)[0].is_open


def test_edit_and_accept_is_one_act_and_one_undo(desk: Desk):
    example = writing.submit(desk.ws, desk.actor, desk.write().id, 1, nonce=desk.nonce())
    saved = writing.save_example(desk.ws, desk.actor, example.id, 1, make_example("A-78"), nonce=desk.nonce())
    after = reviewing.accept_edited(desk.ws, desk.actor, example.id, saved.head_rev, nonce=desk.nonce())
    assert (after.state, after.head_rev) == (ExampleState.ACCEPTED, 2)
    undone = writing.undo_last(desk.ws, desk.actor, example.id, 2, nonce=desk.nonce())
    assert (undone.state, undone.example) == (ExampleState.DRAFT, make_example("A-78"))
