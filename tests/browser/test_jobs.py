"""A training run is launched from the page once, and goes on when the tab and the server are gone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.model.states import JobState
from curation.services import jobs
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, freeze
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.training, pytest.mark.xdist_group("browser-1")]
PATIENCE_MS = 40_000


def _launch(page: Page, base: Path) -> None:
    page.get_by_text("A model folder of mine").click()
    folder = page.get_by_label("Model folder", exact=True)
    folder.fill(str(base))
    folder.press("Enter")
    steps = page.get_by_label("Steps at most", exact=True)
    steps.fill("40")
    steps.press("Enter")
    page.locator("[class*=st-key-training-preflight]").get_by_role("button").click(delay=60)
    expect(page.get_by_text("tokens carry loss").first).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Launch").dblclick(delay=60)


@pytest.mark.long
@pytest.mark.timeout(120)
def test_run_outlives_its_tab_and_the_server(
    own_server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    from curation.finetune.base_models import tiny_model

    base = tiny_model(tmp_path / "tiny", seed=5)
    with filled(own_server.home) as filling:
        freeze(filling)
        page = open_tab(f"{own_server.base}/training?project={filling.project.id}")
        _launch(page, base)
        expect(page.get_by_role("heading", level=1)).to_contain_text("on version 1")
        (job,) = jobs.list_jobs(filling.ws, filling.project.id)
        # A quick machine may have trained before the page is looked at again; most are still at it.
        expect(page.get_by_text(re.compile(r"(training|kept)\s*$")).first).to_be_visible(timeout=PATIENCE_MS)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("on version 1")
        own_server.stop()
        own_server.start()
        page.goto(f"{own_server.base}/training?project={filling.project.id}")
        expect(page.get_by_text("kept").first).to_be_visible(timeout=PATIENCE_MS)
        ended = _wait_for_end(filling, job.id)
        assert ended.state is JobState.SUCCEEDED, ended.error
        assert ended.attempt == 1
        assert ended.model_id
        assert len(jobs.list_jobs(filling.ws, filling.project.id)) == 1


def _wait_for_end(filling: Filling, job_id: str) -> jobs.JobView:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not (job := jobs.get_job(filling.ws, job_id)).state.is_final and time.monotonic() < deadline:
        time.sleep(0.2)
    return job
