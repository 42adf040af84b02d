"""What a model does not see of a tool is stored whole, and what older revisions wrote is still read."""

from __future__ import annotations

from pathlib import Path

from curation.model.definition import Definition, Execution, Policy, Sample, Tool, ToolError
from curation.services import cataloguing, people, projects
from curation.services.workspace import open_workspace
from db.tool_texts import join_tool

TOOL = Tool(
    Definition('{"type":"function","function":{"name":"refund","parameters":{"type":"object"}}}'),
    side_effect="destructive",
    policy=Policy("Only late parcels", approval="over 100 EUR", approver="a lead", forbidden_roles=("trainee",)),
    errors=(ToolError("Too many", code="429", kind="transient", retry_after_s=5), ToolError("gone")),
    execution=Execution(timeout_s=2.5, retry="after_reading", most_retries=2, rate_calls=10, rate_period_s=60),
    samples=(Sample("late", '{"n": 1.0}', result='{"ok": true}'), Sample("gone", error="gone")),
)


def test_everything_said_about_a_tool_is_stored(tmp_path: Path) -> None:
    ws = open_workspace(tmp_path / "workspace")
    actor = people.local_actor(ws)
    project = projects.create_project(ws, actor, "shop", nonce="project")
    saved = cataloguing.save_tool(ws, actor, project.id, TOOL, nonce="tool")
    assert cataloguing.get_tool(ws, saved.id).tool == TOOL
    ws.close()


def test_errors_stored_as_bare_messages_are_read() -> None:
    tool = join_tool(TOOL.definition.text, '{"side_effect":"read","errors":["gone","busy"]}')
    assert tool.errors == (ToolError("gone"), ToolError("busy"))


def test_a_catalogue_without_later_facts_keeps_the_digest_it_had() -> None:
    plain = Tool(TOOL.definition, side_effect="read", errors=(ToolError("gone"),))
    digest = cataloguing.hash_catalogue([plain])
    assert digest == "442b7cacb1ea2a47d0c2b7930092c891e734b2e23e912961d695144f8d33cbaa"
    assert digest != cataloguing.hash_catalogue([TOOL])
