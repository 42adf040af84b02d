"""Review: one decision on one revision; what changed is a table; the comment is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.errors import NotSavedError
from curation.model.states import ExampleState
from curation.services import claiming, drafting, people, reviewing, writing
from curation.services.text_fields import content_at, write_text
from curation.services.writing import ExampleView
from tests.browser.filling import Filling, make_answer
from tests.screens.pressing import press
from ui import rail


@pytest.fixture
def submitted(filling: Filling) -> ExampleView:
    example = filling.write(make_answer("Thanks"))
    return writing.submit(filling.ws, filling.actor, example.id, 1, nonce="submit")


def _press(screen: AppTest, verb: str) -> AppTest:
    return press(screen, f"review.{verb}")


def test_accept_fixes_the_revision_and_opens_the_next(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    screen = _press(open_page("review"), "accept")
    assert filling.read(submitted.id).state is ExampleState.ACCEPTED
    assert screen.title[0].value == "Nothing left to review"
    _press(screen, "undo")
    assert filling.read(submitted.id).state is ExampleState.SUBMITTED


def test_asking_for_changes_needs_a_comment(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    screen = open_page("review")
    for verb in ("request_changes", "say"):
        _press(screen, verb)
        assert not screen.error
        assert any("needs a few words" in one.value for one in screen.markdown)
    assert filling.read(submitted.id).state is ExampleState.SUBMITTED
    screen.run()
    assert not any("needs a few words" in one.value for one in screen.markdown)


def test_comment_saved_as_a_draft_goes_with_the_decision(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "review", submitted.id, "comment", 1, "Say goodbye, too.")
    _press(open_page("review"), "request_changes")
    assert [one.text for one in reviewing.list_comments(filling.ws, submitted.id)] == ["Say goodbye, too."]
    assert filling.read(submitted.id).state is ExampleState.CHANGES_REQUESTED
    assert drafting.read_drafts(filling.ws, person, "review", submitted.id) == {}


def _unmarked(text: str) -> str:
    """A cell without the marks of what changed in it."""
    return re.sub(r":\w+-background\[|\]|\\", "", text)


def _change(filling: Filling, example: ExampleView, text: str, nonce: str) -> ExampleView:
    changed = write_text(example.example, content_at(1), text)
    changed = msgspec.structs.replace(changed, tags=("missing_value",))
    return writing.save_example(filling.ws, filling.actor, example.id, example.head_rev, changed, nonce=nonce)


def test_first_look_compares_with_nothing_until_asked(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    saved = _change(filling, filling.write(make_answer("Thanks")), "Good bye.", "save")
    writing.submit(filling.ws, filling.actor, saved.id, saved.head_rev, nonce="submit")
    screen = open_page("review")
    assert not screen.table
    assert any("all of it is new" in caption.value for caption in screen.caption)
    screen.selectbox(key=f"review.base.{saved.id}.{saved.head_rev}").select(1).run()
    assert screen.table


def test_what_changed_since_the_last_decision_is_a_table_of_places(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    asked = reviewing.request_changes(filling.ws, filling.actor, submitted.id, 1, "Say goodbye.", nonce="ask")
    saved = _change(filling, _change(filling, asked, "Good", "first"), "Good bye.", "second")
    writing.submit(filling.ws, filling.actor, saved.id, saved.head_rev, nonce="again")
    screen = open_page("review")
    table = screen.table[0].value
    assert "turn 2 · text" in [place.replace("\\", "") for place in table["Place"]]
    assert any("Good bye" in _unmarked(after) for after in table["After"])


def test_decision_about_a_revision_that_is_no_longer_the_newest_is_refused(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    screen = open_page("review")
    changed = write_text(submitted.example, content_at(1), "Good bye.")
    writing.save_example(filling.ws, filling.actor, submitted.id, 1, changed, nonce="save")
    writing.submit(filling.ws, filling.actor, submitted.id, 2, nonce="again")
    _press(screen, "accept")
    assert "saved by somebody in between" in screen.error[0].value
    assert filling.read(submitted.id).state is ExampleState.SUBMITTED


def test_reject_needs_no_key_but_works(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    _press(open_page("review"), "reject")
    assert filling.read(submitted.id).state is ExampleState.REJECTED


def test_said_comment_leaves_an_empty_field_of_its_own(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    drafting.save_draft(filling.ws, filling.actor.person_id, "review", submitted.id, "comment", 1, "Who says so?")
    screen = open_page("review")
    assert _comment_fields(screen) == [f"review.comment.{submitted.id}.0"]
    _press(screen, "say")
    assert [one.text for one in reviewing.list_comments(filling.ws, submitted.id)] == ["Who says so?"]
    assert _comment_fields(screen) == [f"review.comment.{submitted.id}.1"]


def _comment_fields(screen: AppTest) -> list[str]:
    """Keys of the comment fields on the page."""
    ids = [str(one.proto.id) for one in screen.get("bidi_component")]
    return [one[one.index("review.comment.") :] for one in ids if "review.comment." in one]


def test_taken_back_decision_shows_its_tab_again(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    screen = _press(open_page("review"), "accept")
    screen.session_state["rail.tab.review"] = "Done"
    screen.run()
    _press(screen, "undo")
    assert screen.session_state["rail.tab.review"] == "To review"
    assert screen.title[0].value == "Thanks"


def test_undo_walks_back_through_every_decision(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    ids = []
    for question in ("Third", "Second", "First"):
        ids.append(filling.write(make_answer(question)).id)
        writing.submit(filling.ws, filling.actor, ids[-1], 1, nonce=f"submit {question}")
    _, second, first = ids
    screen = open_page("review")
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "review", first, "comment", 1, "Nice.")
    drafting.save_draft(filling.ws, person, "review", second, "comment", 1, "Say goodbye.")
    for verb in ("accept", "request_changes", "reject"):
        _press(screen, verb)
    assert screen.title[0].value == "Nothing left to review"
    seen = [_press(screen, "undo").title[0].value for _ in ids]
    assert seen == ["Third", "Second", "First"]
    assert [filling.read(one).state for one in ids] == [ExampleState.SUBMITTED] * 3
    for example_id, words in ((first, "Nice."), (second, "Say goodbye.")):
        assert reviewing.list_comments(filling.ws, example_id) == ()
        assert drafting.read_drafts(filling.ws, person, "review", example_id)["comment"].text == words
    _press(screen, "undo")
    assert "Nothing more to take back" in screen.toast[0].value
    assert filling.read(first).state is ExampleState.SUBMITTED, "handing in was somebody else's act"


def test_undo_that_was_not_written_is_done_by_the_next_press(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = _press(open_page("review"), "accept")

    def refuse(*_: object, **__: object) -> ExampleView:
        raise NotSavedError("The database is busy.", hint="Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "undo_last", refuse)
        _press(screen, "undo")
    assert filling.read(submitted.id).state is ExampleState.ACCEPTED
    _press(screen, "undo")
    assert filling.read(submitted.id).state is ExampleState.SUBMITTED


def test_undo_takes_the_decision_back_and_nothing_done_elsewhere_since(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    older = filling.write(make_answer("Older"))
    writing.submit(filling.ws, filling.actor, older.id, 1, nonce="older")
    screen = open_page("review")
    for _ in range(2):
        _press(screen, "accept")
    last = max((older, submitted), key=lambda one: filling.read(one.id).seq)
    first = older if last is submitted else submitted
    writing.archive_example(filling.ws, filling.actor, last.id, nonce="archive")
    _press(screen, "undo")
    assert "Something else was done" in screen.error[0].value
    assert filling.read(last.id).state is ExampleState.ARCHIVED
    _press(screen, "undo")
    assert filling.read(first.id).state is ExampleState.SUBMITTED, "the decision before it is next"


def test_list_says_how_many_are_left(
    filling: Filling, submitted: ExampleView, open_page: Callable[..., AppTest]
) -> None:
    assert "1 in this list" in [one.value for one in open_page("review").caption]


def _claimed_pages(filling: Filling, monkeypatch: pytest.MonkeyPatch, claimed: int) -> list[ExampleView]:
    """Two rows a page, five examples newest first; another person has the newest of them on the desk."""
    monkeypatch.setattr(rail, "PAGE_ROWS", 2)
    other = people.add_person(filling.ws, filling.actor, "Bo", ["expert"], nonce="bo")
    views = [filling.write(make_answer(f"Thanks {n}")) for n in range(5)][::-1]
    for view in views:
        writing.submit(filling.ws, filling.actor, view.id, 1, nonce=f"submit {view.id}")
    for view in views[:claimed]:
        claiming.claim(filling.ws, other, view.id, "tab")
    return views


def test_page_that_others_have_whole_is_turned(
    filling: Filling, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    views = _claimed_pages(filling, monkeypatch, claimed=4)
    screen = open_page("review")
    assert screen.title[0].value == views[4].title
    _press(screen, "accept")
    assert screen.title[0].value in [view.title for view in views[:4]], "nothing is free: it says who has what"
    assert any("Claimed by Bo" in one.value for one in screen.info)


def test_skip_at_the_end_of_a_page_turns_to_the_next(
    filling: Filling, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    views = _claimed_pages(filling, monkeypatch, claimed=0)
    screen = open_page("review")
    for view in views[:4]:
        assert screen.title[0].value == view.title
        press(screen, "review.step.1")
    assert screen.title[0].value == views[4].title
