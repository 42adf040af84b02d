"""Results in drafted conversations come from one world: they agree with each other and with what was asked."""

from __future__ import annotations

import pytest

from curation.gates import GATES, Passage
from curation.gates.contract import Bench
from curation.synthesizers.contract import Cell
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
