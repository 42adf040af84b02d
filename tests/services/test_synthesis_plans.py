"""What an order would make, told before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.llm.prices import list_prices
from curation.model.states import ExampleState
from curation.services.browsing import count_states
from curation.services.cataloguing import import_tools
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.synthesis_costs import own_prompts
from curation.services.synthesis_plans import plan_synthesis
from curation.services.synthesis_sheets import Endpoint, Sheet, Spending
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import Workspace, open_workspace
from curation.synthesizers.contract import Cell
from curation.synthesizers.shop import demo_tools
from tests.ready_homes import make_ready


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    for name in ("CALLWRIGHT_CHAT_ADDRESS", "CALLWRIGHT_CHAT_KEY"):
        monkeypatch.delenv(name, raising=False)
    opened = open_workspace(make_ready(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def project_id(ws: Workspace) -> str:
    actor = local_actor(ws)
    project = create_project(ws, actor, "Desk", nonce="project")
    import_tools(ws, actor, project.id, demo_tools(), nonce="tools")
    return project.id


def test_a_mix_is_shared_out_and_held_against_the_band(ws: Workspace, project_id: str) -> None:
    plan = plan_synthesis(ws, project_id, Sheet(count=40, mix={"positive": 0.5, "no_tool": 0.5}))
    assert {(cell.category, cell.count) for cell in plan.cells} == {("positive", 20), ("no_tool", 20)}
    assert (plan.n, plan.ordered.share, plan.ordered.is_inside) == (40, 0.5, False)
    assert (plan.ordered.low, plan.ordered.high) == (0.10, 0.20)
    assert not plan.problems


def test_the_project_after_it_counts_what_is_there(ws: Workspace, project_id: str) -> None:
    draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=60, mix={"positive": 1.0}, nonce="d")
    plan = plan_synthesis(ws, project_id, Sheet(cells=(Cell(15, "no_tool", "refuse"),)))
    assert plan.ordered.share == 1.0
    assert 0.1 < plan.after.share < 0.3
    assert count_states(ws, project_id)[ExampleState.CANDIDATE.value] == 60


def test_a_model_is_estimated_in_requests_and_time_by_its_pace(ws: Workspace, project_id: str) -> None:
    scripted = Endpoint("scripted", per_minute=60)
    plan = plan_synthesis(ws, project_id, Sheet(strategy="conversations", count=60, endpoint=scripted))
    assert (plan.n_requests, plan.problems) == (300, ())
    assert plan.n_tokens > 100_000
    assert plan.seconds >= 300
    assert plan.money is None
    offline = plan_synthesis(ws, project_id, Sheet(count=60))
    assert (offline.n_requests, offline.n_tokens) == (0, 0)
    assert offline.seconds < plan.seconds


def test_a_known_model_has_its_price_with_source_and_date(
    ws: Workspace, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", "https://api.openai.com/v1")
    monkeypatch.setenv("CALLWRIGHT_CHAT_KEY", "sk-canary")
    endpoint = Endpoint("hosted", list_prices()[0].model)
    sheet = Sheet(strategy="conversations", count=100, endpoint=endpoint, spending=Spending(requests=10))
    plan = plan_synthesis(ws, project_id, sheet)
    assert plan.price
    assert plan.price.source
    assert plan.price.date
    assert plan.money
    assert "canary" not in repr(plan)


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (Sheet(strategy="conversations"), "asks a model, and none is chosen"),
        (Sheet(strategy="scenarios"), "starts from scenario records"),
        (Sheet(count=0), "0 candidates cannot be ordered"),
        (
            Sheet(strategy="conversations", endpoint=Endpoint("hosted", "m"), spending=Spending(requests=9)),
            "no address of a model",
        ),
    ],
)
def test_what_is_in_the_way_is_said_and_nothing_breaks(
    ws: Workspace, project_id: str, sheet: Sheet, sentence: str
) -> None:
    assert any(sentence in problem for problem in plan_synthesis(ws, project_id, sheet).problems)


def test_the_prompts_can_be_read_before_anything_is_asked(ws: Workspace, project_id: str) -> None:
    prompts = own_prompts(ws, project_id, Sheet(strategy="rewording", endpoint=Endpoint("scripted", judges=True)))
    assert [name.split()[0] for name in prompts] == ["reword", "judge"]
    assert all("--- system ---" in text and "--- user ---" in text for text in prompts.values())
    assert own_prompts(ws, project_id, Sheet()) == {}
