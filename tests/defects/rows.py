"""Real rows to damage, and the way to their parts."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

Row = dict[str, Any]
FOLDER = Path(__file__).parents[1] / "data" / "defects"


@cache
def real_rows() -> dict[str, str]:
    """Id → row as JSON text."""
    rows = [json.loads(line) for line in (FOLDER / "rows.jsonl").read_text().splitlines()]
    return {row.pop("id"): json.dumps(row, ensure_ascii=False) for row in rows}


@cache
def natural_faults() -> dict[str, list[str]]:
    """Id → codes of the faults that a row really has."""
    faults: dict[str, list[str]] = json.loads((FOLDER / "natural.json").read_text())
    return faults


def calls(row: Row) -> list[tuple[int, int, Row]]:
    """Turn, place and call of every tool call."""
    return [(m, c, call) for m, turn in enumerate(row["messages"]) for c, call in enumerate(turn.get("tool_calls", []))]


def arguments(call: Row) -> Row:
    values: Row = json.loads(call["function"]["arguments"])
    return values


def set_arguments(call: Row, values: Any) -> None:
    call["function"]["arguments"] = json.dumps(values, ensure_ascii=False)


def turns(row: Row, role: str) -> list[Row]:
    return [turn for turn in row["messages"] if turn["role"] == role]


def functions(row: Row) -> list[Row]:
    """The function of every offered tool."""
    return [tool["function"] for tool in row.get("tools", [])]


def function_of(row: Row, call: Row) -> Row | None:
    return next((one for one in functions(row) if one["name"] == call["function"]["name"]), None)


def properties(row: Row, call: Row) -> Row:
    """The parameters of the tool that is called."""
    function = function_of(row, call)
    return function["parameters"].get("properties", {}) if function else {}


def filled(row: Row, *kinds: str) -> Iterator[tuple[Row, str, Any]]:
    """Call, argument and value of every given argument whose schema has one of these types; any type without."""
    for _, _, call in calls(row):
        schemas = properties(row, call)
        for key, value in arguments(call).items():
            if key in schemas and (not kinds or schemas[key].get("type") in kinds):
                yield call, key, value


def answered(row: Row) -> bool:
    """Whether the row ends in words after a result."""
    last = row["messages"][-2:]
    return len(last) == 2 and last[0]["role"] == "tool" and last[1]["role"] == "assistant" and "content" in last[1]


def with_call(name: str, values: Row, identifier: str = "call_z") -> Row:
    """An assistant turn with one call."""
    function = {"name": name, "arguments": json.dumps(values, ensure_ascii=False)}
    return {"role": "assistant", "tool_calls": [{"id": identifier, "type": "function", "function": function}]}


def result(value: Any, identifier: str = "call_z") -> Row:
    content = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"role": "tool", "tool_call_id": identifier, "content": content}


def tool(name: str, /, **kinds: str) -> Row:
    """A definition with required, described parameters of these types."""
    fields = {key: {"type": kind, "description": f"The {key.replace('_', ' ')}."} for key, kind in kinds.items()}
    parameters = {"type": "object", "properties": fields, "required": list(kinds)}
    return {"type": "function", "function": {"name": name, "description": f"Does {name}.", "parameters": parameters}}


def user(text: str) -> Row:
    return {"role": "user", "content": text}


def says(text: str) -> Row:
    return {"role": "assistant", "content": text}


def copied(value: Any) -> Any:
    return copy.deepcopy(value)
