"""Known truth: right answers score as right, each way to be wrong moves its own figures, and two judges agree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import jsonschema
import msgspec
import pytest

from curation.metrics.answers import Answer
from curation.metrics.report import Report
from curation.metrics.score import METRICS, score_answers
from curation.model.definition import Definition
from curation.model.example import Example
from tests.bfcl.differences import find
from tests.bfcl.rows import FOLDER, WITH_CALLS, WITHOUT_CALLS, Row, read_rows, say

AGAINST_THEIR_OWN_SCHEMA = {
    "live_simple_71-35-0",  # A metric that its list does not have.
    "live_simple_106-63-0",  # Two required lists are left out.
    "live_simple_112-68-0",  # Five of them.
    "live_multiple_87-38-4",  # `openai`, where `openapi` is one of four kinds.
    "live_multiple_152-58-6",  # A list, where one of six words is asked for.
    "live_parallel_multiple_2-2-0",  # A command that its list does not have.
}
"""Rows whose only acceptable answer breaks the schema of the tool it calls."""
N = 10
"""Answers that are made wrong."""
OTHER = Definition(
    '{"type":"function","function":{"name":"some_other_tool","description":"Does something else.",'
    '"parameters":{"type":"object","properties":{}}}}'
)


def with_other_tool(example: Example) -> Example:
    return msgspec.structs.replace(example, tools=(*(example.tools or ()), OTHER))


def score(rows: list[Row], answers: list[Answer]) -> Report:
    return score_answers([with_other_tool(row.example) for row in rows], answers)


def call_rows() -> list[Row]:
    return [row for category in WITH_CALLS for row in read_rows(category)]


def test_right_answers_are_right() -> None:
    rows = call_rows()
    report = score(rows, [say(row.calls) for row in rows])
    figures = report.overall.metrics
    assert (figures["tool_name_accuracy"].value, figures["argument_match"].value) == (1.0, 1.0)
    invalid = {row.id for row, scored in zip(rows, report.scored, strict=True) if scored.failure}
    assert invalid == AGAINST_THEIR_OWN_SCHEMA
    assert {scored.failure for scored in report.scored} == {None, "schema_invalid"}


@pytest.mark.parametrize("row_id", sorted(AGAINST_THEIR_OWN_SCHEMA))
def test_the_rows_that_are_invalid_break_their_own_schema(row_id: str) -> None:
    row = next(row for row in call_rows() if row.id == row_id)
    schemas = {
        one.view.name: json.loads(one.text)["function"]["parameters"]
        for one in row.example.tools or ()
        if isinstance(one, Definition)
    }
    assert not all(jsonschema.Draft202012Validator(schemas[name]).is_valid(given) for name, given in row.calls)


def test_silence_is_right_where_nothing_fits() -> None:
    rows = list(read_rows(WITHOUT_CALLS))
    report = score(rows, [Answer(text="I cannot do that.") for _ in rows])
    assert (report.overall.metrics["false_call_rate"].value, len(rows)) == (0.0, 150)
    assert report.overall.metrics["missed_call_rate"].value is None


def first_text(row: Row) -> tuple[str, str]:
    """The first argument that is free text, and what it holds."""
    ((name, given), *_rest) = row.calls
    properties = next(one for one in row.functions if one["name"] == name)["parameters"]["properties"]
    for key, value in given.items():
        if (
            isinstance(value, str)
            and properties[key]["type"] == "string"
            and not {"enum", "format"} & properties[key].keys()
        ):
            return key, value
    return "", ""


def with_value(row: Row, value: Callable[[str], Any]) -> Answer:
    ((name, given), *rest) = row.calls
    key, text = first_text(row)
    return say([(name, {**given, key: value(text)}), *rest])


WRONG: dict[str, tuple[Callable[[Row], Answer], set[str]]] = {
    "unparseable": (
        lambda row: say([(row.calls[0][0], '{"a": '), *row.calls[1:]]),  # type: ignore[list-item]
        {"valid_call_rate", "tool_name_accuracy", "argument_match", "exact_match", "fuzzy_match", "harm"},
    ),
    "unknown_tool": (
        lambda row: say([("no_such_tool", row.calls[0][1]), *row.calls[1:]]),
        {"valid_call_rate", "tool_name_accuracy", "argument_match", "exact_match", "fuzzy_match", "harm"},
    ),
    "schema_invalid": (
        lambda row: with_value(row, lambda _: {"a": 1}),
        {"valid_call_rate", "argument_match", "exact_match", "fuzzy_match", "harm"},
    ),
    "wrong_tool": (
        lambda row: say([("some_other_tool", {}), *row.calls[1:]]),
        {"silent_wrong_rate", "tool_name_accuracy", "argument_match", "exact_match", "fuzzy_match", "harm"},
    ),
    "wrong_arguments": (
        lambda row: with_value(row, lambda _: "something quite different"),
        {"silent_wrong_rate", "argument_match", "exact_match", "fuzzy_match", "harm", "bad_write_rate"},
    ),
    "missed_call": (
        lambda _row: Answer(text="I will look into it."),
        {"missed_call_rate", "tool_name_accuracy", "argument_match", "exact_match", "fuzzy_match", "harm"},
    ),
}
"""The one word for what is wrong → an answer that is so, and the rates over all rows that it moves."""
OF_RIGHT_TOOLS = {one.name for one in METRICS if one.name.startswith(("field_", "lesson_"))} | {
    "argument_match_given_tool"
}
"""Rates over what was called rightly: their rows change, too."""


@pytest.mark.parametrize("failure", WRONG)
def test_each_way_to_be_wrong_moves_its_own_figures_only(failure: str) -> None:
    spoil, moved = WRONG[failure]
    rows = [row for row in read_rows("live_multiple") if row.id not in AGAINST_THEIR_OWN_SCHEMA and first_text(row)[0]]
    right = score(rows, [say(row.calls) for row in rows])
    spoilt = score(rows, [spoil(row) if n < N else say(row.calls) for n, row in enumerate(rows)])
    assert Counter(one.failure for one in spoilt.scored) == {None: len(rows) - N, failure: N}
    changed = {
        name
        for name, rate in spoilt.overall.metrics.items()
        if rate.value != right.overall.metrics[name].value and name not in OF_RIGHT_TOOLS
    }
    assert changed == moved


def test_a_call_where_nothing_fits_is_a_needless_call_and_nothing_else() -> None:
    rows = list(read_rows(WITHOUT_CALLS))
    silent = Answer(text="I cannot do that.")
    report = score(rows, [say([("some_other_tool", {})]) if n < N else silent for n in range(len(rows))])
    assert Counter(one.failure for one in report.scored) == {None: len(rows) - N, "needless_call": N}
    assert report.overall.metrics["false_call_rate"].value == pytest.approx(N / len(rows))
    assert report.overall.metrics["valid_call_rate"].value == 1.0


def test_our_verdict_differs_from_the_leaderboards_only_where_its_rules_are_known_to_err() -> None:
    found = find()
    assert "" not in found
    assert found == json.loads((FOLDER / "differences.json").read_text(encoding="utf-8"))
