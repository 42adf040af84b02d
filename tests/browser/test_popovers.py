"""Popovers by keyboard: a key opens one, the cursor goes into it and back, Enter does what it was opened for."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.filters import ExampleFilter
from curation.services import saved_views
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


def test_filter_is_opened_and_left_by_key(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        filling.write(make_example("Where is B4821?"))
        page = open_tab(f"{server.base}/examples?project={filling.project.id}")
        search = page.get_by_label("Search", exact=True)
        expect(search).to_be_visible()
        settled(page)
        search.focus()
        page.keyboard.press("Alt+Shift+L")
        expect(page.get_by_label("Category", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_label("Category", exact=True)).to_have_count(0)
        expect(search).to_be_focused()


def test_view_is_kept_and_opened_without_a_mouse(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        filling.write(make_example("Where is B4821?"))
        filling.write(make_answer("Thanks"))
        wanted = ExampleFilter(search="Thanks")
        saved_views.save_view(filling.ws, filling.actor, filling.project.id, "Thankful", wanted, nonce=uuid.uuid4().hex)
        page = open_tab(f"{server.base}/examples?project={filling.project.id}")
        expect(page.get_by_text("1–2 of 2", exact=True)).to_be_visible()
        settled(page).keyboard.press("Alt+Shift+W")
        view = page.get_by_role("button", name="Thankful", exact=True)
        expect(view).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("1–1 of 1", exact=True)).to_be_visible()
        expect(view).to_have_count(0)

        settled(page).keyboard.press("Alt+Shift+W")
        expect(view).to_be_focused()
        name = page.get_by_label("Keep this list as", exact=True)
        name.focus()
        page.keyboard.type("Short words")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Short words", exact=True)).to_be_visible()
        kept = saved_views.list_views(filling.ws, filling.actor.person_id, filling.project.id)
        assert [one.name for one in kept] == ["Short words", "Thankful"]
