"""What a page costs: bytes, requests, the time to its text, the start of the server and its memory when idle.

Run with `python benchmarks/pages.py`; needs Chromium. The demo project is opened page by page, each in a browser that
has seen nothing yet, as often as there are rounds; bytes and requests are those on the wire, the socket's included, and
so is what comes within two seconds after the page stands still. Foreign requests are counted over the whole session.
Of the times the quietest round is judged, since other programs only ever add to a wall clock; the brackets hold all.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# This file's own folder goes: it holds modules named like some of the standard library.
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

import psutil  # noqa: E402
from playwright.sync_api import Browser, Page, expect  # noqa: E402

from benchmarks.shared.desk import NoBrowserError, open_desk, print_load  # noqa: E402
from benchmarks.shared.figures import MB, report  # noqa: E402
from curation.services import demonstrating  # noqa: E402
from tests.browser.serving import Server, make_server  # noqa: E402

PAGES = ("home", "write", "review", "examples", "catalogue", "health", "training", "evaluation", "import", "agreement")
ROUNDS, REST_MS = 3, 2_000
HOME_MB, PAGE_MB, OURS_MB = 3.2, 6.0, 0.6
HOME_REQUESTS, PAGE_REQUESTS = 80, 140
TEXT_S, START_S, IDLE_MB, IDLE_S = 1.5, 2.5, 200.0, 5.0
OUR_PATHS = ("/editor/", "/app/static/", "/media/")
STANDS = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"


@dataclass
class Visit:
    """What one page took from the network."""

    text_s: float = 0.0
    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    socket: float = 0.0

    def megabytes(self) -> float:
        return (sum(self.sizes.values()) + self.socket) / 1e6

    def ours(self) -> float:
        """Our own files, and what our server says about the page."""
        files = (size for key, size in self.sizes.items() if _is_ours(self.urls.get(key, "")))
        return (sum(files) + self.socket) / 1e6

    def foreign(self) -> list[str]:
        return [url for url in self.urls.values() if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]

    def requests(self) -> int:
        return sum(url.startswith("http") for url in self.urls.values())


def _is_ours(url: str) -> bool:
    return any(part in url for part in OUR_PATHS) and "/static/media/" not in url


def visit(browser: Browser, address: str) -> Visit:
    """Open the address in a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    seen = Visit()
    _listen(page, seen)
    start = time.perf_counter()
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=60_000)
    seen.text_s = time.perf_counter() - start
    page.wait_for_function(STANDS, timeout=60_000)
    page.wait_for_timeout(REST_MS)
    context.close()
    return seen


def _listen(page: Page, seen: Visit) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def frame(event: dict[str, Any]) -> None:
        said = event["response"]
        seen.socket += len(said["payloadData"]) * (0.75 if said["opcode"] == 2 else 1)

    session.on("Network.requestWillBeSent", lambda one: seen.urls.__setitem__(one["requestId"], one["request"]["url"]))
    session.on(
        "Network.loadingFinished", lambda one: seen.sizes.__setitem__(one["requestId"], one["encodedDataLength"])
    )
    session.on("Network.webSocketFrameReceived", frame)


def report_page(name: str, visits: Sequence[Visit]) -> list[bool]:
    """The figures of one page."""
    home = name == "home"
    sizes, ours = [one.megabytes() for one in visits], [one.ours() for one in visits]
    counts, times = [float(one.requests()) for one in visits], [one.text_s for one in visits]
    return [
        report(f"{name}, weight", HOME_MB if home else PAGE_MB, max(sizes), sizes, " MB"),
        report(f"{name}, ours of it", OURS_MB, max(ours), ours, " MB"),
        report(f"{name}, requests", HOME_REQUESTS if home else PAGE_REQUESTS, max(counts), counts, ""),
        report(f"{name}, text", TEXT_S, min(times), times, " s"),
    ]


def measure_start(browser: Browser, home: Path) -> tuple[list[float], list[float]]:
    """Seconds from the command to the text of Home, and megabytes of the server once nobody asks it for anything."""
    starts, idle = [], []
    for _ in range(ROUNDS):
        server = make_server(home)
        begun = time.perf_counter()
        server.start()
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.base)
        expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=60_000)
        starts.append(time.perf_counter() - begun)
        context.close()
        idle.append(_idle_mb(server))
        server.stop()
    return starts, idle


def _idle_mb(server: Server) -> float:
    time.sleep(IDLE_S)
    process: subprocess.Popen[bytes] | None = server.process
    assert process is not None
    return float(psutil.Process(process.pid).memory_info().rss / MB)


def main() -> int:
    print_load()
    try:
        with open_desk() as (browser, server, filling):
            project = demonstrating.fill_demo(filling.ws, filling.actor).project.id
            print(f"the demo project, {ROUNDS} rounds, nothing cached in the browser; the start without a project")
            holds, foreign = [], []
            for name in PAGES:
                address = f"{server.base}/{'' if name == 'home' else name}?project={project}"
                visits = [visit(browser, address) for _ in range(ROUNDS)]
                holds += report_page(name, visits)
                foreign += [url for one in visits for url in one.foreign()]
            untouched = server.home.parent / "untouched"
            untouched.mkdir()
            starts, idle = measure_start(browser, untouched)
            holds += [
                report("start to usable page", START_S, min(starts), starts, " s"),
                report("idle server", IDLE_MB, max(idle), idle, " MB"),
                report("foreign requests", 0, len(foreign), [len(foreign)], ""),
            ]
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print_load()
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
