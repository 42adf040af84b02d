"""From the first page to the first judged example, counted in clicks, with the demo and with somebody's own file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from curation.model.envelope import encode
from curation.model.states import ExampleState
from curation.services import browsing, projects
from curation.services.workspace import open_workspace
from tests.browser.expecting import expect
from tests.browser.filling import make_answer
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
MOST_CONTROLS = 8
CONTROLS = "[data-testid=stApp] :is(button, a[href], input, textarea, [role=tab], [role=combobox])"


class Hand:
    """Clicks, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, one: Locator) -> None:
        one.click(delay=60)
        self.clicks += 1


def _accepted(home: Path) -> int:
    ws = open_workspace(home)
    try:
        (project,) = projects.list_projects(ws)
        return browsing.count_states(ws, project.id).get(ExampleState.ACCEPTED, 0)
    finally:
        ws.close()


@pytest.mark.timeout(120)
def test_demo_is_judged_after_two_clicks_and_a_key(own_server: Server, open_tab: Callable[[str], Page]) -> None:
    page = open_tab(own_server.base)
    hand = Hand(page)
    hand.click(page.get_by_role("button", name="Open the demo project"))
    expect(page.get_by_text("Waiting for you")).to_be_visible(timeout=60_000)
    before = _accepted(own_server.home)
    hand.click(page.get_by_role("link", name="Review", exact=True).first)
    heading = page.get_by_role("heading", level=1)
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    first = settled(page).get_by_role("heading", level=1).inner_text()
    page.keyboard.press("Alt+a")
    expect(heading).not_to_have_text(first)
    assert _accepted(own_server.home) == before + 1
    assert hand.clicks <= 2


@pytest.mark.timeout(120)
def test_first_screen_is_small_and_the_small_agent_one_click_away(
    own_server: Server, open_tab: Callable[[str], Page]
) -> None:
    page = open_tab(own_server.base)
    expect(page.get_by_role("button", name="Open the demo project")).to_be_visible()
    controls = [one for one in page.locator(CONTROLS).all() if one.is_visible()]
    assert len(controls) <= MOST_CONTROLS
    expect(page.locator("button[kind=primary]")).to_have_count(1)
    page.get_by_role("button", name="Open the small agent").click(delay=60)
    expect(page.get_by_role("heading", level=1)).to_have_text("Small agent", timeout=60_000)
    assert _accepted(own_server.home) == 70


@pytest.mark.timeout(120)
def test_own_file_is_judged_after_five_clicks(
    own_server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(encode(make_answer("Thanks")) + b"\n")
    page = open_tab(own_server.base)
    hand = Hand(page)
    hand.click(page.get_by_role("button", name="Import files"))
    with page.expect_file_chooser() as chooser:
        hand.click(page.get_by_role("button", name=re.compile("Upload|Browse")).first)
    chooser.value.set_files(rows)
    hand.click(page.get_by_role("button", name="Import rows.jsonl"))
    hand.click(page.get_by_role("button", name="Look at the examples"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Thanks")
    settled(page).keyboard.press("Alt+s")
    expect(page.get_by_text("submitted", exact=True).first).to_be_visible()
    hand.click(page.get_by_role("link", name="Review", exact=True).first)
    expect(page.get_by_role("button", name="Accept")).to_be_enabled()
    expect(heading).to_have_text("Thanks")
    settled(page).keyboard.press("Alt+a")
    expect(heading).to_have_text("Nothing left to review")
    assert _accepted(own_server.home) == 1
    assert hand.clicks <= 5
