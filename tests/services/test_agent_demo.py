"""The demo of the small agent: three tools, fifty examples without a fault, twenty scenarios as the test."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import CurationError
from curation.metrics.answers import Answer
from curation.metrics.messages import read_message
from curation.metrics.score import score_answers
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.states import Split
from curation.rules.figures import NO_TOOL_BAND
from curation.schemas import compile_schema
from curation.services import agent_data
from curation.services.agent_demo import fill_agent_demo, find_agent_demo
from curation.services.browsing import count_states
from curation.services.cataloguing import current_catalogue
from curation.services.demonstrating import DemoReport
from curation.services.freezing import list_datasets, read_items
from curation.services.gauging import gauge_no_tool
from curation.services.importing import list_sources
from curation.services.people import local_actor
from curation.services.projects import create_project, list_projects
from curation.services.questions import Question, count_decisions, read_questions
from curation.services.workspace import Workspace, open_workspace
from curation.services.writing import judge_example

KINDS = {"single": 21, "recovery": 11, "multi_step": 10, "no_tool": 8, "scenario": 20}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path_factory.mktemp("agent"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def demo(ws: Workspace) -> DemoReport:
    return fill_agent_demo(ws, local_actor(ws))


def examples_of(ws: Workspace, demo: DemoReport, *splits: Split) -> list[Example]:
    return [item.example for split in splits for item in read_items(ws, demo.dataset.id, split)]


def questions_of(ws: Workspace, demo: DemoReport) -> tuple[Question, ...]:
    return read_questions(ws, demo.dataset.id, Split.TEST, "conversation", every_turn=True)


def test_three_tools_are_published_with_results_samples_and_effects(ws: Workspace, demo: DemoReport) -> None:
    catalogue = current_catalogue(ws, demo.project.id)
    assert catalogue is not None
    tools = {tool.name: tool for tool in catalogue.tools}
    effects = {name: tool.side_effect for name, tool in tools.items()}
    assert effects == {"search": "read", "calculate": "read", "send_email": "write"}
    assert all(tool.result_schema and tool.samples and tool.errors for tool in tools.values())
    assert tools["send_email"].policy.approval


def test_samples_fit_the_schemas_of_their_tools() -> None:
    for tool in agent_data.agent_tools():
        parameters = compile_schema(tool.definition.view.parameters_text or "{}")
        for sample in tool.samples:
            assert not parameters.errors(json.loads(sample.arguments)), sample.name
            if sample.result is not None:
                assert not compile_schema(tool.result_schema or "{}").errors(json.loads(sample.result)), sample.name


def test_version_1_holds_fifty_examples_and_twenty_scenarios(ws: Workspace, demo: DemoReport) -> None:
    rows = examples_of(ws, demo, *Split)
    assert Counter(str(row.group).split("/")[1] for row in rows) == KINDS
    assert demo.dataset.n == 1
    assert demo.dataset.counts == {"train": 42, "validation": 8, "test": 20}
    scenarios = examples_of(ws, demo, Split.TEST)
    assert all(str(row.group).startswith(agent_data.SCENARIOS) for row in scenarios)
    assert {one.format for one in list_sources(ws, demo.project.id)} == {"callwright", "scenario"}


def test_no_row_has_an_error_or_a_warning(ws: Workspace, demo: DemoReport) -> None:
    for row in examples_of(ws, demo, *Split):
        found = judge_example(ws, demo.project.id, row)
        assert [one.finding.message for one in found if one.severity is not Severity.INFO] == [], row.group


def test_share_of_decisions_without_a_call_is_in_the_band(ws: Workspace, demo: DemoReport) -> None:
    gauge = gauge_no_tool(ws, demo.project.id)
    low, high = NO_TOOL_BAND
    assert gauge.n_decisions == 100
    assert low <= gauge.n_no_tool / gauge.n_decisions <= high


def test_right_answers_to_the_scenarios_score_in_full(ws: Workspace, demo: DemoReport) -> None:
    questions = questions_of(ws, demo)
    assert len(questions) == count_decisions(ws, demo.dataset.id, Split.TEST) == 49
    golds = [question.gold for question in questions]
    figures = score_answers(golds, [Answer(message=one.messages[-1]) for one in golds], tools=tools_by_name()).overall
    for name in ("exact_match", "fuzzy_match", "functional_match"):
        assert (figures.metrics[name].value, figures.metrics[name].n) == (1, 26), name


@pytest.mark.parametrize(("expression", "is_same"), [("340 * 17 / 100", 1), ("340/0.17", 0)])
def test_another_way_to_the_same_value_is_a_functional_match(
    ws: Workspace, demo: DemoReport, expression: str, is_same: int
) -> None:
    gold = questions_of(ws, demo)[0].gold
    call = {"function": {"name": "calculate", "arguments": json.dumps({"expression": expression})}}
    answer = Answer(message=read_message(json.dumps({"role": "assistant", "tool_calls": [call]}).encode()))
    figures = score_answers([gold], [answer], tools=tools_by_name()).overall
    assert figures.metrics["exact_match"].value == 0
    assert figures.metrics["functional_match"].value == is_same


def tools_by_name() -> dict[str, Tool]:
    return {tool.name: tool for tool in agent_data.agent_tools()}


def test_filling_twice_adds_nothing(ws: Workspace, demo: DemoReport) -> None:
    again = fill_agent_demo(ws, local_actor(ws))
    assert not again.is_new
    assert (again.states, again.dataset) == (demo.states, demo.dataset)
    assert [project.name for project in list_projects(ws)] == [agent_data.PROJECT]


def test_a_project_of_the_same_name_that_people_made_is_not_filled(tmp_path: Path) -> None:
    ws = open_workspace(tmp_path)
    theirs = create_project(ws, local_actor(ws), agent_data.PROJECT, nonce="theirs")
    with pytest.raises(CurationError, match="already a project"):
        fill_agent_demo(ws, local_actor(ws))
    states = count_states(ws, theirs.id)
    ws.close()
    assert not any(states.values())


class StopError(Exception):
    """The process ends in the middle."""


@pytest.mark.parametrize(
    "step", ["demonstrating.publish", "agent_demo.import_stream", "agent_demo.accept_batch", "agent_demo.freeze"]
)
def test_filling_goes_on_where_it_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: DemoReport, step: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise StopError

    ws = open_workspace(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(f"curation.services.{step}", stop)
        with pytest.raises(StopError):
            fill_agent_demo(ws, local_actor(ws))
    begun = find_agent_demo(ws)
    assert begun is not None
    assert list_datasets(ws, begun.id) == ()
    whole = fill_agent_demo(ws, local_actor(ws))
    ws.close()
    assert whole.project.id == begun.id
    assert whole.states == demo.states
    assert whole.dataset.hash == demo.dataset.hash
