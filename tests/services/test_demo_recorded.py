"""The recorded run: it belongs to the demo's data, and its answers still score as they did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from curation.metrics.report import digest
from curation.services.demo_runs import short_name
from curation.services.demonstrating import DemoReport, fill_demo
from curation.services.evaluation_views import get_evaluation, list_evaluations
from curation.services.jobs import job_events, job_metrics, list_jobs
from curation.services.people import local_actor
from curation.services.recorded_runs import read_recorded
from curation.services.workspace import Workspace, open_workspace


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path_factory.mktemp("demo"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def demo(ws: Workspace) -> DemoReport:
    return fill_demo(ws, local_actor(ws))


def test_the_recorded_run_belongs_to_the_demos_data(demo: DemoReport) -> None:
    recorded = read_recorded()
    assert recorded is not None
    assert recorded.dataset_hash == demo.dataset.hash, "The demo's data changed: run `make record-demo`."


def test_the_recorded_answers_still_score_as_recorded(ws: Workspace, demo: DemoReport) -> None:
    recorded = read_recorded()
    assert recorded is not None
    view = get_evaluation(ws, list_evaluations(ws, demo.project.id)[-1].id)
    scored = {short_name(one): digest(one.report) for one in view.models if one.report}
    assert scored == recorded.digests


def test_the_recorded_run_is_shown_as_what_it_is(ws: Workspace, demo: DemoReport) -> None:
    recorded = read_recorded()
    assert recorded is not None
    job = next(job for job in list_jobs(ws, demo.project.id) if job.kind == "train")
    assert job.name.startswith("Recorded run")
    assert recorded.machine in job_events(ws, job.id)[0].text
    assert len(job_metrics(ws, job.id)["loss"]) >= 10
