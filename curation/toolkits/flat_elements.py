"""A tool as one flat object, as Anthropic and MCP write it."""

from __future__ import annotations

import msgspec

from curation.model.definition import Tool
from curation.model.source import one_line, quote, write_object

EMPTY = '{"type":"object","properties":{}}'


def write_flat(
    tool: Tool, schema_key: str, *, keep_strict: bool = False, more: list[tuple[str, str]] | None = None
) -> str:
    """Name, description and schema, with what the form adds behind them; the schema keeps its exact text."""
    view = tool.definition.view
    members = [("name", quote(tool.name))]
    if view.description is not None:
        members.append(("description", quote(view.description)))
    members.append((schema_key, one_line(view.parameters_text or EMPTY)))
    value = view.value if isinstance(view.value, dict) else {}
    inner = value.get("function") if isinstance(value.get("function"), dict) else value
    if keep_strict and isinstance(inner, dict) and "strict" in inner:
        members.append(("strict", msgspec.json.encode(inner["strict"]).decode()))
    return write_object(members + (more or []))
