"""Presses made faster than the page: each is done once, for what was seen, or said not to be done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.states import ExampleState
from curation.services import browsing, writing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

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
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        settled(page)
        page.keyboard.press("Alt+a")
        page.keyboard.press("Alt+a")
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


def test_key_pressed_before_the_page_is_there_is_not_lost(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        made = _submitted(filling, 2)
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        page = open_tab(f"{server.base}/glossary")
        page.goto(f"{server.base}/review?project={filling.project.id}&example={rows[0].id}", wait_until="commit")
        page.wait_for_function("document.querySelector('#root') && !window.callwrightPresses", polling=5)
        page.keyboard.press("Alt+j")
        page.keyboard.press("Alt+a")
        expect(page.get_by_role("heading", level=1)).to_have_text(rows[1].title)
        expect(page.get_by_text(MISSED)).to_be_visible()
        assert {filling.read(one).state for one in made} == {ExampleState.SUBMITTED}
