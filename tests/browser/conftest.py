"""One server and one browser for the journeys of a group; every tab is watched for foreign requests and script errors.

The files name one of two groups, so that two workers carry them, each with a server of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.browser.serving import Server, make_server
from tests.browser.settling import OPENING_MS, settled

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = os.environ.get("CALLWRIGHT_SCREENSHOTS", "")
"""A folder: every test then leaves a picture of its tab there when it ends."""
SLOWER = float(os.environ.get("CALLWRIGHT_SLOWER", "1"))
"""How many times slower the browser computes: what only passes on a quick machine is found on this one."""
PRESSES = """() => {
  const { views, queue, past, askedAt, stillSince, isDrawn } = globalThis.callwrightPresses ?? {}
  const desks = [...(views ?? [])]
  return JSON.stringify({ now: performance.now(), past, queue, askedAt, stillSince, isDrawn, desks })
}"""
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The shell has no bars and menus of its own to draw: a sixth less work for the same tests.
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    executable = next((found for name in names if (found := shutil.which(name))), None)
    if executable is None:
        pytest.skip("no Chromium found; install it to run the browser tests")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server most journeys share; each makes its own project."""
    running = make_server(tmp_path_factory.mktemp("browser") / "workspace")
    running.home.mkdir()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of a test's own, for those that stop it or need an untouched workspace."""
    running = make_server(tmp_path / "workspace")
    running.home.mkdir()
    running.start()
    yield running
    running.stop()


@dataclass
class Watch:
    """What a tab did that no tab may do."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)
        page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _request(self, request: Request) -> None:
        url = request.url
        if url.startswith(("data:", "blob:")):
            return
        if not url.split("://", 1)[-1].startswith(("127.0.0.1:", "localhost:")):
            self.foreign.append(url)


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.foreign == []
    assert watching.errors == []


@pytest.fixture(scope="session")
def warm_context(browser: Browser) -> Iterator[BrowserContext]:
    """What most tabs share: the app's scripts are fetched, read and compiled by the first of them."""
    made = new_context(browser)
    yield made
    made.close()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Where the tabs of a test live; nothing of it is left for the next test but what the browser has compiled."""
    is_cold = request.node.get_closest_marker("cold") is not None
    made = new_context(browser) if is_cold else request.getfixturevalue("warm_context")
    yield made
    if is_cold:
        made.close()
        return
    for page in made.pages:
        forget(made, page)
        page.close()
    made.clear_cookies()


def forget(context: BrowserContext, page: Page) -> None:
    """Drop what a page stored for the next one of its address."""
    address = urlsplit(page.url)
    if address.scheme == "http":
        stored = {"origin": f"http://{address.netloc}", "storageTypes": "local_storage,indexeddb"}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)


def new_context(browser: Browser) -> BrowserContext:
    # What Streamlit shows of a run would be drawn sixty times a second as long as it lasts, all of it on the processor.
    return browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")


def tell_presses(page: Page) -> None:
    """What became of the presses in a tab: pytest shows it where the test failed."""
    if not page.is_closed():
        print(page.url, page.evaluate(PRESSES))


def slow_down(context: BrowserContext, page: Page) -> None:
    if SLOWER > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


@pytest.fixture
def open_tab(context: BrowserContext, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Page]]:
    """Opens a tab at an address and waits until it stands there whole; every tab is watched."""
    tabs: list[Page] = []

    def open_at(url: str) -> Page:
        page = context.new_page()
        tabs.append(page)
        watch.follow(page)
        slow_down(context, page)
        page.goto(url, timeout=OPENING_MS)
        return settled(page, OPENING_MS) if url.startswith("http") else page

    yield open_at
    for page in tabs:
        tell_presses(page)
    if SCREENSHOTS:
        folder = Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(tabs):
            if not page.is_closed():
                page.screenshot(path=folder / f"{request.node.name}-{number}.png")
