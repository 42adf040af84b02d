"""What counts as right, said without a mouse: the fold opened by Enter, a comparison chosen, values typed and kept."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page

from curation.model.example import Label
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


def test_comparison_and_other_values_are_said_by_key(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        whole = make_example("Where is B4821?")
        example = filling.write(msgspec.structs.replace(whole, messages=whole.messages[:2]))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        fold = page.locator("summary", has_text="What counts as right")
        expect(fold).to_be_visible()
        settled(page)
        fold.focus()
        page.keyboard.press("Enter")
        compared = page.get_by_label("order_id is compared")
        expect(compared).to_be_visible()
        settled(page)
        compared.focus()
        page.keyboard.type("by a pattern")
        expect(page.get_by_role("option").first).to_have_text("by a pattern")
        page.keyboard.press("Enter")
        pattern = page.get_by_label("Pattern of the whole value")
        expect(pattern).to_be_visible()
        settled(page)
        pattern.focus()
        page.keyboard.type("B48[")
        page.keyboard.press("Enter")
        expect(page.get_by_text("no regular expression").first).to_be_visible()
        pattern.focus()
        page.keyboard.press("End")
        page.keyboard.type("0-9]+")
        page.keyboard.press("Tab")
        expect(page.get_by_text("no regular expression")).to_have_count(0)
        settled(page)
        others = page.get_by_label("Other values of order_id that are right")
        others.focus()
        page.keyboard.type("B4822")
        page.keyboard.press("Enter")
        page.keyboard.type("B4823")
        page.keyboard.press("Control+s")
        for _ in range(100):
            if filling.read(example.id).example.acceptable:
                break
            page.wait_for_timeout(100)
        settled(page)
        expect(others).to_have_value("B4822\nB4823")
        saved = filling.read(example.id).example
        assert saved.messages[1].label == Label(
            comparators={"track_order.order_id": {"kind": "regex", "pattern": "B48[0-9]+"}}
        )
        assert saved.acceptable == ({"track_order": {"order_id": ["B4822", "B4823"]}},)
