"""What an order would make, told before anything is made."""

from __future__ import annotations

import pytest

from curation.errors import StateError, UnreadableError
from curation.llm.prices import list_prices
from curation.model.states import ExampleState
from curation.services import drafting_prompts
from curation.services.browsing import count_states
from curation.services.people import local_actor
from curation.services.reviewing import accept_batch
from curation.services.synthesis_costs import preview_prompts
from curation.services.synthesis_jobs import order_candidates
from curation.services.synthesis_plans import plan_synthesis
from curation.services.synthesis_sheets import Endpoint, Sheet, Spending
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import Workspace
from curation.synthesizers.contract import Cell
from db.project_settings import write_setting


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
        (
            Sheet(strategy="variations", endpoint=Endpoint("scripted")),
            "starts from examples, and none is accepted yet",
        ),
        (Sheet(strategy="variations", seed_examples=("gone",)), "no example `gone`"),
        (Sheet(strategy="no such"), "There is no"),
        (
            Sheet(strategy="conversations", endpoint=Endpoint("hosted"), spending=Spending(requests=9)),
            "does not name a model",
        ),
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
    problems = plan_synthesis(ws, project_id, sheet).problems
    assert [sentence in problem for problem in problems].count(True) == 1


def test_an_order_that_lacks_examples_can_be_placed_once_one_is_accepted(ws: Workspace, project_id: str) -> None:
    sheet = Sheet(strategy="variations", count=3)
    assert plan_synthesis(ws, project_id, sheet).lacks_examples
    with pytest.raises(StateError, match="none is accepted yet"):
        order_candidates(ws, local_actor(ws), project_id, sheet, nonce="order")
    draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=3, nonce="d")
    assert plan_synthesis(ws, project_id, sheet).lacks_examples
    accept_batch(ws, local_actor(ws), project_id, states=[ExampleState.CANDIDATE], nonce="a")
    plan = plan_synthesis(ws, project_id, sheet)
    assert (plan.lacks_examples, plan.problems) == (False, ())


def test_what_could_not_be_read_is_not_missed_as_well(ws: Workspace, project_id: str) -> None:
    scenarios = Sheet(strategy="scenarios", endpoint=Endpoint("scripted"))
    assert plan_synthesis(ws, project_id, scenarios, unread={"records"}).problems == ()
    assert plan_synthesis(ws, project_id, Sheet(strategy="variations"), unread={"examples"}).problems == ()


def test_words_that_fit_no_more_stop_the_orders_that_need_them(ws: Workspace, project_id: str) -> None:
    kept = {"reword": [{"n": 1, "text": "Say {it} anew.", "by": "ana", "at": ws.now()}]}
    with ws.unit() as unit:
        write_setting(unit.connection, project_id, drafting_prompts.SETTING, kept)
        unit.commit()
    draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=3, nonce="d")
    accept_batch(ws, local_actor(ws), project_id, states=[ExampleState.CANDIDATE], nonce="a")
    sheet = Sheet(strategy="rewording", count=2, endpoint=Endpoint("scripted"))
    (problem,) = plan_synthesis(ws, project_id, sheet).problems
    assert "{it}, which no longer exists" in problem
    with pytest.raises(UnreadableError, match="which no longer exists"):
        order_candidates(ws, local_actor(ws), project_id, sheet, nonce="order")
    assert plan_synthesis(ws, project_id, Sheet(count=2)).problems == ()


def test_the_prompts_can_be_read_before_anything_is_asked(ws: Workspace, project_id: str) -> None:
    prompts = preview_prompts(ws, project_id, Sheet(strategy="rewording", endpoint=Endpoint("scripted", judges=True)))
    assert [name.split()[0] for name in prompts] == ["reword", "repair", "judge"]
    assert all("--- system ---" in text and "--- user ---" in text for text in prompts.values())
    assert preview_prompts(ws, project_id, Sheet()) == {}
