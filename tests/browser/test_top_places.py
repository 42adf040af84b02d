"""The places on top of a page stand inside the window, however narrow it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.filling import filled
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
OUTSIDE = """() => [...document.querySelectorAll('[data-testid="stTopNav"] a')]
  .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .map(one => [one.textContent, one.getBoundingClientRect().right])
  .filter(([, right]) => right > window.innerWidth).map(([name]) => name)"""


def test_no_place_is_cut_by_the_edge_of_the_window(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/playground?project={filling.project.id}")
    for width in (1040, 960, 900, 840):
        page.set_viewport_size({"width": width, "height": 800})
        expect(settled(page).get_by_test_id("stTopNav")).to_be_visible()
        page.wait_for_function(f"({OUTSIDE})().length === 0")
        settled(page).wait_for_timeout(300)
        assert page.evaluate(OUTSIDE) == [], width
