"""The tool that hands a case to a person, and the call that does it."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from curation.execution.drawing import draw, type_of
from curation.execution.handing_over import hands_over
from curation.model.definition import Tool
from curation.model.example import Call, Example
from curation.model.values import Json
from curation.services.text_fields import field_text


def find_escalation(call: Call, example: Example, tools: Mapping[str, Tool]) -> Tool | None:
    """The offered tool whose name says that it hands over to a person."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    names = [one.view.name or "" for one in offered]
    failed = field_text(call.name)
    return next((tools[name] for name in names if name in tools and name != failed and hands_over(name)), None)


def handing_over(tool: Tool, known: dict[str, Json], reason: str) -> dict[str, Json]:
    """What is known already, and every other needed argument: free text says why, the rest is drawn to fit."""
    parameters = tool.definition.view.parameters
    schema = parameters if isinstance(parameters, dict) else {}
    properties, required = schema.get("properties"), schema.get("required")
    fields = properties if isinstance(properties, dict) else {}
    needed = [str(name) for name in required] if isinstance(required, list) else []
    fresh = {name: _value(name, fields.get(name, {}), reason) for name in needed if name not in known}
    return {**known, **fresh}


def _value(name: str, schema: Json, reason: str) -> Json:
    is_free = isinstance(schema, dict) and type_of(schema) == "string" and not _LIMITS.intersection(schema)
    # The same call for the same place: drawn values must not change when the draft is made again.
    return reason if is_free else draw(schema, Random(name), name=name)


_LIMITS = frozenset({"enum", "const", "pattern", "format", "maxLength", "examples"})
