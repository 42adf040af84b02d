"""What to order when a check of the gate fails."""

from __future__ import annotations

import pytest

from curation.metrics.gate import Check, State
from curation.services.gate_orders import cell_for, say_order
from curation.synthesizers.contract import Cell


@pytest.mark.parametrize(
    ("slice_name", "metric", "cell", "words"),
    [
        ("", "false_call_rate", Cell(5, "no_tool", ""), "Order negatives"),
        ("fixed:refusal", "harm", Cell(5, "no_tool", "refuse"), "Order negatives"),
        ("reason:escalate", "missed_call_rate", Cell(5, "no_tool", "escalate"), "Order negatives"),
        ("", "recovery_rate", Cell(5, "recovery", ""), "Order recoveries"),
        ("hard_case:required_order", "harm", Cell(5, "hard_case", "required_order"), "Order hard cases"),
        ("tool:track_order", "argument_match", Cell(5, "positive", "", "track_order"), "Order calls"),
        ("reason:somebody's own", "valid_call_rate", Cell(5, "positive"), "Order calls"),
    ],
)
def test_examples_of_the_slice_are_ordered_else_of_the_rate(
    slice_name: str, metric: str, cell: Cell, words: str
) -> None:
    found = cell_for(Check(slice_name, metric, State.FAILED, 40, 0.5), 5)
    assert found == cell
    assert say_order(found) == words
