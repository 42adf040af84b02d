"""Parameters typed fast: names and descriptions are all there, whatever key is pressed in the middle of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.services import cataloguing, drafting
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_tool
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PATIENCE_MS = 20_000
MOST = 12
"""Parameters, each with a name and a description."""


@pytest.mark.long
@pytest.mark.timeout(240)
def test_names_and_descriptions_typed_fast_are_all_there(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        tools = cataloguing.list_tools(filling.ws, filling.project.id)
        cataloguing.save_tool(
            filling.ws,
            filling.actor,
            filling.project.id,
            make_tool("zz_other", "Nothing like it."),
            nonce="a second tool",
        )
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        first = tools[0]
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text(first.name, timeout=PATIENCE_MS)
        settled(page)
        for n in range(MOST):
            if n % 2:  # the others are pressed while the page still answers
                settled(page)
            page.keyboard.press("Alt+p")
            expect(page.get_by_label("Name", exact=True)).to_have_value("", timeout=PATIENCE_MS)
            expect(page.get_by_label("Name", exact=True)).to_be_focused(timeout=PATIENCE_MS)
            page.keyboard.type(f"typed_{n}")
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.type(f"Text number {n}, typed without a pause.")
            if n % 5 == 2:
                _look_elsewhere(page, first.name)
            if n % 8 == 6:
                _reload(page, filling, first.id, f"Text number {n}, typed without a pause.")
        settled(page).keyboard.press("Alt+ArrowUp")
        settled(page)
        wanted = {f"typed_{n}": f"Text number {n}, typed without a pause." for n in range(MOST)}
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while _typed(filling, first.id) != wanted and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        assert _typed(filling, first.id) == wanted
        expect(page.get_by_text("Not taken yet")).to_have_count(0)


def _look_elsewhere(page: Page, name: str) -> None:
    """To the next tool and back, as one who looks something up."""
    title = page.get_by_role("heading", level=1)
    page.keyboard.press("Alt+j")
    expect(title).not_to_have_text(name, timeout=PATIENCE_MS)
    page.keyboard.press("Alt+k")
    expect(title).to_have_text(name, timeout=PATIENCE_MS)
    settled(page)


def _reload(page: Page, filling: Filling, tool_id: str, text: str) -> None:
    """Once the page has said that the text is safe, or the server has it."""
    while not any(text in one for one in _drafts(filling, tool_id).values()):
        page.wait_for_timeout(20)
    page.reload()
    expect(page.get_by_label("Description", exact=True)).to_have_value(text, timeout=PATIENCE_MS)
    settled(page)


def _typed(filling: Filling, tool_id: str) -> dict[str, str | None]:
    """Name → description of what was added, under whatever name."""
    properties = json.loads(_drafts(filling, tool_id)["parameters"])["properties"]
    return {name: one.get("description") for name, one in properties.items() if name.startswith(("typed", "para"))}


def _drafts(filling: Filling, tool_id: str) -> dict[str, str]:
    drafts = drafting.read_drafts(filling.ws, filling.actor.person_id, "tool", tool_id)
    return {name: one.text for name, one in drafts.items()}
