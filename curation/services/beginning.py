"""A conversation begun for one cell of the coverage map: its turns stand there, what they say is a person's work."""

from __future__ import annotations

from collections.abc import Mapping

from curation.errors import NotFoundError
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.people import Actor
from curation.services.call_edits import add_call
from curation.services.cataloguing import list_tools
from curation.services.turn_edits import add_turn, blank_example
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, new_example


def begin_example(
    ws: Workspace, actor: Actor, project_id: str, tool_name: str, category: str, *, nonce: str
) -> ExampleView:
    """A new draft of this category that calls the tool, or only offers it where nothing is called."""
    tools = {view.name: view.tool for view in list_tools(ws, project_id)}
    return new_example(ws, actor, project_id, lay_out_turns(tools, tool_name, category), nonce=nonce)


def lay_out_turns(tools: Mapping[str, Tool], tool_name: str, category: str) -> Example:
    """The empty turns of a category."""
    if tool_name not in tools:
        raise NotFoundError(f"There is no tool `{tool_name}` in this project.")
    example = blank_example(tuple(tool.definition for tool in tools.values()))
    if category == "no_call":
        return add_turn(example, "assistant")
    wanted = tools[tool_name].definition
    called = add_call(example, wanted)
    return add_call(called, wanted, len(called.messages) - 1) if category == "parallel" else called
