"""Results in drafted conversations come from one world: they agree with each other and with what was asked."""

from __future__ import annotations

from random import Random

import pytest

from curation.gates import GATES, Passage
from curation.gates.contract import Bench
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.contract import Cell
from curation.synthesizers.deck import Deck
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.results import draw_outcome
from tests.synthesizers.drafting import catalogue, order_full

IN_A_ROW = tuple(Cell(40, "multi_step", kind) for kind in ("shared", "in_order", "from_result"))


@pytest.mark.parametrize("name", ["openai", "swagger_petstore"])
def test_what_tools_answer_in_a_row_can_be_true(name: str) -> None:
    tools = catalogue(name)
    (executes,) = (gate for gate in GATES if gate.name == "executes")
    drafted, _ = order_full(tools, cells=IN_A_ROW, seed=2)
    passage = Passage((executes,), Bench(tools={tool.name: tool for tool in tools}, known=(), seed=1))
    assert len(drafted) >= 80
    assert [refused for one in drafted if (refused := passage.judge(one))] == []


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("cancelFineTuningJob", {"cancelled"}),
        ("pauseFineTuningJob", {"queued"}),
        ("resumeFineTuningJob", {"running", "queued"}),
        ("createFineTuningJob", {"queued", "running"}),
    ],
)
def test_the_state_after_an_act_is_the_one_it_leads_to(name: str, states: set[str]) -> None:
    (tool,) = (tool for tool in catalogue("openai") if tool.name == name)
    told = [_draw(tool, seed) for seed in range(30)]
    found = [result["status"] for result in told if isinstance(result, dict) and "status" in result]
    assert len(found) >= 20
    assert set(found) <= states


def test_what_was_just_made_has_not_ended() -> None:
    (tool,) = (tool for tool in catalogue("openai") if tool.name == "createFineTuningJob")
    told = [_draw(tool, seed) for seed in range(30)]
    assert {result.get("finished_at") for result in told if isinstance(result, dict)} == {None}


def test_a_state_that_was_named_is_kept() -> None:
    (tool,) = (tool for tool in catalogue("swagger_petstore") if tool.name == "placeOrder")
    told = [_draw(tool, seed, {"status": "delivered"}) for seed in range(30)]
    assert {result["status"] for result in told if isinstance(result, dict) and "status" in result} == {"delivered"}


def _draw(tool: Tool, seed: int, arguments: dict[str, Json] | None = None) -> Json:
    rng = Random(seed)
    return draw_outcome(ArgumentDraws(DomainValues({}, {}), rng, Deck(rng)), tool, arguments or {})
