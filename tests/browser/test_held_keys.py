"""Keys pressed while a press is being answered, on a page of two fields: each does what it does on a quick page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

import ui.presses
from tests.browser.expecting import expect
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
FOLDER = Path(ui.presses.__file__).parent
LOAD = """([text, data]) => import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })))
  .then((part) => part.default({ data, setStateValue() {} }))"""
PAGE = """<div class="stApp" data-testid="stApp" data-test-script-state="notRunning"><div class="stMain">
<div class="stElementContainer st-key-next"><div class="stButton"><button>Next <kbd>Alt + B</kbd></button></div></div>
<div class="stTextInput"><input aria-label="first"></div>
<div class="stTextArea"><textarea aria-label="second"></textarea></div>
<label><input type="checkbox">sure</label>
<div class="stElementContainer st-key-save"><div class="stButton"><button>Save <kbd>Alt + S</kbd></button></div></div>
</div></div>"""
WATCH = """() => {
  const app = document.querySelector("[data-testid=stApp]")
  const [next, save] = document.querySelectorAll("button")
  const [first] = document.querySelectorAll("input")
  let stored = ""
  window.done = []
  first.addEventListener("blur", () => (stored = first.value))
  save.addEventListener("click", () => window.done.push(`saved ${stored}`))
  window.run = () => {
    app.dataset.testScriptState = "running"
    window.end = () => (app.dataset.testScriptState = "notRunning")
  }
  next.addEventListener("click", () => (window.done.push("next"), window.run()))
}"""
HOLD_SERVING = """() => {
  const presses = globalThis.callwrightPresses
  const serve = presses.serve
  let isHeld
  presses.serve = () => (isHeld = true)
  window.serveNow = () => {
    presses.serve = serve
    if (isHeld) presses.serve()
  }
}"""
"""Presses wait until the test has them served, as on a machine that is slow just then."""
IS_RUNNING = "document.querySelector('[data-test-script-state=running]') !== null"


@pytest.fixture
def page(open_tab: Callable[[str], Page]) -> Page:
    """A page that runs, once its first button is pressed, until the test ends that."""
    page = open_tab("about:blank")
    page.route("http://127.0.0.1:1/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://127.0.0.1:1/")
    hand_over = re.search(r'js="""(.*?)"""', (FOLDER / "hand_over.py").read_text(), re.DOTALL)
    assert hand_over
    page.evaluate(WATCH)
    page.evaluate(LOAD, [ui.presses.SCRIPT, {"page": ""}])
    page.evaluate(LOAD, [hand_over[1], {}])
    return settled(page)


def _press_and(page: Page, *keys: str) -> None:
    """The press, then keys while the page runs."""
    page.keyboard.press("Alt+b")
    page.wait_for_function(IS_RUNNING)
    for key in keys:
        page.keyboard.press(key)


def _end(page: Page) -> None:
    page.evaluate("window.end()")
    settled(page)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (["x", "y", "Control+a", "N", "E", "W"], "NEW"),
        (["a", "b", "Space", "c", "Control+Backspace"], "Oldab "),
        (["a", "b", "Home", "X", "End", "Y"], "XOldabY"),
        (["a", "b", "Control+z"], "Old"),
        (["a", "b", "ArrowLeft", "Shift+ArrowLeft", "c", "Delete"], "Oldc"),
    ],
)
def test_editing_keys_between_letters_are_held_with_them(page: Page, keys: Sequence[str], shown: str) -> None:
    first = page.get_by_label("first")
    first.fill("Old")
    _press_and(page, *keys)
    expect(first).to_have_value("Old")
    _end(page)
    expect(first).to_have_value(shown)


def test_tab_goes_on_with_what_is_held(page: Page) -> None:
    page.get_by_label("first").focus()
    _press_and(page, "4", "0", "4", "Tab", "N", "o", "Tab", "Space", "Shift+Tab", "t")
    _end(page)
    expect(page.get_by_label("second")).to_have_value("Not")
    expect(page.get_by_label("second")).to_be_focused()
    expect(page.get_by_label("first")).to_have_value("404")
    expect(page.get_by_role("checkbox")).to_be_checked()


def test_field_hands_held_text_over_before_the_press_after_it(page: Page) -> None:
    page.get_by_label("first").focus()
    _press_and(page, "c", "i", "t", "y", "Alt+s")
    _end(page)
    assert page.evaluate("window.done") == ["next", "saved city"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_button_with_the_cursor_is_pressed_as_often_as_its_key(page: Page, key: str) -> None:
    page.get_by_role("button", name="Next").focus()
    for _ in range(3):
        page.keyboard.press(key)
    for n_done in (1, 2, 3):
        page.wait_for_function(f"window.done.length === {n_done} && {IS_RUNNING}")
        page.evaluate("window.end()")
    settled(page)
    assert page.evaluate("window.done") == ["next"] * 3


def test_space_that_is_down_while_the_press_before_it_is_served_presses_too(page: Page) -> None:
    """A click made by a script lets go of a button that a held Space has hold of."""
    page.get_by_role("button", name="Next").focus()
    page.evaluate(HOLD_SERVING)
    page.keyboard.press("Space")
    page.keyboard.down("Space")
    page.evaluate("window.serveNow()")
    page.wait_for_function(f"window.done.length === 1 && {IS_RUNNING}")
    page.keyboard.up("Space")
    page.evaluate("window.end()")
    page.wait_for_function("window.done.length === 2")
    _end(page)


def test_box_is_ticked_while_a_press_is_answered(page: Page) -> None:
    _press_and(page)
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    _end(page)
    expect(page.get_by_role("checkbox")).to_be_checked()


def test_input_method_writes_where_it_began_and_what_was_held_is_said(page: Page) -> None:
    page.get_by_label("first").focus()
    _press_and(page, "a")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    keyboard.send("Input.insertText", {"text": "你"})
    expect(page.get_by_text("Not typed, as no field was there for it yet: a")).to_be_visible()
    _end(page)
    expect(page.get_by_label("first")).to_have_value("你")
