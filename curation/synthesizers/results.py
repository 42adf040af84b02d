"""What a tool answers a call with, in values as people know them; what the call named comes back as it was named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from curation.execution.mocks import mock_result
from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.outcome import has_failed
from curation.schemas import Compiled, compile_schema
from curation.synthesizers.acting import is_own_id, looks
from curation.synthesizers.actions import is_plural
from curation.synthesizers.arguments import RESULT, ArgumentDraws
from curation.synthesizers.contents import fill_free, name_kind
from curation.synthesizers.details import label_words
from curation.synthesizers.finding import keep_true, name_ends
from curation.synthesizers.one_person import agree_on_person
from curation.synthesizers.ordering import change_records, in_time_order, put_in_order
from curation.synthesizers.states import fit_state
from curation.synthesizers.subjects import things_of
from curation.synthesizers.wordings import result_of

_TRIES = 6
_WENT_WELL = re.compile(r"^(?:ok|success|successful|deleted|accepted|done|cancelled|canceled|created|updated|valid)$")

_FAILED = frozenset({"failed", "error", "errored", "rejected"})
_TROUBLE = frozenset({"error", "errors", "failure", "failure_reason"})


def draw_outcome(draws: ArgumentDraws, tool: Tool, arguments: dict[str, Json]) -> Json:
    """A result the tool's result schema accepts.

    Where it has none, a look brings what such a look may bring, and anything else `{"ok": true}`.
    """
    schema = result_of(tool)
    compiled = compile_schema(tool.result_schema or "{}")
    if not schema and looks(tool):
        return keep_true(_draw_unknown(draws, tool), tool, arguments, draws.rng)
    mends = _mends(draws, tool, arguments, schema)
    for _ in range(_TRIES if schema else 0):
        drawn = fill_free(draws, tool, draws.draw_value(tool, RESULT, schema), schema)
        given = arguments | _whole_body(arguments)
        answered = _echo_fitting(drawn, tool, given, compiled) if isinstance(drawn, dict) else drawn
        answered = _mend(answered, mends, compiled)
        if answered not in ({}, [], [{}], "") and not compiled.errors(answered) and not _tells_failure(answered):
            return answered
    return _mend(mock_result(tool, draws.rng), mends if schema else (), compiled)


def _mend(answered: Json, mends: Sequence[Callable[[Json], Json]], compiled: Compiled) -> Json:
    """The answer after each mend that its schema takes."""
    for better in mends:
        answered = mended if not compiled.errors(mended := better(answered)) else answered
    return answered


def _whole_body(arguments: dict[str, Json]) -> dict[str, Json]:
    """The one record that is sent as the whole body of a request, alone or in a list."""
    body = arguments.get("body")
    sent = body[0] if isinstance(body, list) and len(body) == 1 else body
    return sent if isinstance(sent, dict) else {}


def _mends(
    draws: ArgumentDraws, tool: Tool, arguments: dict[str, Json], schema: dict[str, Json]
) -> tuple[Callable[[Json], Json], ...]:
    """What makes a drawn result agree with its call, one after the other."""

    def keep(one: Json) -> Json:
        return keep_true(one, tool, arguments, draws.rng)

    def fit_one(record: dict[str, Json], own: dict[str, Json]) -> dict[str, Json]:
        return fit_state(tool, _leave_out_trouble(record), own, arguments)

    def agree(record: dict[str, Json], _: dict[str, Json]) -> dict[str, Json]:
        return in_time_order(agree_on_person(tool, record, arguments | _whole_body(arguments)), arguments)

    def call_by_kind(record: dict[str, Json], own: dict[str, Json]) -> dict[str, Json]:
        return name_kind(tool, record, own, arguments)

    return (
        keep,
        lambda one: change_records(one, schema, fit_one),
        lambda one: change_records(one, schema, agree),
        lambda one: change_records(one, schema, call_by_kind),
        lambda one: put_in_order(one, tool, arguments),
        lambda one: name_ends(one, tool),
    )


def _draw_unknown(draws: ArgumentDraws, tool: Tool) -> Json:
    """What a look may bring of which nothing is known: one thing, or some where its name speaks of several."""
    words = label_words(tool.name).lower().split()
    is_of_many = "search" in words or "list" in words or (things_of(tool) and is_plural(words[-1]))
    drawn: Json = [{}, {}] if is_of_many else {}
    return fill_free(draws, tool, drawn, {})


def _leave_out_trouble(result: dict[str, Json]) -> dict[str, Json]:
    """A success without what services tell of errors in the same record; what failed keeps it."""
    if any(str(result.get(name)).lower() in _FAILED for name in ("status", "state")):
        return result
    return {name: None if name.lower() in _TROUBLE else value for name, value in result.items()}


def _tells_failure(answered: Json) -> bool:
    return has_failed(msgspec.json.encode(answered).decode())


def _echo_fitting(
    result: dict[str, Json], tool: Tool, arguments: dict[str, Json], compiled: Compiled
) -> dict[str, Json]:
    """The result with the values of the call that its schema takes."""
    told = _echo(result, tool, arguments)
    if not compiled.errors(told):
        return told
    for name, value in told.items():
        if value != result[name] and not compiled.errors(result | {name: value}):
            result = result | {name: value}
    return result


def _echo(result: dict[str, Json], tool: Tool, arguments: dict[str, Json]) -> dict[str, Json]:
    """The result about the very things the call named, and no failure told as a success."""
    told = dict(result)
    for name, value in result.items():
        if name in arguments and type(arguments[name]) is type(value):
            told[name] = arguments[name]
        elif isinstance(value, bool) and _WENT_WELL.match(name.lower()):
            told[name] = True
    if "id" in told and "id" not in arguments and (own := _own_id(tool, arguments, told["id"])) is not None:
        told["id"] = own
    return told


def _own_id(tool: Tool, arguments: dict[str, Json], drawn: Json) -> Json:
    """The id that a call is about, as the result writes ids; an order that is placed for a pet has not the pet's id."""
    ids = [name for name in arguments if label_words(name).lower().endswith(" id") and is_own_id(tool, name)]
    if len(ids) != 1:
        return None
    asked = arguments[ids[0]]
    if isinstance(drawn, int) and isinstance(asked, str) and asked.isdecimal():
        return int(asked)
    return asked if type(asked) is type(drawn) else None
