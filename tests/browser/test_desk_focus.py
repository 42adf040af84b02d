"""A desk takes back a focus that was lost, until the person goes on by Tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from ui.desk_focus import SCRIPT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
PAGE = '<div class="st-key-desk"></div><button id="next"></button><button></button><div id="part"></div>'
MOUNT = """async (text) => {
  const part = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })))
  globalThis.callwrightPresses = { isBusy: () => true }
  part.default({ parentElement: document.getElementById("part"), data: { desk: "desk", word: "1" } })
}"""
LOSE = """() => {
  const next = document.getElementById("next")
  next.focus()
  next.remove()
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  return frame().then(frame).then(frame).then(() => document.activeElement.className)
}"""


@pytest.mark.parametrize(
    ("keys", "held_by"), [(("ArrowDown",), "st-key-desk holds-focus"), (("ArrowDown", "Tab", "ArrowDown"), "")]
)
def test_a_lost_focus_comes_back_until_tab_is_pressed(
    open_tab: Callable[[str], Page], keys: tuple[str, ...], held_by: str
) -> None:
    page = open_tab("about:blank")
    page.route("http://127.0.0.1:1/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://127.0.0.1:1/")
    page.evaluate(MOUNT, SCRIPT)
    for key in keys:
        page.keyboard.press(key)
    assert page.evaluate(LOSE) == held_by
