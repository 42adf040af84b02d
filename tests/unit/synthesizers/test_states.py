"""The state that a result tells of: the one its tool's verb leads to, and nothing that was named is taken away."""

from __future__ import annotations

import pytest

from curation.model.values import Json
from curation.synthesizers.states import fit_state
from tests.synthesizers.drafting import make_tool

_SCHEMA: dict[str, Json] = {
    "properties": {
        "status": {"type": "string", "enum": ["running", "queued", "cancelled", "closed"]},
        "ended_at": {"type": ["string", "null"], "description": "When it ended; null if it is still running."},
    }
}
_RESULT: dict[str, Json] = {"status": "running", "ended_at": "2026-03-01"}


@pytest.mark.parametrize("name", ["get_schedule", "schedule_status", "update_close_reason", "list_closed_orders"])
def test_what_does_not_do_it_leaves_the_state_alone(name: str) -> None:
    assert fit_state(make_tool(name, "", {}, []), _RESULT, _SCHEMA, {})["status"] == "running"


@pytest.mark.parametrize(
    ("name", "status"), [("cancel_order", "cancelled"), ("order_cancel", "cancelled"), ("closeIssue", "closed")]
)
def test_the_verb_leads_to_its_state_wherever_it_stands(name: str, status: str) -> None:
    assert fit_state(make_tool(name, "", {}, []), _RESULT, _SCHEMA, {}) == _RESULT | {"status": status}


def test_what_the_call_named_stays_where_the_rest_has_not_ended() -> None:
    schedule = make_tool("schedule_run", "", {}, [])
    assert fit_state(schedule, _RESULT, _SCHEMA, {}) == {"status": "queued", "ended_at": None}
    assert fit_state(schedule, _RESULT, _SCHEMA, {"ended_at": "2026-03-01"}) == _RESULT | {"status": "queued"}
