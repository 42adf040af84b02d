"""Tools as an OpenAPI 3.1 document: each one a `POST` with its arguments as the JSON body."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote as quote_path

import msgspec

from curation.errors import UnreadableError
from curation.model.definition import Tool
from curation.model.values import Json
from curation.toolkits.contract import Loss, Schema, ToolsWritten
from curation.toolkits.own_facts import extra_keys, write_facts

FACTS_KEY = "x-callwright"
BASE = "urn:callwright:tool:"
"""Marks a schema whose references lead to places in itself, which would be places in the document otherwise."""
_OPEN: Schema = {"type": "object", "properties": {}}


def write_document(tools: Sequence[Tool]) -> ToolsWritten:
    """The document, laid out for reading; the same tools give the same bytes."""
    losses: list[Loss] = []
    paths: Schema = {}
    for tool in tools:
        path = f"/{quote_path(tool.name, safe='')}"
        while path in paths:
            path += "_"
        paths[path] = {"post": _write_operation(tool, losses)}
    document: Schema = {"openapi": "3.1.0", "info": {"title": "Tools", "version": "1"}, "paths": paths}
    text = msgspec.json.format(msgspec.json.encode(document), indent=1).decode()
    return ToolsWritten(text + "\n", tuple(losses))


def _write_operation(tool: Tool, losses: list[Loss]) -> Schema:
    view = tool.definition.view
    losses += [Loss(tool.name, f"left out: `{key}`") for key in extra_keys(tool.definition)]
    operation: Schema = {"operationId": tool.name}
    if view.description is not None:
        operation["description"] = view.description
    schema = view.parameters if view.parameters is not None else _OPEN
    if isinstance(schema, dict) and "$id" not in schema and has_reference(schema):
        schema = {"$id": BASE + quote_path(tool.name, safe=""), **schema}
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation["responses"] = _write_responses(tool)
    operation[FACTS_KEY] = write_facts(tool)
    return operation


def _write_responses(tool: Tool) -> Schema:
    done: Schema = {"description": "The result."}
    if tool.result_schema and (schema := _parse(tool.result_schema)) is not None:
        done["content"] = {"application/json": {"schema": schema}}
    responses: Schema = {"200": done}
    for error in tool.errors:
        status = error.code if len(error.code) == 3 and error.code.isdigit() and error.code[0] in "45" else "default"
        responses.setdefault(status, {"description": error.message})
    return responses


def _parse(text: str) -> Json:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnreadableError):
        return None


def has_reference(value: Json) -> bool:
    """Whether a `$ref` stands anywhere inside."""
    if isinstance(value, dict):
        return isinstance(value.get("$ref"), str) or any(has_reference(one) for one in value.values())
    return isinstance(value, list) and any(has_reference(one) for one in value)
