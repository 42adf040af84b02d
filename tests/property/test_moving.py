"""Moving examples and taking that back leaves every body as it was, whatever the calls held."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.model.definition import Definition, Tool
from curation.model.example import Arguments, Call, Example, Message
from curation.model.values import Json
from curation.services import cataloguing, migrating, writing
from curation.services.impact import measure
from tests.shop_rows import Desk, open_desk

KINDS = st.sampled_from(["string", "number", "integer", "boolean", "array"])
SCHEMAS = st.dictionaries(st.sampled_from(["a", "b", "c", "amount", "amounts"]), KINDS, max_size=4)
VALUES = st.one_of(st.text(max_size=5), st.integers(-99, 99), st.booleans(), st.lists(st.integers(0, 9), max_size=2))
CALLS = st.dictionaries(st.sampled_from(["a", "b", "c", "amount", "x"]), VALUES, max_size=4)


def make(schema: dict[str, str], required: bool) -> Tool:
    properties: dict[str, Json] = {name: {"type": kind, "description": "It."} for name, kind in schema.items()}
    parameters = {"type": "object", "properties": properties, "required": list(schema) if required else []}
    function = {"name": "act", "description": "Does it.", "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})))


def make_example(tool: Tool, arguments: str) -> Example:
    call = Call(name="act", arguments=Arguments(arguments), id="1", type="function")
    turns = (Message(role="user", content="Do it."), Message(role="assistant", calls=(call,)))
    return Example(messages=turns, tools=(tool.definition,))


def save(desk: Desk, tool: Tool, tool_id: str | None = None) -> str:
    return cataloguing.save_tool(
        desk.ws,
        desk.actor,
        desk.project_id,
        tool,
        tool_id=tool_id,
        base_revision=1 if tool_id else 0,
        nonce=desk.nonce(),
    ).id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS, SCHEMAS, st.lists(CALLS, min_size=1, max_size=4), st.booleans())
def test_move_and_undo_give_every_body_back(
    old: dict[str, str], new: dict[str, str], calls: list[dict[str, Json]], required: bool
) -> None:
    with tempfile.TemporaryDirectory() as home, open_desk(Path(home)) as desk:
        before = make(old, required=False)
        tool_id = save(desk, before)
        views = [desk.write(make_example(before, json.dumps(one, indent=1))) for one in calls]
        save(desk, make(new, required), tool_id)
        seen = measure(desk.ws, desk.project_id)
        if not seen.n_affected:
            return
        report = migrating.move_examples(
            desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce=desk.nonce()
        )
        assert report.n_moved == len({view.id for view in views})
        assert report.n_quarantined == seen.n_left
        migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
        for view in views:
            now = writing.open_example(desk.ws, view.id)
            assert (now.body, now.state) == (view.body, view.state)
