"""How long a decision takes to bring the next example: a real browser, a real server, Review with 1,000 examples.

Run with `python benchmarks/next_item.py`; needs Chromium. Alt+A is pressed again and again, each time once the page
stands still; the page itself takes the time from the key to the picture in which the desk shows the next example whole,
with its buttons. The wall clock counts, as it does for people; of three rounds of 30 keys the quietest is judged, since
other programs only ever add to it, and the brackets hold the other rounds.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# This file's own folder goes: it holds modules named like some of the standard library.
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

from playwright.sync_api import Page, expect  # noqa: E402
from sqlalchemy import update  # noqa: E402

from benchmarks.shared.desk import NoBrowserError, open_desk, print_load  # noqa: E402
from benchmarks.shared.figures import report_keys  # noqa: E402
from benchmarks.shared.workspace import fill  # noqa: E402
from curation.model.states import ExampleState  # noqa: E402
from curation.services.workspace import Workspace  # noqa: E402
from db.tables import example  # noqa: E402
from tests.browser.settling import settled  # noqa: E402

FILLED, ROUNDS, KEYS, WARM_KEYS = 1_200, 3, 30, 5
"""About one in six of those filled in has an error and cannot be accepted; more than 1,000 wait."""
MEDIAN_GATE_MS, P95_GATE_MS = 300.0, 600.0
REST_MS = 200
WATCH = """() => {
  window.spans = []
  window.addEventListener("keydown", (event) => {
    if (event.keyCode !== 65 || !event.altKey) return
    const pressed = performance.now()
    const before = callwrightPresses.view()?.seen
    const look = () => {
      const now = callwrightPresses.view()?.seen
      if (now && now !== before) return requestAnimationFrame(() => window.spans.push(performance.now() - pressed))
      requestAnimationFrame(look)
    }
    look()
  }, true)
}"""


def fill_review(ws: Workspace) -> str:
    """A project whose sound examples all wait for a decision; its id."""
    project = fill(ws, FILLED)
    with ws.unit() as unit:
        sound = update(example).where(example.c.project_id == project, example.c.n_error == 0)
        unit.connection.execute(sound.values(state=ExampleState.SUBMITTED.value, accepted_rev=None))
        unit.commit()
    return project


def press_keys(page: Page) -> list[list[float]]:
    """Accept one after the other; the time of each key in milliseconds, sorted, for each round."""
    page.evaluate(WATCH)
    for number in range(WARM_KEYS + ROUNDS * KEYS):
        settled(page)
        page.wait_for_timeout(REST_MS)
        page.keyboard.press("Alt+a")
        page.wait_for_function(f"window.spans.length > {number}", timeout=20_000)
    spans: list[float] = page.evaluate("window.spans")
    return [sorted(spans[start : start + KEYS]) for start in range(WARM_KEYS, len(spans), KEYS)]


def main() -> int:
    print_load()
    try:
        with open_desk() as (browser, server, filling):
            project = fill_review(filling.ws)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.base}/review?project={project}")
            expect(page.locator(".st-key-review-accept button")).to_be_enabled(timeout=60_000)
            rounds = press_keys(page)
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print_load()
    print(f"{ROUNDS} rounds of {KEYS} keys on Review with 1,000 examples")
    return 0 if report_keys("key to next example", (MEDIAN_GATE_MS, P95_GATE_MS), rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
