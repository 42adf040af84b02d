"""Review by keyboard: the focus stays in the desk, the comment field answers, the bar keeps to one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import FloatRect, Page

from curation.model.states import ExampleState
from curation.services import reviewing, writing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
STILL = (
    "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    " && document.querySelector('.stMain button kbd') !== null"
)
"""Nothing runs, and the page has drawn which keys it answers."""
IN_THE_DESK = (
    f"{STILL} && document.activeElement !== document.body && document.activeElement.closest('.stMain') !== null"
)
LATE_END = """() => {
  const app = document.querySelector("[data-testid=stApp]")
  let until = 0
  const watch = new MutationObserver(() => {
    if (app.dataset.testScriptState !== "notRunning" || globalThis.isOver) return
    // A part of the page that draws itself anew ends earlier, and is no end of the whole.
    app.dataset.testScriptState = "running"
    until ||= setTimeout(() => {
      globalThis.isOver = true
      document.activeElement.blur()
      app.dataset.testScriptState = "notRunning"
    }, 3500)
  })
  watch.observe(app, { attributeFilter: ["data-test-script-state"] })
}"""
"""The next run ends seconds after its desk is there, and puts away what had the focus."""
QUESTIONS = ("Thanks", "Good morning", "Hello there", "Good night")


def _submitted(filling: Filling) -> list[str]:
    """Examples to review, in the order of the list."""
    ids = [filling.write(make_answer(question)).id for question in QUESTIONS]
    for one in ids:
        writing.submit(filling.ws, filling.actor, one, 1, nonce=f"submit {one}")
    return ids[::-1]


def test_hands_stay_on_the_keyboard(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        first, second, *_ = _submitted(filling)
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        title, field = page.get_by_role("heading", level=1), page.get_by_label("Your comment", exact=True).last
        expect(title).to_have_text(QUESTIONS[3])
        settled(page).wait_for_function(IN_THE_DESK)

        page.keyboard.press("Alt+m")
        expect(page.get_by_text("A comment needs a few words.")).to_be_visible()
        expect(field).to_be_focused()
        page.keyboard.press("Alt+h")
        expect(page.get_by_role("dialog")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(field).to_be_focused()
        page.keyboard.type("Which night?")
        page.keyboard.press("Alt+m")
        expect(page.get_by_text("Which night?")).to_be_visible()
        expect(field).to_have_value("")
        expect(field).to_be_focused()
        assert [one.text for one in reviewing.list_comments(filling.ws, first)] == ["Which night?"]

        page.keyboard.press("Alt+a")
        expect(title).to_have_text(QUESTIONS[2])
        settled(page).wait_for_function(IN_THE_DESK)
        page.keyboard.press("Alt+x")
        expect(page.get_by_text("Asking for changes needs a few words.")).to_be_visible()
        expect(field).to_be_focused()
        page.keyboard.type("Too short.")
        page.keyboard.press("Alt+x")
        expect(title).to_have_text(QUESTIONS[1])
        settled(page).wait_for_function(IN_THE_DESK)
        assert filling.read(first).state is ExampleState.ACCEPTED
        assert filling.read(second).state is ExampleState.CHANGES_REQUESTED

        page.keyboard.press("Alt+j")
        expect(title).to_have_text(QUESTIONS[0])
        settled(page).wait_for_function(IN_THE_DESK)
        page.keyboard.press("r")
        page.keyboard.press("c")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Reject").click(delay=60)
        expect(title).to_have_text(QUESTIONS[1])
        settled(page).wait_for_function(IN_THE_DESK)


def test_focus_that_the_end_of_a_long_run_takes_away_comes_back(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        _submitted(filling)
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[3])
        settled(page).wait_for_function(IN_THE_DESK)
        page.evaluate(LATE_END)
        page.keyboard.press("Alt+a")
        page.wait_for_function("globalThis.isOver")
        settled(page).wait_for_function(IN_THE_DESK)


def _boxes_once_still(page: Page, names: Sequence[str]) -> list[FloatRect]:
    """Where the buttons stand once they stay there: a new width is laid out in steps."""
    earlier: list[FloatRect] = []
    for _ in range(20):
        found = [page.locator(".stBottom").get_by_role("button", name=name).bounding_box() for name in names]
        boxes = [box for box in found if box]
        if boxes == earlier and len(boxes) == len(names):
            break
        earlier = boxes
        page.wait_for_timeout(400)
    return earlier


def test_bar_keeps_one_line_and_notices_leave_the_acts_free(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        _submitted(filling)
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        names = ("Undo", "Reject", "Request changes", "Edit", "Accept")
        for width in (900, 1024):
            page.set_viewport_size({"width": width, "height": 900})
            boxes = _boxes_once_still(page, names)
            middles = [box["y"] + box["height"] / 2 for box in boxes]
            lefts = [box["x"] for box in boxes]
            assert max(middles) - min(middles) < 2
            assert len(lefts) == len(names)
            assert lefts == sorted(lefts)
            assert boxes[-1]["x"] + boxes[-1]["width"] <= width
        page.wait_for_function(STILL)
        page.keyboard.press("Alt+a")
        toast = page.locator(".stToast").first
        expect(toast).to_be_visible()
        for name in ("Back", "Skip", "Keys", "Accept"):
            page.get_by_role("button", name=name).hover()  # a trial click would be a press to the page
        page.set_viewport_size({"width": 800, "height": 900})
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_label("Search")).not_to_be_in_viewport()


def test_decision_is_about_the_list_in_sight(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        first, *_ = _submitted(filling)
        reviewing.accept(filling.ws, filling.actor, first, 1, nonce=f"accept {first}")
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text(QUESTIONS[2])
        page.get_by_role("tab", name="Done").press("Enter")
        expect(title).to_have_text(QUESTIONS[3])
        expect(page.get_by_text("already decided")).to_be_visible()
        page.get_by_role("tab", name="To review").press("Enter")
        expect(title).to_have_text(QUESTIONS[2])
