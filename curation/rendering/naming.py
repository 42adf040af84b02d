"""How a sentence names the place of a row that a mark stands for."""

from __future__ import annotations

from curation.model.values import Json
from curation.rendering.rows import ChatRow
from curation.rendering.tool_marking import Mark
from curation.schemas.pointers import unescape_step

OF_A_CALL = frozenset({"name", "key", "value", "arguments"})
OF_A_DEFINITION = frozenset({"tool", "parameter", "inner parameter", "description"})
_LONGEST_NAME = 60
_TEXTS = {"result": "this tool result", "text": "this text", "thought": "this thought"}


def name_place(row: ChatRow, mark: Mark) -> str:
    """The place as people call it: "the call of `search`", "the value of `city`"."""
    if mark.part in _TEXTS:
        return _TEXTS[mark.part]
    if mark.part in OF_A_DEFINITION:
        return _name_in_definition(row, mark)
    called = _quoted(value_at(row, f"{mark.owner}/function/name"), "this tool")
    if mark.at == mark.owner:
        return f"the call of {called}"
    if mark.part == "name":
        return f"the name of the call of {called}"
    if mark.part == "arguments":
        return f"the arguments of {called}"
    last = f"`{unescape_step(mark.at.rpartition('/')[2])[:_LONGEST_NAME]}`"
    return f"the argument {last} of {called}" if mark.part == "key" else f"the value of {last} for {called}"


def _name_in_definition(row: ChatRow, mark: Mark) -> str:
    definition = value_at(row, mark.owner)
    function = definition.get("function", definition) if isinstance(definition, dict) else None
    tool = _quoted(function.get("name") if isinstance(function, dict) else None, "this tool")
    if mark.part == "tool":
        return f"the definition of {tool}"
    steps = mark.at.removesuffix("/description").split("/")
    inner = f"`{unescape_step(steps[-1])[:_LONGEST_NAME]}` of " if "properties" in steps else ""
    return f"the {'description of ' if mark.part == 'description' else 'parameter '}{inner}{tool}"


def _quoted(name: Json, otherwise: str) -> str:
    return f"`{name[:_LONGEST_NAME]}`" if isinstance(name, str) and name.strip() else otherwise


def value_at(row: ChatRow, at: str) -> Json:
    """What stands at a place of the row, None where nothing does."""
    value: Json = {"messages": list(row.messages), "tools": list(row.tools)}
    for step in at.split("/")[1:]:
        try:
            value = value[int(step)] if isinstance(value, list) else value[unescape_step(step)]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value
