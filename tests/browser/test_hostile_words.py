"""Other people's words on every page: shown as they are, never read as markdown, HTML or script; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from curation.model.definition import Definition, Tool, ToolError
from curation.services import cataloguing, reviewing, writing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, make_answer
from tests.browser.serving import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
HOSTILE = "![x](http://evil.example/x.png) <img src=x onerror=alert(1)> :red[boo] $x$ http://evil.example a -> b"
PAGES = ("", "write", "review", "catalogue", "health", "training", "evaluation", "import", "glossary", "jobs")
HOME_FOR: dict[str, str] = {"": "home"}
TO_THE_LETTER = {"": HOSTILE[:32], "write": HOSTILE, "review": HOSTILE, "catalogue": HOSTILE}


@pytest.fixture(scope="module")
def hostile(server: Server) -> Iterator[Filling]:
    """A project whose every word is hostile: its name, a tool, titles, texts, a comment, a reason."""
    from tests.browser.filling import filled

    with filled(server.home, HOSTILE[:70]) as filling:
        ws, actor, project = filling.ws, filling.actor, filling.project
        function = {"name": "x](http://evil.example)", "description": HOSTILE}
        text = json.dumps({"type": "function", "function": function})
        tool = Tool(Definition(text), side_effect="write", errors=(ToolError(HOSTILE),))
        cataloguing.import_tools(ws, actor, project.id, [tool], nonce="hostile tool")
        example = filling.write(make_answer(HOSTILE, HOSTILE))
        reviewing.add_comment(ws, actor, example.id, 1, HOSTILE, nonce="hostile comment")
        writing.submit(ws, actor, example.id, 1, nonce="hostile submit")
        filling.write(make_answer(HOSTILE, HOSTILE))
        yield filling


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_hostile_words_as_text(
    name: str, server: Server, hostile: Filling, open_tab: Callable[[str], Page]
) -> None:
    assert (ROOT / "pages" / f"{HOME_FOR.get(name, name)}.py").is_file()
    page = open_tab(f"{server.base}/{name}?project={hostile.project.id}")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    assert page.locator("a[href*='evil.example'], img[src*='evil.example'], img[src='x']").count() == 0
    assert page.get_by_text("Something in Callwright broke").count() == 0
    if name == "review":
        title = page.get_by_role("heading", level=1).inner_text().replace("\u2060", "")
        assert title.startswith("![x](http://evil.example/x.png) <")
    if name == "catalogue":
        page.get_by_role("button", name="Next").click()
    if words := TO_THE_LETTER.get(name):
        wait_for_words(page, words)


def seen(page: Page) -> str:
    """All that can be read on a page: its text, and what stands in its fields and editors."""
    fields = page.eval_on_selector_all("input, textarea", "all => all.map(one => one.value)")
    editors = page.locator(".cm-content").all_inner_texts()
    return "\n".join([page.locator("body").inner_text(), *fields, *editors]).replace("\u2060", "")


def wait_for_words(page: Page, words: str) -> None:
    """Until the page shows the words to the letter: colours, formulas and arrows stay text."""
    for _ in range(100):
        if words in seen(page):
            break
        page.wait_for_timeout(200)
    assert words in seen(page)
    assert page.locator(".katex, .stMarkdownColoredText").count() == 0
