"""How often a part asks whether it has moved, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page

import ui.pulse

pytestmark = [pytest.mark.browser, pytest.mark.cold, pytest.mark.xdist_group("browser-2")]
SCRIPT = Path(ui.pulse.__file__).with_name("pulse.js").read_text(encoding="utf-8")
PAGE = '<div class="stApp" data-testid="stApp" data-test-script-state="notRunning"><div id="part"></div></div>'
MOUNT = """text => {
  window.asked = []
  window.drawn = []
  window.stamp = "old"
  const headers = { "content-type": "application/json" }
  window.fetch = async () => {
    window.asked.push(Date.now())
    if (window.stamp === "") throw new Error("no server")
    return new Response(JSON.stringify({ stamp: window.stamp }), { headers })
  }
  const data = { path: "/api/pulse", kind: "run", id: "one", stamp: "old", every_ms: 1000 }
  const setTriggerValue = (_name, stamp) => window.drawn.push(stamp)
  return import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })))
    .then((part) => part.default({ parentElement: document.getElementById("part"), data, setTriggerValue }) && true)
}"""


@pytest.fixture
def page(open_tab: Callable[[str], Page]) -> Page:
    """A page with one part, which the test never draws anew."""
    page = open_tab("about:blank")
    page.clock.install(time=0)
    page.route("http://127.0.0.1:1/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://127.0.0.1:1/")
    page.clock.pause_at(3_600_000)
    page.evaluate(MOUNT, SCRIPT)
    return page


def _waits(page: Page, seconds: int, stamp: str) -> list[int]:
    """The whole seconds between the questions asked meanwhile."""
    page.evaluate("stamp => { window.asked = [Date.now()]; window.stamp = stamp }", stamp)
    for _ in range(seconds):
        page.clock.run_for(1000)
    asked: list[int] = page.evaluate("window.asked")
    return [(later - earlier) // 1000 for earlier, later in pairwise(asked)]


def test_part_that_does_not_move_is_asked_at_every_beat(page: Page) -> None:
    assert _waits(page, 5, "old") == [1, 1, 1, 1, 1]
    assert page.evaluate("window.drawn") == []


def test_part_that_is_never_drawn_is_asked_less_and_less(page: Page) -> None:
    assert _waits(page, 150, "new") == [1, 4, 16, 60, 60]
    assert page.evaluate("window.drawn") == ["new"] * 5


def test_part_that_came_to_rest_is_asked_at_every_beat_again(page: Page) -> None:
    assert _waits(page, 5, "new") == [1, 4]
    assert _waits(page, 19, "old") == [16, 1, 1, 1]


def test_server_that_does_not_answer_is_asked_less(page: Page) -> None:
    assert _waits(page, 13, "") == [1, 4, 4, 4]
    assert page.evaluate("window.drawn") == []
