"""A number typed into a knob is the one the form speaks of, whatever its limits are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.filling import filled, freeze
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.training, pytest.mark.xdist_group("browser-1")]
TOLD = "Steps at most is 2,000,000; it must be at least 0 and at most 1,000,000."


def test_number_outside_its_limits_is_told_and_not_the_one_before_used(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        freeze(filling)
        page = open_tab(f"{server.base}/training?project={filling.project.id}")
        steps = page.get_by_label("Steps at most", exact=True)
        steps.fill("2000000")
        steps.press("Enter")
        expect(page.get_by_text(TOLD)).to_be_visible()
        steps.fill("7")
        steps.press("Enter")
        expect(page.get_by_text(TOLD)).to_have_count(0)
