"""The demo project: enough data, in families that never cross a split, something on every screen, a run recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from curation.errors import CurationError
from curation.metrics.report import digest
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.states import ExampleState, Split
from curation.services import demo_data, demonstrating
from curation.services.browsing import count_states
from curation.services.cataloguing import current_catalogue
from curation.services.demo_data import PROJECT, Drafts, read_planted
from curation.services.demo_runs import DemoChoice, count_test_rows, short_name
from curation.services.demonstrating import DemoReport, fill_demo
from curation.services.evaluation_views import get_evaluation, list_evaluations
from curation.services.freezing import read_items
from curation.services.jobs import job_events, job_metrics, list_jobs
from curation.services.people import local_actor
from curation.services.projects import create_project, list_projects
from curation.services.questions import read_questions
from curation.services.recorded_runs import read_recorded
from curation.services.workspace import Workspace, open_workspace
from curation.services.writing import judge_example
from curation.synthesizers.shop import demo_tools, shop_pack


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path_factory.mktemp("demo"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def demo(ws: Workspace) -> DemoReport:
    return fill_demo(ws, local_actor(ws))


def examples_of(ws: Workspace, demo: DemoReport, split: Split) -> list[Example]:
    return [item.example for item in read_items(ws, demo.dataset.id, split)]


def test_five_tools_are_published_and_600_examples_frozen(ws: Workspace, demo: DemoReport) -> None:
    catalogue = current_catalogue(ws, demo.project.id)
    assert catalogue is not None
    assert {tool.name for tool in catalogue.tools} == {tool.name for tool in demo_tools()}
    assert sum(demo.dataset.counts.values()) >= 600


def test_splits_are_about_70_10_20(demo: DemoReport) -> None:
    total = sum(demo.dataset.counts.values())
    shares = {split: count / total for split, count in demo.dataset.counts.items()}
    assert shares["train"] == pytest.approx(0.7, abs=0.03)
    assert shares["validation"] == pytest.approx(0.1, abs=0.02)
    assert shares["test"] == pytest.approx(0.2, abs=0.02)


def test_enough_test_rows_are_asked_of_what_is_rare(ws: Workspace, demo: DemoReport) -> None:
    rows = count_test_rows(ws, demo.dataset.id, DemoChoice())
    asked = [one.gold.messages[-1] for one in read_questions(ws, demo.dataset.id, Split.TEST, "router", rows)]
    assert len(asked) == rows >= 200
    assert sum(not answer.calls for answer in asked) >= 40
    n_recoveries = sum(bool(answer.label and answer.label.recovery) for answer in asked)
    assert n_recoveries >= 30


def test_no_family_of_validation_or_test_occurs_in_training(ws: Workspace, demo: DemoReport) -> None:
    groups = {split: {example.group for example in examples_of(ws, demo, split)} for split in Split}
    assert not groups[Split.TRAIN] & groups[Split.TEST]
    assert not groups[Split.TRAIN] & groups[Split.VALIDATION]
    assert not groups[Split.VALIDATION] & groups[Split.TEST]


def test_no_wording_of_a_test_request_occurs_in_training(ws: Workspace, demo: DemoReport) -> None:
    """Requests with their values taken out: the words around the values are new in the test split."""
    trained = {wording(example) for example in examples_of(ws, demo, Split.TRAIN)}
    tested = {wording(example) for example in examples_of(ws, demo, Split.TEST)}
    assert len(tested) >= 50
    assert not trained & tested


def wording(example: Example) -> str:
    text = str(next(turn.content for turn in example.messages if turn.role == "user"))
    pack = shop_pack()
    values = [
        way for tool in pack.wordings.values() for ways in tool.values.values() for say in ways.values() for way in say
    ]
    values += [value for slot in pack.slots.values() for value in slot]
    for value in sorted(values, key=len, reverse=True):
        text = re.sub(rf"(?i)\b{re.escape(value)}\b", "_", text)
    address = "".join(f"(?:{'|'.join(map(re.escape, part))})" for part in pack.parts["address"])
    return re.sub(address, "_", re.sub(r"\b[A-Z][0-9]{4}\b", "_", text)).lower()


def test_every_state_and_some_faults_are_there_to_see(demo: DemoReport) -> None:
    for state in (
        ExampleState.CANDIDATE,
        ExampleState.DRAFT,
        ExampleState.SUBMITTED,
        ExampleState.CHANGES_REQUESTED,
        ExampleState.ACCEPTED,
        ExampleState.REJECTED,
    ):
        assert demo.states[state.value] > 0, state


def test_planted_drafts_have_the_faults_they_are_planted_for(ws: Workspace, demo: DemoReport) -> None:
    for planted in read_planted():
        worst = {one.severity for one in judge_example(ws, demo.project.id, planted.example)}
        if planted.state != "draft":
            assert Severity.ERROR not in worst, planted.why
        else:
            assert worst & {Severity.ERROR, Severity.WARNING}, planted.why


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


def test_filling_twice_adds_nothing(ws: Workspace, demo: DemoReport) -> None:
    again = fill_demo(ws, local_actor(ws))
    assert not again.is_new
    assert again.states == demo.states
    assert again.dataset == demo.dataset
    assert [project.name for project in list_projects(ws)] == [PROJECT]


def test_a_project_of_the_same_name_that_people_made_is_not_filled(tmp_path: Path) -> None:
    ws = open_workspace(tmp_path)
    theirs = create_project(ws, local_actor(ws), PROJECT, nonce="theirs")
    with pytest.raises(CurationError, match="already a project"):
        fill_demo(ws, local_actor(ws))
    states = count_states(ws, theirs.id)
    ws.close()
    assert not any(states.values())


class StopError(Exception):
    """The process ends in the middle."""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[Drafts, ...]:
    """A demo that is filled in a moment."""
    orders = tuple(msgspec.structs.replace(one, count=40, cells=()) for one in demo_data.DRAFTS)
    monkeypatch.setattr(demo_data, "DRAFTS", orders)
    return orders


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("step", ["freeze_drafts", "show_recorded", "_plant"])
def test_filling_goes_on_where_it_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def stop(*_: object, **__: object) -> None:
        raise StopError

    at_once = open_workspace(tmp_path / "at once")
    demo = fill_demo(at_once, local_actor(at_once))
    at_once.close()
    ws = open_workspace(tmp_path / "cut off")
    with monkeypatch.context() as patched:
        patched.setattr(demonstrating, step, stop)
        with pytest.raises(StopError):
            fill_demo(ws, local_actor(ws))
    whole = fill_demo(ws, local_actor(ws))
    ws.close()
    assert whole.states == demo.states
    assert whole.dataset.hash == demo.dataset.hash
