"""Mocked results: what a tool would answer, drawn from its result schema."""

from __future__ import annotations

from random import Random

import msgspec

from curation.execution.drawing import draw_object
from curation.model.definition import Tool
from curation.model.values import Json
from curation.schemas import compile_schema

_DRAWS = 12


def mock_result(tool: Tool, rng: Random) -> dict[str, Json]:
    """A result that fits the tool's result schema; `{"ok": true}` when it declares none or none fits."""
    for _ in range(_DRAWS if tool.result_schema else 0):
        result = draw_object(_schema_of(tool), rng)
        if result and not compile_schema(tool.result_schema or "{}").errors(result):
            return result
    return {"ok": True}


def _schema_of(tool: Tool) -> dict[str, Json]:
    try:
        schema = msgspec.json.decode(tool.result_schema or "{}")
    except msgspec.DecodeError:
        return {}
    return schema if isinstance(schema, dict) else {}
