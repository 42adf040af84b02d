"""What people and answers say of values: handles as they are written, records by their names, no word of a schema."""

from __future__ import annotations

from curation.model.values import Json
from curation.synthesizers import Order
from curation.synthesizers.clarifying import tell
from curation.synthesizers.outcomes import tell_outcome
from curation.synthesizers.scene import Request
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import make_tool, order_full, said_by

TEXT: dict[str, Json] = {"type": "string"}
STATES: dict[str, Json] = {"type": "string", "enum": ["on_its_way", "delivered"]}


def test_a_handle_is_told_as_it_is_written_and_a_choice_in_words() -> None:
    known = {"username": TEXT, "state": STATES}
    delete = make_tool("delete_user", "Delete a user.", known, ["username"], side_effect="destructive")
    look = make_tool(
        "get_user", "Get a user.", known, ["username"], side_effect="read",
        result_schema='{"properties": {"login": {"type": "string"}, "parcel": {"enum": ["on_its_way"]}}}',
    )  # fmt: skip
    for tool, outcome in ((delete, {"ok": True}), (look, {"login": "chloe_k", "parcel": "on_its_way"})):
        stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
        given: dict[str, Json] = {"username": "chloe_k"}
        for told in (tell_outcome(stage, Request(tool, "", "", given, {}), outcome), tell(stage, tool, given, outcome)):
            assert "chloe_k" in told
            assert "on_its_way" not in told
            assert tool is delete or "on its way" in told


def test_own_values_of_an_expert_are_said_as_they_are_written() -> None:
    tool = make_tool("get_user", "Get a user.", {"username": TEXT}, ["username"], side_effect="read")
    drafted, _ = order_full((tool,), 30, values={"username": ("chloe_k", "otto_m")})
    told = [text for one in drafted for text in said_by(one.example)]
    assert any("_" in text for text in told)
    assert not [text for text in told if "chloe k" in text or "otto m" in text]
