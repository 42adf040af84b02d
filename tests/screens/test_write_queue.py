"""The queue beside the Write page: its rows, what they say, and which one is open."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from curation.model.states import ExampleState
from curation.services import writing
from tests.browser.filling import Filling, make_answer
from tests.screens.pressing import press
from tests.screens.rows import pick_row, rows_of


def test_rows_with_one_title_are_still_two_rows(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    older = filling.write(make_answer("Thanks"))
    newer = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    assert screen.session_state["write.example"] == newer.id
    pick_row(screen, "write.rows", older.id)
    assert not screen.exception
    assert screen.session_state["write.example"] == older.id


def test_row_that_has_left_the_list_is_not_chosen(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    """A browser may still show a row of the list as it was before."""
    kept = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    pick_row(screen, "write.rows", "gone")
    assert not screen.exception
    assert screen.session_state["write.example"] == kept.id


def test_rows_say_what_people_wrote_as_it_is(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    words = "![x](http://evil.example/x.png)  **and** " + "W" * 300
    made = filling.write(make_answer(words))
    row = rows_of(open_page("write"), "write.rows").rows[0]
    assert row["id"] == made.id
    assert row["title"].startswith("![x](http://evil.example/x.png) **and** W")


def test_example_put_away_leaves_the_queue(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    first = filling.write(make_answer("Thanks"))
    second = filling.write(make_answer("Thanks again"))
    screen = press(open_page("write"), f"write.archive.{second.id}")
    assert filling.read(second.id).state is ExampleState.ARCHIVED
    assert screen.session_state["write.example"] == first.id
    press(screen, "write.undo")
    assert filling.read(second.id).state is ExampleState.DRAFT


def test_what_was_put_away_is_taken_back_as_a_draft(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    writing.archive_example(filling.ws, filling.actor, example.id, nonce="away")
    screen = open_page("write")
    screen.session_state["write.example"] = example.id
    screen.run()
    press(screen, f"write.restore.{example.id}")
    assert filling.read(example.id).state is ExampleState.DRAFT
    assert screen.title[0].value == "Thanks"
    assert screen.session_state["rail.tab.write"] == "Drafts"
