"""What a tool answers a call with, in values as people know them; what the call named comes back as it was named."""

from __future__ import annotations

import re

import msgspec

from curation.execution.mocks import mock_result
from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.outcome import has_failed
from curation.schemas import compile_schema
from curation.synthesizers.arguments import RESULT, ArgumentDraws
from curation.synthesizers.details import label_words
from curation.synthesizers.states import fit_state

_TRIES = 6
_FREE_RECORD: dict[str, Json] = {"id": {"type": "integer"}, "title": {"type": "string"}}
_WENT_WELL = re.compile(r"^(?:ok|success|successful|deleted|accepted|done|cancelled|canceled|created|updated|valid)$")

_TROUBLE = frozenset({"error", "errors", "failure", "failure_reason"})


def draw_outcome(draws: ArgumentDraws, tool: Tool, arguments: dict[str, Json]) -> Json:
    """A result the tool's result schema accepts; `{"ok": true}` when it has none, or none can be drawn."""
    schema = _schema_of(tool)
    compiled = compile_schema(tool.result_schema or "{}")
    for _ in range(_TRIES if schema else 0):
        drawn = draws.draw_value(tool, RESULT, schema)
        answered = _echo(drawn, arguments) if isinstance(drawn, dict) else _fill_free(draws, tool, drawn)
        if isinstance(answered, dict) and not compiled.errors(untroubled := _leave_out_trouble(answered)):
            answered = untroubled
        if isinstance(answered, dict) and not compiled.errors(fitted := fit_state(tool, answered, schema, arguments)):
            answered = fitted
        if answered not in ({}, [], "") and not compiled.errors(answered) and not _tells_failure(answered):
            return answered
    return mock_result(tool, draws.rng)


def _fill_free(draws: ArgumentDraws, tool: Tool, drawn: Json) -> Json:
    """A list of records that may hold anything: they hold a number and a name."""
    if not isinstance(drawn, list) or any(one != {} for one in drawn):
        return drawn
    return [{key: draws.draw_value(tool, key, schema) for key, schema in _FREE_RECORD.items()} for _ in drawn]


def _leave_out_trouble(result: dict[str, Json]) -> dict[str, Json]:
    """A success without what services tell of errors in the same record."""
    return {name: None if name.lower() in _TROUBLE else value for name, value in result.items()}


def _tells_failure(answered: Json) -> bool:
    return has_failed(msgspec.json.encode(answered).decode())


def _schema_of(tool: Tool) -> dict[str, Json]:
    try:
        schema = msgspec.json.decode(tool.result_schema or "{}")
    except msgspec.DecodeError:
        return {}
    return schema if isinstance(schema, dict) else {}


def _echo(result: dict[str, Json], arguments: dict[str, Json]) -> dict[str, Json]:
    """The result about the very things the call named, and no failure told as a success."""
    told = dict(result)
    for name, value in result.items():
        if name in arguments and type(arguments[name]) is type(value):
            told[name] = arguments[name]
        elif isinstance(value, bool) and _WENT_WELL.match(name.lower()):
            told[name] = True
    ids = [name for name in arguments if label_words(name).lower().endswith(" id")]
    if "id" in told and "id" not in arguments and len(ids) == 1 and type(arguments[ids[0]]) is type(told["id"]):
        told["id"] = arguments[ids[0]]
    return told
