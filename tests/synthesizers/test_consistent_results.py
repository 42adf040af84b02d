"""Results in drafted conversations come from one world: they agree with each other and with what was asked."""

from __future__ import annotations

import json
from random import Random

import pytest

from curation.gates import GATES, Passage
from curation.gates.contract import Bench
from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.arguments import ArgumentDraws
from curation.synthesizers.contract import Cell
from curation.synthesizers.deck import Deck
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.results import draw_outcome
from curation.synthesizers.sharing import is_write
from curation.synthesizers.shop import demo_tools, shop_pack
from curation.synthesizers.subjects import identifying
from curation.synthesizers.together import load_together
from tests.synthesizers.drafting import calls_of, catalogue, order_full, said_by

IN_A_ROW = tuple(Cell(40, "multi_step", kind) for kind in ("shared", "in_order", "from_result"))


@pytest.mark.parametrize("name", ["openai", "swagger_petstore"])
def test_what_tools_answer_in_a_row_can_be_true(name: str) -> None:
    tools = catalogue(name)
    (executes,) = (gate for gate in GATES if gate.name == "executes")
    drafted, _ = order_full(tools, cells=IN_A_ROW, seed=2)
    passage = Passage((executes,), Bench(tools={tool.name: tool for tool in tools}, known=(), seed=1))
    assert len(drafted) >= 80
    assert [refused for one in drafted if (refused := passage.judge(one))] == []


STATES = {
    ("track_order", "cancel_order"): {"packed"},
    ("track_order", "change_address"): {"packed", "on its way"},
    ("change_address", "track_order"): {"packed", "on its way"},
    ("track_order", "request_refund"): {"delivered"},
}
"""What a look may show where both calls are about one order of the shop."""


def over_one_order(one: Candidate) -> tuple[tuple[str, str], str]:
    """The two tools that one order is dealt with, and the state that was shown."""
    made = calls_of(one.example)
    if len({arguments.get("order_id") for _, arguments in made}) > 1 or len(made) < 2:
        return ("", ""), ""
    states = [state for text in said_by(one.example, "tool") if (state := json.loads(text).get("status"))]
    return (made[0][0], made[1][0]), "".join(states)


@pytest.mark.parametrize("seed", [7, 11])
def test_two_wishes_over_one_order_of_the_shop_fit_each_other_and_its_state(seed: int) -> None:
    in_a_row, _ = order_full(demo_tools(), seed=seed, cells=(Cell(120, "multi_step"),))
    cells = (Cell(120, "hard_case", "required_order"),)
    ordered = get_synthesizer("hard_cases").draft(Order(demo_tools(), 0, seed=seed, cells=cells))
    seen = [found for one in (*in_a_row, *ordered) if (found := over_one_order(one))[0] != ("", "")]
    assert {pair for pair, _ in seen} == set(STATES)
    assert [(pair, state) for pair, state in seen if state and state not in STATES[pair]] == []


def test_what_is_wanted_instead_fits_what_was_wanted_and_why_that_failed() -> None:
    drafted, _ = order_full(demo_tools(), seed=7, cells=(Cell(60, "recovery", "alternative_tool"),))
    pairs = {over_one_order(one)[0] for one in drafted} - {("", "")}
    assert pairs == {(tool, "track_order") for tool in ("change_address", "cancel_order")} | {
        ("track_order", "cancel_order")
    }
    refunds = [one for one in drafted if calls_of(one.example)[0][0] == "request_refund"]
    assert refunds
    # All reasons for a refund are those of somebody who has the goods.
    assert not any("not delivered" in text for one in refunds for text in said_by(one.example, "tool"))


def test_no_two_deeds_on_one_thing_are_joined_where_no_pack_tells_what_follows_on_what() -> None:
    tools = catalogue("github")
    writes = {tool.name: identifying(tool) for tool in tools if is_write(tool) and identifying(tool)}
    cells = (Cell(200, "hard_case", "required_order"),)
    drafted = list(get_synthesizer("hard_cases").draft(Order(tools, 0, seed=6, cells=cells)))
    deeds = [
        made for one in drafted if len(made := calls_of(one.example)) == 2 and {made[0][0], made[1][0]} <= {*writes}
    ]
    same = [(one, other) for one, other in deeds if one[1].get(name := writes[one[0]]) == other[1].get(name)]
    assert len(drafted) >= 100
    assert same == []


def test_what_a_pack_says_of_pairs_is_about_its_own_frames_and_results() -> None:
    pack = shop_pack()
    together = load_together("shop", tuple(tool.name for tool in pack.tools))
    for fit in (*together.in_a_row, *together.instead):
        assert {fit.first, fit.second} <= set(pack.wordings)
        for tool in (fit.first, fit.second):
            frames = pack.wordings[tool].frames
            assert [part for part in fit.frames_of(tool) if not any(part in frame for frame in frames)] == []
        results = [tool.result_schema or "" for tool in pack.tools if tool.name in (fit.first, fit.second)]
        assert all(any(f'"{state}"' in result for result in results) for one in fit.shown.values() for state in one)


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
