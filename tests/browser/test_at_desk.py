"""Who is at the desk: chosen by key from a list that closes behind the choice and gives the cursor to the desk."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.services import people, writing
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_answer
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


def test_list_of_people_closes_once_somebody_is_chosen(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        shown = filling.write(make_answer("Thanks"))
        writing.submit(filling.ws, filling.actor, shown.id, 1, nonce=f"submit {shown.id}")
        people.add_person(filling.ws, filling.actor, "Ana", ["annotator", "expert"], nonce=uuid.uuid4().hex)
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        me = page.get_by_role("button", name=filling.actor.name).first
        expect(me).to_be_visible()
        settled(page)
        me.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("At the desk")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option", name="Ana")).to_be_visible()
        page.keyboard.type("Ana")
        expect(page.get_by_role("option")).to_have_text(["Ana"])
        page.keyboard.press("Enter")
        expect(page.get_by_text("A name badge, not a lock")).to_have_count(0)
        page.wait_for_function("document.activeElement.closest('.st-key-review-desk') !== null")
