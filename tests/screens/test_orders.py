"""Orders for candidates: the form with its plan, an order as it goes, its sample, and what may be done about it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from curation.model.states import JobState
from curation.services import cataloguing, synthesis_jobs
from curation.services.jobs import JobView, get_job
from curation.services.keeping import Keeper
from curation.synthesizers.shop import demo_tools
from tests.screens.pressing import press
from tests.screens.stage import Stage, texts

PATIENCE_S = 40


@pytest.fixture
def shop(stage: Stage) -> Stage:
    cataloguing.import_tools(stage.ws, stage.actor, stage.project.id, demo_tools(), nonce="tools")
    return stage


def keep(shop: Stage, is_there: Callable[[JobView], bool] = lambda job: job.state.is_final) -> JobView:
    """Let the keeper work until the newest order has come so far."""
    keeper, deadline = Keeper(shop.ws), time.monotonic() + PATIENCE_S
    job = synthesis_jobs.list_orders(shop.ws, shop.project.id)[0]
    while not is_there(job) and time.monotonic() < deadline:
        keeper.step()
        time.sleep(0.05)
        job = get_job(shop.ws, job.id)
    return job


def test_without_tools_the_way_leads_to_the_catalogue(stage: Stage) -> None:
    shown = stage.show("orders")
    assert not shown.exception
    assert "has no tool" in texts(shown)


def test_form_shows_a_plan_and_makes_a_sample_that_waits_for_a_word(shop: Stage) -> None:
    shown = shop.show("orders")
    assert not shown.exception, shown.exception
    assert "50 candidates" in texts(shown)
    press(shown, "orders.sample")
    (job,) = synthesis_jobs.list_orders(shop.ws, shop.project.id)
    assert synthesis_jobs.is_sample(job)
    ended = keep(shop)
    assert ended.state is JobState.SUCCEEDED, ended.error
    shown.run()
    assert not shown.exception, shown.exception
    assert "1 of 10" in texts(shown)
    press(shown, f"orders.rest.{job.id}")
    assert keep(shop).state is JobState.SUCCEEDED
    shown.run()
    assert "Review" in texts(shown)
    assert AppTest
