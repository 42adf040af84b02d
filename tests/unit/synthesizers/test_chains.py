"""Tools in a row: which follow on which."""

from __future__ import annotations

from time import process_time

from curation.synthesizers.chains import pairs
from tests.synthesizers.drafting import make_tool

_ID = {"type": "integer"}


def test_a_tool_of_a_large_catalogue_is_held_against_the_others_and_not_all_against_all() -> None:
    tools = tuple(
        make_tool(f"update_thing_{number}", "Update it.", {"thing_id": _ID, f"value_{number}": _ID}, ["thing_id"])
        for number in range(250)
    )
    start = process_time()
    found = {kind: pairs(tools, kind, tools[7]) for kind in ("shared", "in_order", "from_result")}
    assert process_time() - start < 1
    assert len(found["shared"]) == len(tools) - 1
    assert all(second is tools[7] for _, second in found["shared"])
