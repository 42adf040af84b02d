"""How much reading a row costs, as a ratio of CPU time to `orjson.loads` of the same lines.

Run with `python benchmarks/reading.py`. Rounds are interleaved, so that a busy neighbour hits both sides alike.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from shared.figures import report_median, spend

from curation.model.envelope import encode
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.reading.strict import parse_strict

ROUNDS = 9
GATES = {"read_row": 5.0, "read_row, object arguments": 4.0, "encode": 3.5, "parse_strict of arguments": 6.0}
"""Ratios that must hold; reading may take this much of the bulk gates it is a part of."""


def make_row(seed: int, form: str) -> bytes:
    """A conversation of seven turns with two calls and one nested definition, about 2.7 KB."""
    draw = random.Random(seed)
    words = ["where", "is", "my", "order", "and", "when", "does", "it", "come", "to", "the", "new", "address", "please"]

    def say(n: int) -> str:
        return " ".join(draw.choices(words, k=n + n // 2)) + "."

    def call(n: int) -> dict[str, object]:
        arguments = {
            "order_id": f"W-{draw.randrange(10**6)}",
            "items": [{"sku": draw.randrange(10**6), "note": say(3)}],
            "mail": "ann@example.com",
            "when": "2026-01-02T10:00:00Z",
            "express": draw.random() < 0.5,
        }
        held = arguments if form == "object" else json.dumps(arguments)
        return {"id": f"call_{n}", "type": "function", "function": {"name": "track_order", "arguments": held}}

    draw.seed(seed % 30)
    properties = {
        name: {"type": "string", "description": say(8)} for name in ("order_id", "mail", "when", "express", "items")
    }
    parameters = {"type": "object", "properties": properties, "required": ["order_id"]}
    function = {"name": "track_order", "description": say(10), "parameters": parameters}
    messages = [
        {"role": "system", "content": say(12)},
        {"role": "user", "content": say(25)},
        {"role": "assistant", "content": None, "tool_calls": [call(1)]},
        {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"status": say(12)})},
        {"role": "assistant", "content": None, "tool_calls": [call(2)]},
        {"role": "tool", "tool_call_id": "call_2", "content": json.dumps({"status": say(12)})},
        {"role": "assistant", "content": say(20)},
    ]
    return json.dumps({"messages": messages, "tools": [{"type": "function", "function": function}]}).encode()


def compare(name: str, act: Callable[[], object], base: Callable[[], object]) -> bool:
    return report_median(name, GATES[name], [spend(act) / spend(base) for _ in range(ROUNDS)])


def each(function: Callable[[Any], object], rows: Sequence[Any]) -> Callable[[], None]:
    def act() -> None:
        for row in rows:
            function(row)

    return act


def main() -> int:
    texts = [make_row(seed, "string") for seed in range(4000)]
    objects = [make_row(seed, "object") for seed in range(4000)]
    readings = [reading for row in texts if isinstance(reading := read_row(row), Reading)]
    arguments = [
        call.arguments.text.encode()  # type: ignore[union-attr]
        for reading in readings
        for message in reading.example.messages
        for call in message.calls or ()
    ]
    floor = each(orjson.loads, texts)
    print(
        f"{len(texts)} rows of {sum(map(len, texts)) // len(texts)} bytes; CPU time over orjson.loads of the same text"
    )
    held = [
        compare("read_row", each(read_row, texts), floor),
        compare("read_row, object arguments", each(read_row, objects), each(orjson.loads, objects)),
        compare("encode", each(encode, [reading.example for reading in readings]), floor),
        compare(
            "parse_strict of arguments",
            each(parse_strict, arguments),
            each(orjson.loads, arguments),
        ),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
