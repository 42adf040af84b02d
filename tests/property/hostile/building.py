"""What rows built against the rules are made of, and the table they are entered in."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

N = 1_000_000
"""Bytes of a row, about."""
Turns = list[dict[str, Any]]
Tools = list[dict[str, Any]]
Shape = Callable[[], tuple[Turns, Tools]]


def call(number: int, name: str = "find", raw: str | None = None, **arguments: Any) -> dict[str, Any]:
    text = raw if raw is not None else json.dumps(arguments, ensure_ascii=False)
    function = {"name": name, "arguments": text}
    return {"role": "assistant", "tool_calls": [{"id": f"c{number}", "type": "function", "function": function}]}


def result(number: int | str, value: Any) -> dict[str, Any]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"role": "tool", "tool_call_id": f"c{number}", "content": text}


def tool(name: str, **parameters: Any) -> dict[str, Any]:
    properties = {
        key: {"type": value, "description": key} if isinstance(value, str) else value
        for key, value in parameters.items()
    }
    schema = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "description": f"Does {name}.", "parameters": schema}}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


DRAW = random.Random(1)


def fill(make: Callable[[int], Turns], limit: int = N - 30_000) -> Turns:
    """Turns of ever new numbers, up to so many bytes."""
    out: Turns = []
    size = 0
    n = 0
    while size < limit:
        turns = make(n)
        n += 1
        out += turns
        size += sum(len(json.dumps(turn, ensure_ascii=False).encode()) + 2 for turn in turns)
    return out


def numbered(n: int) -> str:
    return f"W-{(n * 7919) % 10**9:09d}"


SHAPES: dict[str, Shape] = {}


def shape(make: Shape) -> Shape:
    SHAPES[make.__name__] = make
    return make


TOOLS = [tool("find", order_id="string", q="string")]
