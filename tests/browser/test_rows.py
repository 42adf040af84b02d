"""The rows of a list: a real radio group, whose rows stay while their words and their number change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.services import writing
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_answer
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
LONG = "אפוא ההזמנה שלי? " + "W" * 60


def test_arrows_home_and_end_choose_a_row(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        for question in ("First", LONG, "Third"):
            filling.write(make_answer(question))
        page = open_tab(f"{server.base}/write?project={filling.project.id}")
        rows = page.get_by_role("radiogroup", name="Queue").get_by_role("radio")
        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_be_checked()
        settled(page)
        rows.nth(0).focus()
        for key, at in (("ArrowDown", 1), ("End", 2), ("ArrowDown", 0), ("ArrowUp", 2), ("Home", 0)):
            page.keyboard.press(key)
            expect(rows.nth(at)).to_be_checked()
            expect(rows.nth(at)).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(rows.nth(1)).to_have_attribute("title", LONG)
        expect(page.get_by_role("heading", level=1)).to_contain_text("WWW")
        settled(page)
        assert [rows.nth(at).get_attribute("tabindex") for at in range(3)] == ["-1", "0", "-1"]


def test_rows_that_stay_are_not_drawn_anew(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        for n in range(4):
            example = filling.write(make_answer(f"Thanks {n}"))
            writing.submit(filling.ws, filling.actor, example.id, 1, nonce=f"submit {example.id}")
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        rows = page.get_by_role("radio")
        expect(rows).to_have_count(4)
        settled(page)
        rows.nth(2).evaluate("row => (row.isMarked = true)")
        page.keyboard.press("Alt+a")
        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_be_checked()
        assert rows.nth(1).evaluate("row => row.isMarked")
