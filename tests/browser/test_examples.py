"""Examples in a browser: rows chosen by keyboard, many changed and taken back by keys, a shared link, the way back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from curation.model.states import ExampleState
from curation.services import browsing
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
PAINTED_S = 20
IN_SIGHT = """() => {
  const grid = document.querySelector(".dvn-scroller")
  const rest = grid && grid.clientWidth - grid.scrollWidth
  const inner = grid?.querySelector(".dvn-scroll-inner > *")?.clientWidth
  return rest === 0 && inner > grid.clientWidth - 40 && globalThis.callwrightPresses.isStill()
}"""
"""Whether the columns fill the grid, and none goes beyond it."""


@pytest.mark.long
def test_many_are_changed_and_taken_back_by_keys_alone(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        for n in range(4):
            filling.write(make_example(f"Where is order {n}?"))
        page = open_tab(f"{server.base}/examples?project={filling.project.id}")
        grid = page.get_by_test_id("stDataFrame")
        expect(grid).to_be_visible()
        settled(page)
        _select_first_row(page, grid)
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Work down these")).to_be_focused()
        page.keyboard.press("Alt+Shift+B")
        expect(page.get_by_role("combobox", name="What")).to_be_focused()
        page.keyboard.type("Submit")
        expect(page.get_by_role("option", name="Submit for review")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("1 example.* of 1 will change"))).to_be_visible()
        settled(page).keyboard.press("Alt+Enter")
        expect(page.get_by_text("1 submitted", exact=False).first).to_be_visible()
        assert browsing.count_states(filling.ws, filling.project.id)[ExampleState.SUBMITTED] == 1
        page.keyboard.press("Alt+Z")
        expect(page.get_by_text("1 taken back", exact=False).first).to_be_visible()
        assert browsing.count_states(filling.ws, filling.project.id)[ExampleState.DRAFT] == 4


def _select_first_row(page: Page, grid: Locator) -> None:
    """A grid is a canvas: only a click tells whether its rows are painted already."""
    chosen = page.get_by_text("1 selected")
    deadline = time.monotonic() + PAINTED_S
    while not chosen.is_visible() and time.monotonic() < deadline:
        grid.click(position={"x": 200, "y": 50})
        page.keyboard.press("Shift+Space")
        page.wait_for_timeout(1_000)
        settled(page)
    expect(chosen).to_be_visible()


def test_filter_is_in_the_address_and_the_way_back_works(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        filling.write(make_example("Where is order 1?"))
        filling.write(make_example("Thanks for the zebra"))
        page = open_tab(f"{server.base}/examples?project={filling.project.id}")
        expect(page.get_by_text("1–2 of 2")).to_be_visible()
        page.get_by_role("searchbox", name="Search").fill("zebra")
        expect(page.get_by_text("1–1 of 1")).to_be_visible()
        expect(page).to_have_url(re.compile("search=zebra"))
        shared = page.url
        page.wait_for_timeout(1200)  # so long the browser may still report the address before
        page.go_back()
        expect(page.get_by_text("1–2 of 2")).to_be_visible()
        other = open_tab(shared)
        expect(other.get_by_text("1–1 of 1")).to_be_visible()
        other.keyboard.press("Alt+Shift+F")
        expect(other.get_by_text("1–2 of 2")).to_be_visible()


def test_every_column_drawn_is_in_sight_however_wide_the_window(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        filling.write(make_example("Where is order 1?"))
        page = open_tab(f"{server.base}/examples?project={filling.project.id}")
        expect(page.get_by_test_id("stDataFrame")).to_be_visible()
        heads = page.get_by_test_id("data-grid-canvas").locator("[role=columnheader]")
        for width, n_drawn in ((1440, 8), (1024, 5), (900, 4), (1440, 8)):
            page.set_viewport_size({"width": width, "height": 800})
            expect(heads).to_have_count(n_drawn)
            page.wait_for_function(IN_SIGHT)
        assert {"Begins with", "State", "Found"} <= set(heads.all_text_contents())
