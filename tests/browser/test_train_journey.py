"""A lead launches a run, reloads, restarts the app, stops the run, lets it go on, and lays it over an earlier one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.finetune.base_models import tiny_model
from curation.model.states import JobState
from curation.services import jobs, training
from curation.services.jobs import JobView
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, freeze
from tests.browser.serving import Server, make_server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.training, pytest.mark.xdist_group("browser-1")]
PATIENCE_MS = 40_000
ENDLESS = "100000"
SLOW = "20"
"""Hundredths of a second a step of the light worker takes."""


@pytest.fixture
def light_server(tmp_path: Path) -> Iterator[Server]:
    """A server whose workers need no model."""
    running = make_server(tmp_path / "workspace")
    running.script = "tests/browser/light_app.py"
    running.home.mkdir()
    running.start()
    yield running
    running.stop()


def run_earlier_one(filling: Filling, base: Path) -> JobView:
    """A short run that has ended before anybody looks."""
    knobs = {"max_steps": 12, "epochs": 1, "max_length": 2048}
    job = training.launch_training(
        filling.ws, filling.actor, filling.project.id, 1, base, parameters=knobs, name="Earlier run", nonce="earlier"
    )
    return wait_until(filling, job.id, lambda now: now.state is JobState.SUCCEEDED)


def wait_until(filling: Filling, job_id: str, is_so: Callable[[JobView], bool]) -> JobView:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not is_so(job := jobs.get_job(filling.ws, job_id)):
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
    return job


def fill(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    settled(page)


def launch(page: Page, base: Path) -> None:
    page.get_by_text("A model folder of mine").click()
    settled(page)
    fill(page, "Model folder", str(base))
    fill(page, "Steps at most", ENDLESS)
    fill(page, "Epochs", SLOW)
    fill(page, "Longest row in tokens", "2048")
    page.locator("[class*=st-key-training-preflight]").get_by_role("button").click(delay=60)
    expect(page.get_by_text("the token that ends the turn carry loss")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Launch").dblclick(delay=60)


def step_on(page: Page) -> int:
    """The step the page shows."""
    words = page.get_by_text(re.compile(r"^Step [\d,]+ of")).first.inner_text()
    found = re.search(r"Step ([\d,]+) of", words)
    assert found, words
    return int(found.group(1).replace(",", ""))


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop and keep").first.click(delay=60)
    page.get_by_role("dialog").get_by_role("button", name="Stop and keep").click(delay=60)
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=PATIENCE_MS)


def lay_over(page: Page, name: str) -> None:
    """Choose another run; a list that opens while the page still moves under it closes again."""
    field = settled(page).get_by_label("Runs to lay over this one")
    option = page.get_by_role("option", name=re.compile(name))
    field.scroll_into_view_if_needed()
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not option.is_visible() and time.monotonic() < deadline:
        field.click()
        field.press("ArrowDown")
        page.wait_for_timeout(500)
    option.click()


@pytest.mark.timeout(240)
def test_run_is_launched_left_restarted_stopped_resumed_and_laid_over_another(
    light_server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    base = tiny_model(tmp_path / "tiny", seed=5)
    with filled(light_server.home) as filling:
        freeze(filling)
        earlier = run_earlier_one(filling, base)
        url = f"{light_server.base}/training?project={filling.project.id}&run=new"
        page = open_tab(url)
        launch(page, base)
        expect(page.get_by_role("heading", level=1)).to_contain_text("on version 1")
        (run,) = [job for job in jobs.list_jobs(filling.ws, filling.project.id) if job.id != earlier.id]
        address = f"{light_server.base}/training?project={filling.project.id}&run={run.id}"

        # It comes on by itself, without anybody pressing anything.
        expect(page.get_by_text(re.compile(r"Step [\d,]+ of 100,000"))).to_be_visible(timeout=PATIENCE_MS)
        seen = step_on(page)
        expect(page.get_by_text(re.compile(rf"Step (?!{seen} )[\d,]+ of 100,000"))).to_be_visible(timeout=PATIENCE_MS)

        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("on version 1")

        pid = find_worker(filling, run.id)
        light_server.stop()
        light_server.start()
        page.goto(address)
        settled(page)
        expect(page.get_by_role("button", name="Stop and keep")).to_be_visible(timeout=PATIENCE_MS)
        assert find_worker(filling, run.id) == pid

        stop(page)
        stopped = jobs.get_job(filling.ws, run.id)
        assert (stopped.state, stopped.attempt) == (JobState.CANCELLED, 1)
        assert stopped.model_id

        page.get_by_role("button", name="Resume").click(delay=60)
        resumed = wait_until(filling, run.id, lambda now: now.attempt == 2 and now.step > stopped.step)
        assert resumed.state is JobState.RUNNING
        expect(page.get_by_role("button", name="Stop and keep")).to_be_visible(timeout=PATIENCE_MS)
        losses = jobs.job_metrics(filling.ws, run.id)["loss"]
        assert [step for step, _ in losses] == list(range(1, len(losses) + 1))
        stop(page)

        lay_over(page, "Earlier run")
        card = page.locator("[class*=st-key-run-overlay]").first
        expect(card.get_by_text(re.compile(r"1\s.*on\sversion.*2\sEarlier\srun"))).to_be_visible()
        expect(card.get_by_test_id("stVegaLiteChart").first).to_be_visible()
        assert len(jobs.list_jobs(filling.ws, filling.project.id)) == 2


def find_worker(filling: Filling, job_id: str) -> int | None:
    from db import jobs as rows

    with filling.ws.reading() as connection:
        record = rows.find_job(connection, job_id)
    return record.pid if record else None
