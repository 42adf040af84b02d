"""Why calls fail in drafted recoveries: one place says which failure is which trouble, whoever drafts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curation.model.definition import Tool, ToolError
from curation.model.values import Json
from curation.synthesizers import Order
from curation.synthesizers.contract import Cell
from curation.synthesizers.failing import failures_for
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.planning import Planned
from curation.synthesizers.situation_setting import set_situation
from tests.synthesizers.drafting import make_tool, order_full, said_by

Tell = Callable[[tuple[Tool, ...]], set[str]]
_BOOKING: dict[str, Json] = {"booking_id": {"type": "string"}}
_NO_SUCH, _LATE = "No such booking.", "No changes after departure."


def make_pair(*errors: str) -> tuple[Tool, Tool]:
    declared = tuple(ToolError(code=f"E{at}", message=message, kind="permanent") for at, message in enumerate(errors))
    change = make_tool("change_booking", "Change.", _BOOKING, ["booking_id"], side_effect="write", errors=declared)
    return change, make_tool("get_booking", "Look.", _BOOKING, ["booking_id"], side_effect="read")


def told_in_dialogues(tools: tuple[Tool, ...]) -> set[str]:
    drafted, _ = order_full(tools, seed=2, cells=(Cell(8, "recovery", "alternative_tool", "change_booking"),))
    return {text for one in drafted for text in said_by(one.example, "tool")}


def told_in_situations(tools: tuple[Tool, ...]) -> set[str]:
    cell = Cell(1, "recovery", "alternative_tool", "change_booking")
    planned = Planned(cell, ("change_booking",))
    drawn = (set_situation(Order(tools, 1), DomainValues({}, {}), planned, number) for number in range(12))
    return {one.failure for one in drawn if one is not None}


@pytest.mark.parametrize("tell", [told_in_dialogues, told_in_situations])
def test_another_way_is_taken_after_a_refusal_and_not_for_what_is_not_there(tell: Tell) -> None:
    told = tell(make_pair(_NO_SUCH, _LATE, "E_STATE"))
    assert told
    assert all(_LATE in one for one in told)


@pytest.mark.parametrize("tell", [told_in_dialogues, told_in_situations])
def test_a_way_is_switched_off_where_a_tool_declares_no_refusal(tell: Tell) -> None:
    told = tell(make_pair(_NO_SUCH))
    assert told
    assert all("switched off" in one for one in told)


def test_what_bars_one_way_leaves_the_others_open() -> None:
    change, _ = make_pair()
    assert [one.name for one in failures_for(change, "barred")] == ["off"]
    assert len(failures_for(change, "closed")) > 1
