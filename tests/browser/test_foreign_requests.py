"""No page asks another host for anything or complains in the console, in light and dark; our fonts arrive."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Watch
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_answer
from tests.browser.serving import ROOT, Server
from tests.browser.theming import change_theme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]

PAGES = sorted("" if path.stem == "home" else path.stem for path in (ROOT / "pages").glob("[a-z]*.py"))


@pytest.mark.long
@pytest.mark.cold
def test_no_page_asks_a_foreign_host(server: Server, context: BrowserContext, watch: Watch) -> None:
    page = context.new_page()
    watch.follow(page)
    asked: list[str] = []
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("response", lambda answer: asked.append(answer.url) if answer.ok else None)
    page.goto(server.base)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_function("document.fonts.check('14px Inter')")
    assert any(url.endswith("inter.woff2") for url in asked)
    with filled(server.home) as filling:
        filling.write(make_answer("Hello", "Good morning"))
    assert len(PAGES) > 5
    for name in PAGES:
        page.goto(f"{server.base}/{name}?project={filling.project.id}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
        change_theme(page)
    assert watch.foreign == []
    assert said == []
