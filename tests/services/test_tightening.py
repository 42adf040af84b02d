"""Making a tool strict: a preview that stores nothing, and one act that saves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import BlockedError
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.services import cataloguing, drafting, tightening, tool_desk, writing
from tests.screens.stage import Stage, make_tool, staged

PARAMETERS = (
    '{"type":"object","properties":{"order_id":{"type":"string"},"note":{"type":"string"}},"required":["order_id"]}'
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path / "workspace") as opened:
        yield opened


def desk_of(stage: Stage, tool_id: str) -> tool_desk.Desk:
    return tool_desk.open_desk(stage.ws, stage.actor, stage.project.id, tool_id)


def save(stage: Stage) -> cataloguing.ToolView:
    return cataloguing.save_tool(
        stage.ws, stage.actor, stage.project.id, make_tool("track_order", PARAMETERS), nonce="tool"
    )


def write_example(stage: Stage, tool: cataloguing.ToolView, arguments: dict[str, object]) -> None:
    call = {"id": "a", "type": "function", "function": {"name": "track_order", "arguments": json.dumps(arguments)}}
    row = {
        "messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": [json.loads(tool.tool.definition.text)],
    }
    reading = read_row(json.dumps(row).encode())
    assert isinstance(reading, Reading)
    writing.new_example(stage.ws, stage.actor, stage.project.id, reading.example, nonce=json.dumps(arguments))


def test_preview_names_changes_and_the_examples_that_would_break(stage: Stage) -> None:
    tool = save(stage)
    write_example(stage, tool, {"order_id": "A1"})
    write_example(stage, tool, {"order_id": "A2", "note": "x"})
    seen = tightening.preview_strict(stage.ws, desk_of(stage, tool.id))
    assert "`note` is required; null stands for leaving it out" in [change.words for change in seen.changes]
    assert seen.n_calls == 2
    assert [(one.label, one.reasons) for one in seen.broken] == [
        ("Example 1", ("the call lacks the required key `note`",))
    ]
    assert cataloguing.get_tool(stage.ws, tool.id).revision == tool.revision


def test_accepting_saves_one_revision_with_the_draft_on_the_desk(stage: Stage) -> None:
    tool = save(stage)
    tool_desk.write_field(stage.ws, stage.actor, desk_of(stage, tool.id), "description", "Says where a parcel is.")
    desk = desk_of(stage, tool.id)
    saved = tightening.accept_strict(stage.ws, stage.actor, desk, nonce="accept")
    assert tightening.accept_strict(stage.ws, stage.actor, desk, nonce="accept").revision == saved.revision
    assert saved.revision == tool.revision + 1
    function = json.loads(saved.tool.definition.text)["function"]
    assert function["strict"] is True
    assert function["description"] == "Says where a parcel is."
    assert function["parameters"]["required"] == ["order_id", "note"]
    assert saved.tool.side_effect == "read"
    assert drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool.id) == {}
    assert tightening.preview_strict(stage.ws, desk_of(stage, tool.id)).changes == ()


def test_a_desk_with_broken_json_says_why_not(stage: Stage) -> None:
    tool = save(stage)
    tool_desk.write_field(stage.ws, stage.actor, desk_of(stage, tool.id), "parameters", "{")
    with pytest.raises(BlockedError):
        tightening.preview_strict(stage.ws, desk_of(stage, tool.id))
