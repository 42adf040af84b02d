"""A lead asks two models raw and under a grammar with findings said back, and looks at them slice by slice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from curation.services import evaluating
from tests.browser.expecting import expect
from tests.browser.serving import Server, make_server
from tests.browser.settling import settled
from tests.services.evaluating_desk import Desk

pytest.importorskip("llguidance", reason="a grammar needs its package")
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
PATIENCE_MS = 40_000
POLL_MS = 200
LABELS = ["tiny", "tiny, grammar", "tuned", "tuned, grammar"]


@pytest.fixture
def answering_server(tmp_path: Path) -> Iterator[Server]:
    """A server whose models answer by a script."""
    running = make_server(tmp_path / "workspace")
    running.script = "tests/browser/answering_app.py"
    running.start()
    yield running
    running.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A frozen version, a base and a trained model."""
    made = Desk(tmp_path / "workspace", count=80)
    yield made
    made.ws.close()


def evaluate(page: Page) -> None:
    """Choose every way of asking in the form, and send it."""
    settled(page).get_by_role("button", name="Evaluate models").first.click(delay=60)
    form = page.get_by_role("dialog")
    for name in ("tiny", "tuned"):
        expect(form.get_by_text(re.compile(rf"^{name} \("))).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    form.get_by_text("Also every model under a grammar").click()
    settled(page)
    times = form.get_by_label("Times a finding is said back")
    times.fill("2")
    times.press("Enter")
    settled(page)
    form.get_by_role("button", name="Evaluate", exact=True).click(delay=60)
    expect(form).to_have_count(0, timeout=PATIENCE_MS)


def answered(desk: Desk, page: Page) -> evaluating.EvaluationView:
    """The only look, once every model has its figures."""
    (look,) = evaluating.list_evaluations(desk.ws, desk.project_id)
    for _ in range(PATIENCE_MS // POLL_MS):
        view = evaluating.get_evaluation(desk.ws, look.id)
        if all(one.report for one in view.models):
            return view
        page.wait_for_timeout(POLL_MS)
    raise AssertionError("not every model has answered")


def part(page: Page, key: str) -> Locator:
    return page.locator(f"[class*=st-key-evaluation-{key}]").first


@pytest.mark.timeout(300)
def test_two_models_are_asked_in_every_way_then_looked_at_slice_by_slice(
    desk: Desk, answering_server: Server, open_tab: Callable[[str], Page]
) -> None:
    page = open_tab(f"{answering_server.base}/evaluation?project={desk.project_id}")
    evaluate(page)

    # Both models in both ways; what repairs did stands beside.
    expect(page.get_by_text("With findings said back")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("under a grammar")).to_be_visible(timeout=PATIENCE_MS)
    expect(part(page, "look").get_by_role("combobox")).to_have_value(re.compile("Look 1 · v1"), timeout=PATIENCE_MS)
    view = answered(desk, page)
    assert [one.label for one in view.models] == LABELS
    told = {one.label: one.repairs for one in view.models if one.repairs}
    assert list(told) == ["tiny", "tuned"], "under a grammar nothing is said back"
    assert (told["tiny"].rows, told["tiny"].most, told["tuned"].rows) == (len(view.rows), 2, 0)
    expect(page.get_by_text(f"{len(view.rows)} rows · dataset v1")).to_be_visible()

    # A slice: the figures are of its rows.
    report = view.models[0].report
    assert report is not None
    n = report.slices["category:no_call"].n.rows
    whiskers = page.get_by_label(re.compile(f"^Show data: Higher.*tiny: valid call 0.0 % of {n};"))
    part(page, "slice").get_by_role("combobox").click()
    page.get_by_role("option", name=f"Rows without a call · {n}").click()
    expect(whiskers).to_have_count(1, timeout=PATIENCE_MS)
