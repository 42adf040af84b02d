"""Somebody new at the desk: what they may do is chosen with their name."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from curation.services import people
from tests.browser.filling import Filling
from tests.screens.pressing import press


def _add(screen: AppTest, name: str) -> None:
    next(one for one in screen.text_input if one.label == "Somebody else").set_value(name)
    press(screen, "review.person.add")


def test_somebody_new_writes_and_decides_nothing_unless_it_is_said(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    screen = open_page("review")
    _add(screen, "Anno")
    screen = open_page("review")
    next(one for one in screen.multiselect if one.label == "Who may act as").select("expert").run()
    _add(screen, "Ana")
    roles = {one.name: one.roles for one in people.list_people(filling.ws)}
    assert roles["Anno"] == {"annotator"}
    assert roles["Ana"] == {"annotator", "expert"}
