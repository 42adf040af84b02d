"""Home's way to candidates made by machine, in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.filling import filled
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


def test_candidates_are_ordered_on_a_page_of_their_own(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/?project={filling.project.id}")
        page.get_by_role("button", name="Order candidates").click(delay=60)
        expect(page.get_by_role("heading", name="New order", level=1)).to_be_visible()
        expect(page.get_by_role("button", name="Make a sample of ten")).to_be_enabled()
