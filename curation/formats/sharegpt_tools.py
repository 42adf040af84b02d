"""Definitions as LLaMA-Factory reads them without stopping: in their wrapper, with `parameters.properties`."""

from __future__ import annotations

from curation.formats.contract import Loss
from curation.formats.shared_tools import Tools, kept_for_tools
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of
from curation.formats.tools_text import can_count, quote_tools
from curation.formats.turns import UnwritableError
from curation.model.source import one_line
from curation.model.values import UnsetType
from curation.reading.scan import escape_step

_NOT_PRINTED = "a choice or list that LLaMA-Factory's default tool format cannot print; train with another template"


def write_tools(tools: Tools | UnsetType | None) -> tuple[str, tuple[Loss, ...]]:
    """The JSON source of the column, and what changes; no tools are an empty text, so that the column is always there.

    Raises:
        UnwritableError: a definition would stop the whole training run.
    """
    if tools is None or isinstance(tools, UnsetType):
        return ("null" if tools is None else '""'), ()
    return _write_list(tools)


@kept_for_tools
def _write_list(tools: Tools) -> tuple[str, tuple[Loss, ...]]:
    sources: list[str] = []
    losses: list[Loss] = []
    for k, tool in enumerate(tools):
        source, changes = _write_tool(k, tool.text)
        sources.append(source)
        losses += changes
    return quote_tools(sources), tuple(losses)


def _write_tool(k: int, text: str) -> tuple[str, tuple[Loss, ...]]:
    outer = cut_object(text) or {}
    inner = cut_object(outer.get("function"))
    function, at = (outer, f"/tools/{k}") if inner is None else (inner, f"/tools/{k}/function")
    if text_of(function.get("name")) is None:
        raise UnwritableError(f"Tool {k + 1} has no name.")
    if not can_count(text):
        raise UnwritableError(f"Tool {k + 1} holds a number of more than 4,300 digits.")
    completed, losses = _complete(k, at, function)
    if inner is not None:
        if outer.get("type") != '"function"':
            losses.append(Loss(f"/tools/{k}/type", "type of the definition, which is written as `function`"))
        completed = {**outer, "type": '"function"', "function": paste(completed)}
    elif outer.get("type") == '"function"':
        del completed["type"]
    is_changed = len(completed) != len(outer) or any(loss.what != _NOT_PRINTED for loss in losses)
    return (paste(completed) if is_changed else one_line(text)), tuple(losses)


def _complete(k: int, at: str, function: Members) -> tuple[Members, list[Loss]]:
    """The function with the parts that LLaMA-Factory looks into."""
    losses: list[Loss] = []
    given = function.get("parameters", "null")
    if given == "null":
        losses.append(Loss(f"{at}/parameters", "no parameters; an empty schema is written"))
        return {**function, "parameters": '{"type":"object","properties":{}}'}, losses
    parameters = cut_object(given)
    if parameters is None:
        raise UnwritableError(f"The parameters of tool {k + 1} are no object; LLaMA-Factory would stop at them.")
    if parameters.get("properties", "null") == "null":
        parameters["properties"] = "{}"
        losses.append(Loss(f"{at}/parameters/properties", "no properties; an empty object is written"))
    if parameters.get("required") == "null":
        del parameters["required"]
        losses.append(Loss(f"{at}/parameters/required", "null as the required parameters"))
    if cut_list(parameters.get("required", "[]")) is None:
        raise UnwritableError(f"`required` of tool {k + 1} is no list; LLaMA-Factory would stop at it.")
    losses += _list_unprinted(k, f"{at}/parameters/properties", parameters["properties"])
    return {**function, "parameters": paste(parameters)}, losses


def _list_unprinted(k: int, at: str, source: str) -> list[Loss]:
    properties = cut_object(source)
    losses: list[Loss] = []
    if properties is None:
        raise UnwritableError(f"The properties of tool {k + 1} are no object; LLaMA-Factory would stop at them.")
    for name, schema in properties.items():
        members = cut_object(schema)
        if members is None:
            raise UnwritableError(f"Parameter `{name}` of tool {k + 1} is no object; LLaMA-Factory would stop at it.")
        place = f"{at}/{escape_step(name)}"
        choices = cut_list(members.get("enum", "[]"))
        if choices is None or not all(choice.startswith('"') for choice in choices):
            losses.append(Loss(f"{place}/enum", _NOT_PRINTED))
        if cut_object(members.get("items", "{}")) is None:
            losses.append(Loss(f"{place}/items", _NOT_PRINTED))
    return losses
