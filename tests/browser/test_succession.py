"""A cursor in a field that somebody else's save takes away goes to its heir; after a shortcut it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
SOURCES = Path(__file__).resolve().parents[2] / "frontend" / "src"
ORIGIN = "http://127.0.0.1:1"
LOAD = "import('/succession.js').then((part) => { window.succession = part })"
HEIR = """() => {
  const place = { of: "example.one", at: "/messages/0/content" }
  window.succession.leavesCursor(place)
  return window.succession.takesCursor(place)
}"""


@pytest.fixture
def page(open_tab: Callable[[str], Page]) -> Page:
    """A page with one field and the editor's own module for it."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if name:
            route.fulfill(body=(SOURCES / name).read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<textarea></textarea>", content_type="text/html")

    page = open_tab("about:blank")
    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")
    page.evaluate(LOAD)
    page.locator("textarea").focus()
    return page


@pytest.mark.parametrize("keys", [(), ("a",), ("Control+s",), ("Alt+q", "a"), ("Alt",)])
def test_cursor_is_handed_on_where_nothing_else_was_asked_for(page: Page, keys: tuple[str, ...]) -> None:
    for key in keys:
        page.keyboard.press(key)
    assert page.evaluate(HEIR)


@pytest.mark.parametrize("key", ["Alt+q", "Alt+Delete", "Alt+Shift+ArrowDown"])
def test_cursor_is_not_handed_on_after_a_shortcut_of_the_page(page: Page, key: str) -> None:
    page.keyboard.press(key)
    assert not page.evaluate(HEIR)


def test_cursor_is_handed_on_after_a_click_that_follows_a_shortcut(page: Page) -> None:
    page.keyboard.press("Alt+q")
    page.locator("textarea").click()
    assert page.evaluate(HEIR)
