"""A conversation begun for a cell or a figure of Health: its turns stand there, what they say is a person's work."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import NotFoundError
from curation.model.definition import Tool
from curation.model.example import Example, Label
from curation.model.people import Actor
from curation.model.traits import Trait
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict
from curation.rules.coverage import value_text
from curation.rules.offer import open_tool
from curation.services.call_edits import add_call
from curation.services.cataloguing import list_tools
from curation.services.turn_edits import add_turn, blank_example
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, new_example


def begin_showing(ws: Workspace, actor: Actor, project_id: str, wanted: Trait, *, nonce: str) -> ExampleView:
    """A new draft laid out so that it comes to show something; what it says is a person's work."""
    tools = {view.name: view.tool for view in list_tools(ws, project_id)}
    return new_example(ws, actor, project_id, lay_out(tools, wanted), nonce=nonce)


def lay_out(tools: Mapping[str, Tool], wanted: Trait) -> Example:
    """The empty turns of an example that is to show something, with the label, tag or value that is known."""
    if not tools:
        raise NotFoundError("The project has no tools yet.", hint="Add a tool to the catalogue first.")
    first, parts = next(iter(tools)), wanted.parts
    if wanted.kind == "cell":
        return lay_out_turns(tools, *parts)
    if wanted.kind == "reason":
        return _label(lay_out_turns(tools, first, "no_call"), Label(reason=parts[0]))
    if wanted.kind in ("given", "omitted", "value", "options"):
        called = lay_out_turns(tools, parts[0], "single")
        return _give(called, _value(tools[parts[0]], *parts[1:])) if wanted.kind == "value" else called
    example = lay_out_turns(tools, first, "single")
    return msgspec.structs.replace(example, tags=(parts[0],)) if wanted.kind == "tag" else example


def _label(example: Example, label: Label) -> Example:
    *before, last = example.messages
    return msgspec.structs.replace(example, messages=(*before, msgspec.structs.replace(last, label=label)))


def _value(tool: Tool, parameter: str, shown: str) -> dict[str, Json]:
    """A value of a parameter's fixed list as the list has it, found by how it is counted."""
    schema = open_tool(tool.definition.text).property(parameter)
    listed = schema.get("enum")
    return (
        {parameter: next((one for one in listed if value_text(one) == shown), shown)}
        if isinstance(listed, list)
        else {}
    )


def _give(example: Example, values: Mapping[str, Json]) -> Example:
    """The last call with these values beside what it has."""
    *before, last = example.messages
    calls = last.calls or ()
    if not calls or not isinstance(calls[-1].arguments, Arguments):
        return example
    known = parse_strict(calls[-1].arguments.text).value
    given = {**(known if isinstance(known, dict) else {}), **values}
    text = msgspec.json.encode(given).decode()
    call = msgspec.structs.replace(calls[-1], arguments=Arguments(text, form=calls[-1].arguments.form))
    turn = msgspec.structs.replace(last, calls=(*calls[:-1], call))
    return msgspec.structs.replace(example, messages=(*before, turn))


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
