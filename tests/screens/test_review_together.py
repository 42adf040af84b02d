"""Several people at the desks: claims, judging apart, resolving, edit and accept, comments, merging."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import (
    agreeing,
    blind_reviewing,
    blind_words,
    claiming,
    drafting,
    people,
    reviewing,
    second_looks,
    writing,
)
from curation.services.text_fields import content_at, read_text, write_text
from curation.services.writing import ExampleView
from tests.browser.filling import Filling, make_answer, make_example
from tests.screens.pressing import press
from tests.screens.stage import HOSTILE, texts

ANSWER = content_at(1)
Open = Callable[..., AppTest]


@pytest.fixture
def ana(filling: Filling) -> Actor:
    return people.add_person(filling.ws, filling.actor, "Ana", ["annotator", "expert"], nonce=_nonce())


def _nonce() -> str:
    return uuid.uuid4().hex


def _submitted(filling: Filling, question: str) -> ExampleView:
    example = filling.write(make_answer(question))
    return writing.submit(filling.ws, filling.actor, example.id, 1, nonce=_nonce())


def _drawn(filling: Filling, question: str = "Thanks") -> ExampleView:
    second_looks.set_share(filling.ws, filling.actor, filling.project.id, 100, nonce=_nonce())
    return _submitted(filling, question)


def _press(screen: AppTest, key: str) -> AppTest:
    return press(screen, key)


def test_somebody_elses_example_is_stepped_over_and_may_be_taken_over(
    filling: Filling, ana: Actor, open_page: Open
) -> None:
    older, newer = _submitted(filling, "Older"), _submitted(filling, "Newer")
    claiming.claim(filling.ws, ana, newer.id, "her tab")
    screen = open_page("review")
    assert screen.title[0].value == "Older"
    screen.session_state["review.example"] = newer.id
    screen.run()
    assert "Claimed by Ana until" in texts(screen)
    assert screen.button(key="review.accept").disabled
    _press(screen, "review.take_over")
    assert not screen.button(key="review.accept").disabled
    assert claiming.list_claimed(filling.ws, ana, [newer.id])[newer.id].is_mine is False
    assert filling.read(older.id).state is ExampleState.SUBMITTED


def test_a_lost_claim_is_told_before_anything_is_decided(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = _submitted(filling, "Thanks")
    screen = open_page("review")
    claiming.release(filling.ws, filling.actor, example.id, screen.session_state["review.tab"])
    claiming.claim(filling.ws, ana, example.id, "her tab")
    _press(screen, "review.accept")
    assert any("nothing was decided" in one.value for one in screen.error)
    assert filling.read(example.id).state is ExampleState.SUBMITTED


def test_skip_and_back_are_each_others_opposite(filling: Filling, ana: Actor, open_page: Open) -> None:
    third, second, first = (_submitted(filling, word) for word in ("Third", "Second", "First"))
    claiming.claim(filling.ws, ana, second.id, "her tab")
    screen = open_page("review")
    assert screen.session_state["review.ahead"] == third.id
    seen = [screen.title[0].value]
    for key in ("review.step.1", "review.step.1", "review.step.-1"):
        seen.append(_press(screen, key).title[0].value)
    assert seen == ["First", "Third", "Third", "First"]
    held = claiming.list_claimed(filling.ws, ana, [first.id, second.id, third.id])
    assert {one for one, claim in held.items() if not claim.is_mine} == {first.id}


def test_somebody_else_sits_down_and_every_act_is_theirs(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = _submitted(filling, "Thanks")
    screen = open_page("review")
    box = next(one for one in screen.selectbox if one.label == "At the desk")
    box.select(ana.person_id).run()
    _press(screen, "review.accept")
    assert reviewing.list_revisions(filling.ws, example.id)[0].verdicts == ("accepted",)
    assert filling.read(example.id).updated_by == "Ana"


def test_a_new_name_is_added_and_sits_down(filling: Filling, open_page: Open) -> None:
    screen = open_page("review")
    field = next(one for one in screen.text_input if one.label == "Somebody else")
    field.set_value(HOSTILE)
    _press(screen, "review.person.add")
    assert [one.name for one in people.list_people(filling.ws)][1:] == [HOSTILE]


def test_blind_word_stays_hidden_until_both_are_in(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = _drawn(filling)
    said = blind_words.decisions_of(example.example)
    blind_reviewing.decide(filling.ws, ana, example.id, 1, "accepted", said, "I like it.", nonce=_nonce())
    screen = open_page("review")
    assert "blind" in texts(screen)
    assert "I like it." not in texts(screen)
    assert screen.button(key="review.edit").disabled
    _press(screen, "review.accept")
    assert filling.read(example.id).state is ExampleState.ACCEPTED
    _press(screen, "review.undo")
    assert filling.read(example.id).state is ExampleState.SUBMITTED


def test_who_has_said_their_word_leaves_the_example_to_the_other(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = _drawn(filling)
    screen = _press(open_page("review"), "review.accept")
    assert screen.title[0].value == "Nothing left to review"
    assert "To review 0" in [one.label.replace("\\", "") for one in screen.tabs]
    assert blind_words.find_look(filling.ws, ana, example.id).may_judge
    _press(screen, "review.undo")
    assert screen.title[0].value == "Thanks"
    assert "Your word on each decision" in texts(screen)


def test_a_claim_keeps_nobody_from_judging_apart(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = _drawn(filling)
    claiming.claim(filling.ws, ana, example.id, "her tab")
    screen = open_page("review")
    assert screen.title[0].value == "Thanks"
    assert "Claimed by" not in texts(screen)
    assert claiming.list_claimed(filling.ws, ana, [example.id])[example.id].by != filling.actor.name
    _press(screen, "review.accept")
    look = blind_words.find_look(filling.ws, filling.actor, example.id)
    assert look is not None
    assert look.has_mine


def test_calling_a_decision_wrong_makes_a_difference_that_is_resolved(
    filling: Filling, ana: Actor, open_page: Open
) -> None:
    example = _drawn(filling)
    said = blind_words.decisions_of(example.example)
    blind_reviewing.decide(filling.ws, ana, example.id, 1, "accepted", said, nonce=_nonce())
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "review", example.id, "comment", 1, "It refuses.")
    screen = open_page("review")
    key = f"review.said.{example.id}.1.1"
    screen.checkbox(key=f"{key}.wrong").check().run()
    screen.selectbox(key=f"{key}.kind").select("refuses").run()
    _press(screen, "review.request_changes")
    (found,) = agreeing.list_differences(filling.ws, filling.project.id)
    assert found.where == ("verdict", "kind", "correct")

    screen = open_page("agreement")
    assert "It refuses." in texts(screen)
    _press(screen, "agreement.first")
    assert "Say in a few words why." in texts(screen)
    drafting.save_draft(filling.ws, person, "resolution", example.id, "reason", 1, "It is small talk.")
    _press(screen, "agreement.first")
    assert filling.read(example.id).state is ExampleState.ACCEPTED
    assert "nothing differs" in texts(screen)


def test_resolving_puts_the_cursor_into_the_next_reason(filling: Filling, ana: Actor, open_page: Open) -> None:
    for question in ("Thanks", "Thank you"):
        example = _drawn(filling, question)
        said = blind_words.decisions_of(example.example)
        blind_reviewing.decide(filling.ws, ana, example.id, 1, "accepted", said, nonce=_nonce())
        blind_reviewing.decide(filling.ws, filling.actor, example.id, 1, "rejected", said, nonce=_nonce())
    first, second = agreeing.list_differences(filling.ws, filling.project.id)
    screen = open_page("agreement")
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "resolution", first.example_id, "reason", 1, "It is small talk.")
    screen.button(key="agreement.first").click().run()
    fields = [json.loads(one.proto.json) for one in screen.get("bidi_component") if "reason" in str(one.proto.id)]
    assert [bool(one["focus"]) for one in fields] == [True]
    assert second.example_id in str([one.proto.id for one in screen.get("bidi_component")])


def test_undo_on_agreement_takes_the_newest_resolution_back(filling: Filling, ana: Actor, open_page: Open) -> None:
    for question in ("Thanks", "Thank you"):
        example = _drawn(filling, question)
        said = blind_words.decisions_of(example.example)
        blind_reviewing.decide(filling.ws, ana, example.id, 1, "accepted", said, nonce=_nonce())
        blind_reviewing.decide(filling.ws, filling.actor, example.id, 1, "rejected", said, nonce=_nonce())
    before = agreeing.list_differences(filling.ws, filling.project.id)
    person = filling.actor.person_id
    screen = open_page("agreement")
    _press(screen, "agreement.undo")
    assert "nothing was resolved here" in str(screen.toast[0].value)
    for one in before:
        drafting.save_draft(filling.ws, person, "resolution", one.example_id, "reason", 1, f"Why {one.title}.")
        _press(screen, "agreement.first")
    assert agreeing.list_differences(filling.ws, filling.project.id) == ()
    for left in (1, 2):
        _press(screen, "agreement.undo")
        assert len(agreeing.list_differences(filling.ws, filling.project.id)) == left
        fields = [json.loads(one.proto.json) for one in screen.get("bidi_component") if "reason" in str(one.proto.id)]
        assert [(one["value"], bool(one["focus"])) for one in fields] == [(f"Why {before[-left].title}.", True)]
    assert agreeing.list_differences(filling.ws, filling.project.id) == before


def test_wrong_asks_for_another_word_than_what_stands_there(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = _drawn(filling)
    said = blind_words.decisions_of(example.example)
    blind_reviewing.decide(filling.ws, ana, example.id, 1, "accepted", said, nonce=_nonce())
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "review", example.id, "comment", 1, "Other words.")
    screen = open_page("review")
    screen.checkbox(key=f"review.said.{example.id}.1.1.wrong").check().run()
    _press(screen, "review.request_changes")
    assert "Turn 2 is marked wrong" in texts(screen)
    look = blind_words.find_look(filling.ws, filling.actor, example.id)
    assert look is not None
    assert not look.has_mine


def test_wrong_may_be_about_the_arguments_alone(filling: Filling, ana: Actor, open_page: Open) -> None:
    second_looks.set_share(filling.ws, filling.actor, filling.project.id, 100, nonce=_nonce())
    example = filling.write(make_example("Where is B4821?"))
    writing.submit(filling.ws, filling.actor, example.id, 1, nonce=_nonce())
    said = blind_words.decisions_of(example.example)
    blind_reviewing.decide(filling.ws, ana, example.id, 1, "accepted", said, nonce=_nonce())
    drafting.save_draft(filling.ws, filling.actor.person_id, "review", example.id, "comment", 1, "Another order.")
    screen = open_page("review")
    key = f"review.said.{example.id}.1.1"
    screen.checkbox(key=f"{key}.wrong").check().run()
    screen.checkbox(key=f"{key}.arguments").check().run()
    _press(screen, "review.request_changes")
    (found,) = agreeing.list_differences(filling.ws, filling.project.id)
    assert found.where == ("verdict", "correct")
    shown = [one.value for one in open_page("agreement").markdown if "wrong in its arguments" in one.value]
    assert len(shown) == 1


def test_the_lead_sets_the_share_and_reads_the_agreement(filling: Filling, ana: Actor, open_page: Open) -> None:
    screen = open_page("agreement")
    assert "Nothing is judged twice yet" in texts(screen)
    screen.number_input[0].set_value(100).run()
    assert second_looks.read_share(filling.ws, filling.project.id) == 100
    for number in range(3):
        example = _submitted(filling, f"Thanks {number}")
        for who in (filling.actor, ana):
            said = blind_words.decisions_of(example.example)
            words = said if number else tuple(msgspec.structs.replace(one, reason="refuse") for one in said)
            mine = words if who is ana else said
            blind_reviewing.decide(filling.ws, who, example.id, 1, "accepted", mine, nonce=_nonce())
    table = open_page("agreement").table[0].value
    assert list(table["Decided by two"]) == ["3"] * 6
    assert list(table["Alpha"]) == ["too few items to tell"] * 6
    assert list(table["95 % interval"]) == [""] * 6


def test_edit_and_accept_goes_to_write_and_accepts_there(filling: Filling, open_page: Open) -> None:
    older, example = _submitted(filling, "Older"), _submitted(filling, "Thanks")
    screen = _press(open_page("review"), "review.edit").switch_page("../pages/write.py")
    changed = write_text(example.example, ANSWER, "Any time.")
    writing.save_example(filling.ws, filling.actor, example.id, 1, changed, nonce=_nonce())
    screen.run()
    _press(screen, "write.accept").switch_page("../pages/review.py").run()
    after = filling.read(example.id)
    assert (after.state, read_text(after.example, ANSWER)) == (ExampleState.ACCEPTED, "Any time.")
    assert screen.title[0].value == "Older"
    _press(screen, "review.undo")
    undone = filling.read(example.id)
    assert (undone.state, read_text(undone.example, ANSWER)) == (ExampleState.SUBMITTED, "You are welcome.")
    assert screen.title[0].value == "Thanks"
    assert not screen.button(key="review.accept").disabled
    assert filling.read(older.id).state is ExampleState.SUBMITTED


def test_back_leaves_the_edit_for_review_without_accepting(filling: Filling, open_page: Open) -> None:
    example = _submitted(filling, "Thanks")
    screen = _press(open_page("review"), "review.edit").switch_page("../pages/write.py").run()
    _press(screen, "write.back_to_review")
    screen.switch_page("../pages/review.py").run()
    assert screen.title[0].value == "Thanks"
    assert filling.read(example.id).state is ExampleState.SUBMITTED
    assert not screen.button(key="review.accept").disabled


def test_head_names_who_wrote_it_and_who_handed_it_in(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = filling.write(make_answer("Thanks"))
    writing.submit(filling.ws, ana, example.id, 1, nonce=_nonce())
    reviewing.accept(filling.ws, filling.actor, example.id, 1, nonce=_nonce())
    writing.undo_last(filling.ws, filling.actor, example.id, 1, nonce=_nonce())
    assert f"by {filling.actor.name}, submitted by Ana" in texts(open_page("review"))


def test_tools_open_on_a_key_and_stay_open(filling: Filling, open_page: Open) -> None:
    older = _submitted(filling, "Older")
    _submitted(filling, "Thanks")
    screen = open_page("review")
    assert "Say where an order is." not in texts(screen)
    _press(screen, "review.tools")
    assert "Say where an order is." in texts(screen)
    assert "one of low · high" in screen.table[0].value["Takes"].tolist()
    _press(screen, "review.accept")
    assert screen.session_state["review.example"] == older.id
    assert "Say where an order is." in texts(screen)


def test_comment_at_a_turn_is_shown_there_until_it_is_done(filling: Filling, open_page: Open) -> None:
    example = _submitted(filling, "Thanks")
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "review", example.id, "comment", 1, HOSTILE)
    screen = open_page("review")
    screen.selectbox(key=f"review.about.{example.id}.1").select(1).run()
    _press(screen, "review.say")
    (said,) = reviewing.list_comments(filling.ws, example.id)
    assert said.place == "/messages/1"
    _press(screen, f"review.turn.close.{said.id}")
    assert not reviewing.list_comments(filling.ws, example.id)[0].is_open
    _press(screen, f"review.list.close.{said.id}")
    assert reviewing.list_comments(filling.ws, example.id)[0].is_open


def test_any_two_revisions_are_compared(filling: Filling, open_page: Open) -> None:
    example = filling.write(make_answer("Thanks"))
    for rev, text in enumerate(("Good", "Good bye"), start=1):
        changed = write_text(filling.read(example.id).example, ANSWER, text)
        writing.save_example(filling.ws, filling.actor, example.id, rev, changed, nonce=_nonce())
    writing.submit(filling.ws, filling.actor, example.id, 3, nonce=_nonce())
    screen = open_page("review")
    screen.selectbox(key=f"review.base.{example.id}.3").select(1).run()
    screen.selectbox(key=f"review.newer.{example.id}.3").select(2).run()
    assert "bye" not in str(screen.table[0].value["After"].tolist())


def test_the_second_of_two_writers_merges(filling: Filling, ana: Actor, open_page: Open) -> None:
    example = filling.write(make_answer("Thanks"))
    for place, text in ((content_at(0), "Thank you"), (ANSWER, "Hers.")):
        view = filling.read(example.id)
        changed = write_text(view.example, place, text)
        writing.save_example(filling.ws, ana, example.id, view.head_rev, changed, nonce=_nonce())
    drafting.save_draft(filling.ws, filling.actor.person_id, "example", example.id, ANSWER, 1, HOSTILE)
    screen = open_page("write")
    _press(screen, f"write.open_merge.{ANSWER}")
    assert screen.button(key="merge.merge").disabled
    assert HOSTILE not in [one.value for one in screen.markdown]
    _press(screen, f"merge.mine.3.{ANSWER}")
    _press(screen, "merge.merge")
    after = filling.read(example.id).example
    assert (read_text(after, content_at(0)), read_text(after, ANSWER)) == ("Thank you", HOSTILE)
    assert drafting.read_drafts(filling.ws, filling.actor.person_id, "example", example.id) == {}
