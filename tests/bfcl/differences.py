"""Where our verdict on an answer is another one than the leaderboard's, and why.

`python -m tests.bfcl.differences > tests/data/bfcl_live/differences.json` writes them down.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema

from curation.metrics.score import score_answers
from curation.model.definition import Definition
from tests.bfcl.rows import WITH_CALLS, Row, answers, read_rows, say
from tests.bfcl.rules import Called, accepts

Found = dict[str, dict[str, list[str]]]
"""Why → way of answering → rows."""
TOO_SOFT = "texts are compared without case, spaces and punctuation: another id, address or name passes"
NO_SCHEMA = "the tool would refuse it: enums, bounds and types of its schema are not looked at"
WHOLE = "a whole number may be written with a point"
IN_LIST = "a whole number in a list of numbers is a number"
DEFAULT = "an argument that is left out has its declared default"


def find() -> Found:
    """Every answer that is judged differently, by its reason; one without a known reason has none."""
    found: Found = {}
    for category in WITH_CALLS:
        for row in read_rows(category):
            given = list(answers(row))
            report = score_answers([row.example] * len(given), [say(calls) for _, calls in given])
            for (way, calls), scored in zip(given, report.scored, strict=True):
                is_right = scored.failure is None
                if is_right != accepts(row.functions, row.truth, calls):
                    why = _why_right(row, calls) if is_right else _why_wrong(row, calls)
                    found.setdefault(why, {}).setdefault(way, []).append(row.id)
    return found


def _why_wrong(row: Row, calls: list[Called]) -> str:
    if not accepts(row.functions, row.truth, calls, soften=str):
        return TOO_SOFT
    return "" if all(_fits_schema(row, call) for call in calls) else NO_SCHEMA


def _fits_schema(row: Row, call: Called) -> bool:
    schema = _schema_of(row, call[0])
    return jsonschema.Draft202012Validator(schema).is_valid(call[1])


def _schema_of(row: Row, name: str) -> dict[str, Any]:
    tools = [one for one in row.example.tools or () if isinstance(one, Definition)]
    text = next(one.text for one in tools if one.view.name == name)
    schema: dict[str, Any] = json.loads(text)["function"]["parameters"]
    return schema


def _why_right(row: Row, calls: list[Called]) -> str:
    for why, mend in _MENDS.items():
        mended = [(name, mend(_schema_of(row, name), given)) for name, given in calls]
        if json.dumps(mended) != json.dumps(calls) and accepts(row.functions, row.truth, mended):
            return why
    return ""


def _written_whole(_schema: object, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _written_whole(None, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_written_whole(None, one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_numbers(_schema: object, given: dict[str, Any]) -> dict[str, Any]:
    def number(value: Any) -> Any:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    return {key: [number(one) for one in value] if isinstance(value, list) else value for key, value in given.items()}


def _with_defaults(schema: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    declared = {key: one["default"] for key, one in schema["properties"].items() if one.get("default") is not None}
    required = {key: declared[key] for key in declared if key not in given}
    return {**required, **given}


_MENDS: dict[str, Callable[[Any, Any], Any]] = {WHOLE: _written_whole, IN_LIST: _as_numbers, DEFAULT: _with_defaults}
"""Why an answer is right → the same answer in the leaderboard's own spelling."""

if __name__ == "__main__":
    print(json.dumps(find(), indent=1, ensure_ascii=False))
