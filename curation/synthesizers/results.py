"""What a tool answers a call with, in values as people know them; what the call named comes back as it was named."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from curation.execution.mocks import mock_result
from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.outcome import has_failed
from curation.schemas import Compiled, compile_schema
from curation.synthesizers.acting import looks
from curation.synthesizers.actions import is_plural
from curation.synthesizers.arguments import RESULT, ArgumentDraws
from curation.synthesizers.contents import fill_free, keep_true
from curation.synthesizers.details import label_words
from curation.synthesizers.states import fit_state
from curation.synthesizers.subjects import things_of

_TRIES = 6
_WENT_WELL = re.compile(r"^(?:ok|success|successful|deleted|accepted|done|cancelled|canceled|created|updated|valid)$")

_TROUBLE = frozenset({"error", "errors", "failure", "failure_reason"})


def draw_outcome(draws: ArgumentDraws, tool: Tool, arguments: dict[str, Json]) -> Json:
    """A result the tool's result schema accepts.

    Where it has none, a look brings what such a look may bring, and anything else `{"ok": true}`.
    """
    schema = _schema_of(tool)
    compiled = compile_schema(tool.result_schema or "{}")
    if not schema and looks(tool):
        return keep_true(_draw_unknown(draws, tool), tool, arguments, draws.rng)
    for _ in range(_TRIES if schema else 0):
        drawn = fill_free(draws, tool, draws.draw_value(tool, RESULT, schema), schema)
        answered = _echo_fitting(drawn, arguments, compiled) if isinstance(drawn, dict) else drawn
        for better in _mends(draws, tool, arguments, schema):
            answered = mended if not compiled.errors(mended := better(answered)) else answered
        if answered not in ({}, [], [{}], "") and not compiled.errors(answered) and not _tells_failure(answered):
            return answered
    return mock_result(tool, draws.rng)


def _mends(
    draws: ArgumentDraws, tool: Tool, arguments: dict[str, Json], schema: dict[str, Json]
) -> tuple[Callable[[Json], Json], ...]:
    """What makes a drawn result agree with its call, one after the other."""

    def keep(one: Json) -> Json:
        return keep_true(one, tool, arguments, draws.rng)

    def fit(one: Json) -> Json:
        return fit_state(tool, one, schema, arguments) if isinstance(one, dict) else one

    return keep, _leave_out_trouble, fit


def _draw_unknown(draws: ArgumentDraws, tool: Tool) -> Json:
    """What a look may bring of which nothing is known: one thing, or some where its name speaks of several."""
    words = label_words(tool.name).lower().split()
    is_of_many = "search" in words or "list" in words or (things_of(tool) and is_plural(words[-1]))
    drawn: Json = [{}, {}] if is_of_many else {}
    return fill_free(draws, tool, drawn, {})


def _leave_out_trouble(result: Json) -> Json:
    """A success without what services tell of errors in the same record."""
    if not isinstance(result, dict):
        return result
    return {name: None if name.lower() in _TROUBLE else value for name, value in result.items()}


def _tells_failure(answered: Json) -> bool:
    return has_failed(msgspec.json.encode(answered).decode())


def _schema_of(tool: Tool) -> dict[str, Json]:
    try:
        schema = msgspec.json.decode(tool.result_schema or "{}")
    except msgspec.DecodeError:
        return {}
    return schema if isinstance(schema, dict) else {}


def _echo_fitting(result: dict[str, Json], arguments: dict[str, Json], compiled: Compiled) -> dict[str, Json]:
    """The result with the values of the call that its schema takes."""
    told = _echo(result, arguments)
    if not compiled.errors(told):
        return told
    for name, value in told.items():
        if value != result[name] and not compiled.errors(result | {name: value}):
            result = result | {name: value}
    return result


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
