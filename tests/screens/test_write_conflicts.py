"""Two texts for one field: nothing is handed on, and the banner says whose they are."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from curation.model.states import ExampleState
from curation.services import deciding, drafting, people, writing
from tests.browser.filling import Filling, make_answer
from tests.screens.pressing import press, show


def _conflict(filling: Filling) -> str:
    """An example with text this person typed on revision 1 while Mara saved revision 2 and somebody submitted it."""
    example = filling.write(make_answer("Thanks"))
    mara = people.add_person(filling.ws, filling.actor, "Mara", ["annotator"], nonce="mara")
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "example", example.id, "/messages/1/content", 1, "My own words.")
    writing.save_example(filling.ws, mara, example.id, 1, make_answer("Thanks", "Mara's words."), nonce="mara saved")
    return example.id


def test_nothing_is_submitted_while_two_texts_wait_to_be_settled(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example_id = _conflict(filling)
    screen = press(open_page("write"), "write.submit")
    assert any("Not handed on" in one.value for one in screen.error)
    assert filling.read(example_id).state is ExampleState.DRAFT
    primary = [one.key for one in screen.button if one.proto.type == "primary"]
    assert [key.rpartition(".")[0] for key in primary if key] == ["write.open_merge"]
    name = next(one.key for one in screen.button if one.key and one.key.startswith("write.drop_mine."))
    deciding.drop_mine(filling.ws, filling.actor, example_id, name.removeprefix("write.drop_mine."))
    press(screen, "write.submit")
    assert filling.read(example_id).state is ExampleState.SUBMITTED


def test_conflict_names_who_saved_the_text_and_not_who_moved_the_example_on(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example_id = _conflict(filling)
    olga = people.add_person(filling.ws, filling.actor, "Olga", ["annotator"], nonce="olga")
    writing.submit(filling.ws, olga, example_id, 2, nonce="olga submits")
    sentence = show(open_page("write"), example_id).error[0].value
    assert "Mara saved revision 2" in sentence
    assert "Olga" not in sentence
