"""Presses made faster than the page: each is done once, for what was seen, or said not to be done."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from curation.model.states import ExampleState
from curation.services import browsing, writing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.browser.test_late_messages import SlowPage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
MISSED = "the page had changed before the press reached it"


def _submitted(filling: Filling, n: int) -> list[str]:
    made = [filling.write(make_answer(f"Thanks {place}")) for place in range(n)]
    for one in made:
        writing.submit(filling.ws, filling.actor, one.id, 1, nonce=f"submit {one.id}")
    return [one.id for one in made]


def test_accept_pressed_twice_decides_about_the_example_in_sight_alone(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        made = _submitted(filling, 3)
        page, slow = open_tab("about:blank"), SlowPage()
        page.route_web_socket("**/_stcore/stream", slow.stand_between)
        page.goto(f"{server.base}/review?project={filling.project.id}")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        settled(page)
        slow.is_held = True
        page.keyboard.press("Alt+a")
        page.keyboard.press("Alt+a")
        slow.release_after(page)
        expect(page.get_by_text(MISSED)).to_be_visible()
        settled(page)
        states = [filling.read(one).state for one in made]
        assert states.count(ExampleState.ACCEPTED) == 1
        page.keyboard.press("Alt+a")
        expect(page.get_by_text("1 in this list")).to_be_visible()
        assert [filling.read(one).state for one in made].count(ExampleState.ACCEPTED) == 2


def test_steps_pressed_faster_than_the_page_are_all_made(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        _submitted(filling, 5)
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        page = open_tab(f"{server.base}/review?project={filling.project.id}&example={rows[0].id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[0].title)
        settled(page)
        for _ in range(3):
            page.keyboard.press("Alt+j")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[3].title)


def test_button_clicked_right_after_typing_is_pressed(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        answer = page.get_by_label("Assistant, turn 4", exact=True)
        expect(answer).to_be_visible()
        settled(page)
        answer.click()
        page.keyboard.type("So: ")
        page.get_by_role("button", name="New").click()
        expect(page.get_by_label("User, turn 1", exact=True)).to_have_value("")
        settled(page)
        assert len(browsing.list_examples(filling.ws, filling.project.id).rows) == 2
        page.keyboard.press("Alt+j")
        expect(answer).to_have_value("It is on its way.So: ")


@pytest.mark.long
def test_press_right_after_a_tab_is_for_what_the_tab_holds(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        tab = page.get_by_role("tab", name="Samples")
        expect(tab).to_be_visible()
        settled(page)
        tab.click()
        page.keyboard.press("Alt+p")
        expect(page.get_by_text("1 sample call", exact=True)).to_be_visible()
        expect(page.get_by_text("2 parameters", exact=True)).to_have_count(0)


@pytest.mark.long
def test_key_with_enter_reaches_its_button_from_a_tab(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        described = page.get_by_label("Description, as a model reads it")
        described.fill("Say where the parcel of an order is now.")
        described.blur()
        expect(page.get_by_role("button", name="Save tool")).to_be_visible()
        settled(page)
        page.get_by_role("tab", name="Errors").click()
        settled(page)
        expect(page.get_by_role("tab", name="Errors")).to_be_focused()
        page.keyboard.press("Alt+Enter")
        expect(page.get_by_text("track_order is saved")).to_be_visible()


LATE_END = """() => {
  const presses = globalThis.callwrightPresses
  const drew = presses.drew.bind(presses)
  presses.drew = () => setTimeout(drew, 1000)
  presses.views.set = (page, view) => setTimeout(() => Map.prototype.set.call(presses.views, page, view), 1500)
}"""
"""The end of a desk, which says what it shows, comes long after the conversation it is about."""


def test_press_about_an_example_in_sight_waits_for_the_rest_of_its_desk(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        made = _submitted(filling, 3)
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        page = open_tab(f"{server.base}/review?project={filling.project.id}&example={rows[0].id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[0].title)
        settled(page).evaluate(LATE_END)
        page.keyboard.press("Alt+a")
        page.wait_for_function(SHOWS, arg=rows[1].id)
        page.keyboard.press("Alt+a")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[2].title)
        expect(page.get_by_text(MISSED)).to_have_count(0)
        states = {one: filling.read(one).state for one in made}
        assert [one for one in made if states[one] is ExampleState.SUBMITTED] == [rows[2].id]


SHOWS = """(id) => globalThis.callwrightShown.get("review").seen.startsWith(id)"""
"""The example's conversation is there to be read."""
POLLING = """() => {
  const app = document.querySelector("[data-testid=stApp]")
  setInterval(() => {
    app.dataset.testScriptState = "running"
    setTimeout(() => (app.dataset.testScriptState = "notRunning"), 20)
  }, 300)
}"""


def test_press_goes_through_while_a_part_of_the_page_looks_by_itself(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        _submitted(filling, 3)
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        page = open_tab(f"{server.base}/review?project={filling.project.id}&example={rows[0].id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[0].title)
        settled(page)
        page.evaluate(POLLING)
        page.wait_for_timeout(1000)
        page.keyboard.press("Alt+j")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[1].title)


APP = "**/static/js/**"
"""Without it a page has its address and nothing else."""


def test_key_pressed_before_the_page_is_there_is_not_lost(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        made = _submitted(filling, 2)
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        page = open_tab(f"{server.base}/glossary")
        held: list[Route] = []
        is_there = threading.Event()
        page.route(APP, lambda route: route.continue_() if is_there.is_set() else held.append(route))
        page.goto(f"{server.base}/review?project={filling.project.id}&example={rows[0].id}", wait_until="commit")
        page.wait_for_function("document.querySelector('#root')")
        page.keyboard.press("Alt+j")
        page.keyboard.press("Alt+a")
        is_there.set()
        for one in held:
            one.continue_()
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[1].title)
        expect(page.get_by_text(MISSED)).to_be_visible()
        assert {filling.read(one).state for one in made} == {ExampleState.SUBMITTED}


LATE_BUTTONS = """() => {
  const [presses, app] = [globalThis.callwrightPresses, document.querySelector("[data-testid=stApp]")]
  const find = document.querySelectorAll
  document.querySelectorAll = (kind) => find.call(document, kind.includes("kbd") ? "none" : kind)
  app.dataset.testScriptState = "running"
  presses.hold({ chord: "Alt + J", name: "", isEarly: true, at: performance.now() - 10000 })
  setTimeout(() => (app.dataset.testScriptState = "notRunning"), 100)
  setTimeout(() => (document.querySelectorAll = find), 600)
}"""
"""A page that took ten seconds to come stands still half a second before its buttons are on screen."""


def test_press_waits_for_buttons_that_are_drawn_after_a_long_run(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        _submitted(filling, 2)
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        page = open_tab(f"{server.base}/review?project={filling.project.id}&example={rows[0].id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[0].title)
        settled(page).evaluate(LATE_BUTTONS)
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[1].title)
