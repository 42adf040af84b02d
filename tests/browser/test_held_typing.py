"""What is typed right after a press on a slow machine: it waits for its field, and never lands in the one before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.browser.test_late_messages import SlowPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.xdist_group("browser-2")]
FORM = "order_id (string, required)"


def _slow_page(server: Server, filling: Filling, page: Page, example_id: str) -> SlowPage:
    slow = SlowPage()
    page.route_web_socket("**/_stcore/stream", slow.stand_between)
    page.goto(f"{server.base}/write?project={filling.project.id}&example={example_id}")
    expect(page.get_by_label("User, turn 1", exact=True)).to_be_visible(timeout=60_000)
    settled(page)
    return slow


def test_tool_is_chosen_and_its_argument_typed_before_the_page_answers(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        example = filling.write(make_answer("Where is B4821?", answer="I will look."))
        slow = _slow_page(server, filling, page, example.id)
        request = page.get_by_label("User, turn 1", exact=True)
        request.click()
        slow.is_held = True
        page.keyboard.press("Alt+t")
        page.keyboard.type("track")
        slow.release_after(page)
        tool = page.get_by_role("combobox", name="Tool", exact=True)
        expect(tool).to_be_focused()
        expect(page.get_by_role("option")).to_contain_text("track_order")
        settled(page)
        slow.is_held = True
        page.keyboard.press("Enter")
        page.keyboard.type("B4821")
        slow.release_after(page)
        expect(page.get_by_label(FORM)).to_have_value("B4821")
        expect(page.get_by_label(FORM)).to_be_focused()
        expect(request).to_have_value("Where is B4821?")


def test_typing_after_next_error_reaches_the_field_it_leads_to(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        example = filling.write(make_example("Where is it?", order_id=""))
        slow = _slow_page(server, filling, page, example.id)
        request = page.get_by_label("User, turn 1", exact=True)
        request.click()
        slow.is_held = True
        page.keyboard.press("Alt+i")
        page.keyboard.type("C77x")
        page.keyboard.press("Backspace")
        page.keyboard.type("77")
        expect(request).to_have_value("Where is it?")
        slow.release_after(page)
        expect(page.get_by_label(FORM)).to_have_value("C7777")
        expect(request).to_have_value("Where is it?")


def test_what_is_typed_where_no_field_comes_is_said_and_not_put_elsewhere(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        example = filling.write(make_answer("Thanks"))
        slow = _slow_page(server, filling, page, example.id)
        request = page.get_by_label("User, turn 1", exact=True)
        request.click()
        slow.is_held = True
        page.keyboard.press("Alt+t")
        page.keyboard.type("track")
        page.keyboard.press("Escape")
        expect(page.get_by_text("Not typed, as no field was there for it yet: track")).to_be_visible()
        expect(request).to_have_value("Thanks")
        slow.release_after(page)


@pytest.mark.long
def test_a_row_is_filled_by_tab_before_the_page_draws_it(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        slow = SlowPage()
        page.route_web_socket("**/_stcore/stream", slow.stand_between)
        page.goto(f"{server.base}/catalogue?project={filling.project.id}")
        expect(page.get_by_role("button", name="New Shortcut Alt + D")).to_be_enabled(timeout=60_000)
        page.keyboard.press("Alt+d")
        expect(page.get_by_role("heading", level=1)).to_have_text("New tool")
        page.get_by_role("tab", name="Errors").click()
        expect(page.get_by_text("No errors yet")).to_be_visible()
        settled(page)
        slow.is_held = True
        page.keyboard.press("Alt+p")
        page.keyboard.type("404")
        page.keyboard.press("Tab")
        page.keyboard.type("No such order")
        page.keyboard.press("Tab")
        slow.release_after(page)
        code, message = page.get_by_label("Code", exact=True), page.get_by_label("Message, as a model reads it")
        expect(message).to_have_value("No such order")
        expect(code).to_have_value("404")
        settled(page)
        page.reload()
        page.get_by_role("tab", name="Errors").click()
        expect(message).to_have_value("No such order")
        expect(code).to_have_value("404")
