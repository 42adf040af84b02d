"""A press within a part of a page that is drawn by itself is done at once, not with the next press elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.states import ExampleState
from curation.services import browsing, cataloguing, jobs, synthesis_jobs
from curation.services.order_choices import Sheet
from curation.synthesizers.shop import demo_tools
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled
from ui.pulse_route import PATH

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
PATIENCE_MS = 60_000


def _order(filling: Filling, count: int) -> str:
    ws, actor, project_id = filling.ws, filling.actor, filling.project.id
    cataloguing.import_tools(ws, actor, project_id, demo_tools(), nonce=ws.new_id())
    return synthesis_jobs.order_candidates(ws, actor, project_id, Sheet(count=count), nonce=ws.new_id()).id


def _watch_order(server: Server, open_tab: Callable[[str], Page], filling: Filling) -> tuple[str, Page]:
    """An order of many at work, and the jobs as they show it."""
    job_id = _order(filling, 3_000)
    page = open_tab(f"{server.base}/jobs?project={filling.project.id}")
    expect(page.get_by_text(re.compile("[1-9][0-9,]* of 3,000"))).to_be_visible(timeout=PATIENCE_MS)
    return job_id, page


def _n_candidates(filling: Filling) -> int:
    return browsing.count_states(filling.ws, filling.project.id).get(ExampleState.CANDIDATE, 0)


def _press(page: Page, name: str) -> None:
    button = page.locator(".stButton").get_by_role("button", name=name)
    expect(button).to_be_enabled(timeout=PATIENCE_MS)
    settled(page)
    button.click(delay=60)


@pytest.mark.timeout(180)
def test_an_order_is_stopped_and_what_came_of_it_taken_back(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        job_id, page = _watch_order(server, open_tab, filling)
        _press(page, "Stop")
        expect(page.get_by_text("is stopping")).to_be_visible()
        expect(page.get_by_role("button", name="Stop")).to_have_count(0)
        assert jobs.get_job(filling.ws, job_id).state in ("cancelling", "cancelled")
        page.goto(f"{server.base}/orders?project={filling.project.id}&order={job_id}")
        expect(page.get_by_role("button", name=re.compile("^Review "))).to_be_visible(timeout=PATIENCE_MS)
        assert _n_candidates(filling) > 0
        _press(page, "Take back")
        page.get_by_role("dialog").get_by_role("button", name="Take it back").click(delay=60)
        expect(page.get_by_text("taken back")).to_be_visible()
        assert _n_candidates(filling) == 0


@pytest.mark.timeout(120)
def test_a_press_made_as_what_is_looked_at_ends_is_done(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        job_id, page = _watch_order(server, open_tab, filling)
        page.route(f"**{PATH}*", lambda route: route.abort())  # the page does not learn of the end
        jobs.cancel_job(filling.ws, filling.actor, job_id, nonce="stop")
        ends = time.monotonic() + PATIENCE_MS / 1000
        while not jobs.get_job(filling.ws, job_id).state.is_final:
            assert time.monotonic() < ends
            time.sleep(0.1)
        _press(page, "Open")
        expect(page).to_have_url(re.compile(f"/orders.*order={job_id}"))
