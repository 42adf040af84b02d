"""How long a key press takes to show its finding: a real browser, a real server, the Write page with a list of 50 rows.

Run with `python benchmarks/keys.py`; needs Chromium. Each key makes the JSON of a call faulty or sound again in the
live editor, and the page itself takes the time from the key to the picture in which the finding has come or gone.
Beside it, in a tab of its own, the panel of a running job polls the same server. The wall clock counts, as it does for
people; of three rounds of 50 keys the quietest is judged, since other programs only ever add to it, and the brackets
hold the other rounds.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# This file's own folder goes: it holds a module named like one of the standard library.
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

from playwright.sync_api import Browser, Locator, Page, expect  # noqa: E402

from benchmarks.shared.desk import NoBrowserError, open_desk, print_load  # noqa: E402
from benchmarks.shared.figures import report_keys  # noqa: E402
from curation.model.states import JobState  # noqa: E402
from db import jobs  # noqa: E402
from tests.browser.filling import Filling, make_answer  # noqa: E402
from tests.browser.serving import Server  # noqa: E402
from tests.browser.typists import open_arguments  # noqa: E402

EXAMPLES, ROUNDS, KEYS, WARM_KEYS = 50, 3, 50, 6
MEDIAN_GATE_MS, P95_GATE_MS = 35.0, 60.0
BETWEEN_KEYS_MS = 150
WATCH = """field => {
  const findings = field.getRootNode().querySelector("ul.findings")
  window.spans = []
  let pressed = null
  field.addEventListener("keydown", () => { pressed = performance.now() }, true)
  new MutationObserver(() => requestAnimationFrame(() => {
    if (pressed !== null) window.spans.push(performance.now() - pressed)
    pressed = null
  })).observe(findings, { childList: true })
}"""


def start_job(filling: Filling) -> None:
    """A job that runs for as long as the benchmark: no keeper is there to find it lost."""
    now = filling.ws.now()
    record = jobs.JobRecord(
        id=filling.ws.new_id(),
        project_id=filling.project.id,
        kind="train",
        name="a run beside it",
        provider="local",
        spec='{"base": "model", "dataset_n": 1, "parameters": {}, "style": "native"}',
        spec_hash="0",
        nonce="benchmark",
        state=JobState.RUNNING,
        phase="training",
        step=3,
        steps=100,
        by=filling.actor.person_id,
        created_at=str(now),
        started_at=str(now),
        updated_at=str(now),
    )
    with filling.ws.unit() as unit:
        jobs.add_job(unit.connection, record)
        unit.commit()


def watch_job(browser: Browser, server: Server, filling: Filling) -> Page:
    """A tab that polls the running job."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{server.base}/training?project={filling.project.id}")
    expect(page.get_by_text("a run beside it").first).to_be_visible(timeout=60_000)
    return page


def press_keys(page: Page, editor: Locator) -> list[list[float]]:
    """Write one figure too many and take it away; the time of each key in milliseconds, sorted, for each round."""
    editor.press("Control+End")
    for _ in range(2):
        editor.press("ArrowLeft")
    page.wait_for_timeout(1_000)
    editor.evaluate(WATCH)
    for number in range(WARM_KEYS + ROUNDS * KEYS):
        page.keyboard.press("Backspace" if number % 2 else "5")
        page.wait_for_timeout(BETWEEN_KEYS_MS)
        page.wait_for_function(f"window.spans.length > {number}", timeout=10_000)
    spans: list[float] = page.evaluate("window.spans")
    starts = range(WARM_KEYS, len(spans), KEYS)
    return [sorted(spans[start : start + KEYS]) for start in starts]


def main() -> int:
    print_load()
    try:
        with open_desk() as (browser, server, filling):
            start_job(filling)
            watch_job(browser, server, filling)
            for number in range(EXAMPLES - 1):
                filling.write(make_answer(f"Thanks, that is all for {number}"))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            editor, _ = open_arguments(page, server, filling)
            rounds = press_keys(page, editor)
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    print_load()
    print(f"{ROUNDS} rounds of {KEYS} keys on the Write page with {EXAMPLES} examples, a running job polled beside it")
    return 0 if report_keys("key to finding", (MEDIAN_GATE_MS, P95_GATE_MS), rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
