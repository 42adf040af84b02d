"""The leaderboard's live rows, and what a model might have answered: right in other words, or wrong in one way."""

from __future__ import annotations

import gzip
import json
import string
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from curation.formats.bfcl import FORMAT
from curation.metrics.answers import Answer, read_answer_line
from curation.model.example import Example
from curation.model.reading import Reading
from curation.model.values import Arguments
from tests.bfcl.rules import Called, Function, Truth

FOLDER = Path(__file__).parents[1] / "data" / "bfcl_live"
WITH_CALLS = ("live_simple", "live_multiple", "live_parallel", "live_parallel_multiple")
WITHOUT_CALLS = "live_irrelevance"


class Row(NamedTuple):
    """One row with the calls that are learnt from it."""

    id: str
    functions: list[Function]
    truth: list[Truth]
    example: Example
    calls: list[Called]


def _lines(name: str) -> list[dict[str, Any]]:
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


@cache
def read_rows(category: str) -> tuple[Row, ...]:
    """All rows of a category; those without calls expect none."""
    has_calls = category in WITH_CALLS
    truths = {one["id"]: one["ground_truth"] for one in _lines(f"{category}.possible_answers")} if has_calls else {}
    return tuple(_row(line, truths.get(line["id"], [])) for line in _lines(category))


def _row(line: dict[str, Any], truth: list[Truth]) -> Row:
    reading = FORMAT.read(json.dumps(line | {"ground_truth": truth}).encode())
    assert isinstance(reading, Reading)
    calls = []
    for one in reading.example.messages[-1].calls or ():
        assert isinstance(one.arguments, Arguments)
        calls.append((str(one.name), json.loads(one.arguments.text)))
    return Row(line["id"], line["function"], truth, reading.example, calls)


def say(calls: list[Called]) -> Answer:
    """An answer that makes these calls; arguments that are text already are sent as they are."""
    made = [
        {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": _text(arguments)}}
        for n, (name, arguments) in enumerate(calls)
    ]
    return read_answer_line(
        json.dumps({"message": {"role": "assistant", "content": None, "tool_calls": made}}).encode()
    )


def _text(arguments: object) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


# Other ways to answer


def _each_value(change: Callable[[Any], Any]) -> Callable[[Row], list[Called]]:
    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(one) for one in value]
        if isinstance(value, dict):
            return {key: changed(one) for key, one in value.items()}
        return change(value)

    return lambda row: [(name, {key: changed(one) for key, one in given.items()}) for name, given in row.calls]


def _strings(change: Callable[[str], str]) -> Callable[[Row], list[Called]]:
    return _each_value(lambda value: change(value) if isinstance(value, str) else value)


def _last_acceptable(row: Row) -> list[Called]:
    calls = []
    for (name, given), wanted in zip(row.calls, row.truth, strict=True):
        others = {key: [one for one in values if one != ""] for key, values in wanted[name].items()}
        plain = {key: values[-1] for key, values in others.items() if values and not _is_nested(values[-1])}
        calls.append((name, {**given, **plain}))
    return calls


def _is_nested(value: object) -> bool:
    """Whether an acceptable value is written as lists for its members, so that it is no value itself."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _fewest(row: Row) -> list[Called]:
    return [
        (name, {key: one for key, one in given.items() if "" not in wanted[name].get(key, [""])})
        for (name, given), wanted in zip(row.calls, row.truth, strict=True)
    ]


def _without_first(row: Row) -> list[Called]:
    return [(name, dict(list(given.items())[1:])) for name, given in row.calls]


def _with_another(row: Row) -> list[Called]:
    return [(name, {**given, "no_such_argument": 1}) for name, given in row.calls]


def _other_tool(row: Row) -> list[Called]:
    name, given = row.calls[0]
    other = next((one["name"] for one in row.functions if one["name"] != name), name)
    return [(other, given), *row.calls[1:]]


def _numbers(change: Callable[[float], Any]) -> Callable[[Row], list[Called]]:
    return _each_value(
        lambda value: change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    )


def _lists_turned(row: Row) -> list[Called]:
    return [
        (name, {key: one[::-1] if isinstance(one, list) else one for key, one in given.items()})
        for name, given in row.calls
    ]


WAYS: dict[str, Callable[[Row], list[Called]]] = {
    "as it stands": lambda row: row.calls,
    "the last acceptable values": _last_acceptable,
    "as few arguments as may be": _fewest,
    "calls in another order": lambda row: row.calls[::-1],
    "strings in capitals": _strings(str.upper),
    "strings without punctuation": _strings(lambda text: text.translate(str.maketrans("", "", string.punctuation))),
    "strings without spaces": _strings(lambda text: text.replace(" ", "")),
    "strings with a word more": _strings(lambda text: f"{text} please"),
    "whole numbers with a point": _numbers(float),
    "numbers as text": _numbers(str),
    "numbers one higher": _numbers(lambda number: number + 1),
    "lists turned around": _lists_turned,
    "the first argument left out": _without_first,
    "an argument nobody knows": _with_another,
    "another tool": _other_tool,
    "one call less": lambda row: row.calls[1:],
    "one call twice": lambda row: [*row.calls, row.calls[0]],
}
"""A name for each way to answer."""


def answers(row: Row) -> Iterator[tuple[str, list[Called]]]:
    """Each way whose calls differ from those before."""
    seen: list[list[Called]] = []
    for name, way in WAYS.items():
        calls = way(row)
        if not any(_same(calls, other) for other in seen):
            seen.append(calls)
            yield name, calls


def _same(one: list[Called], other: list[Called]) -> bool:
    return json.dumps(one) == json.dumps(other)
