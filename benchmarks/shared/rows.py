"""Rows for benchmarks: the same for the same number, of a realistic size, a tenth of them with one planted fault."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator

TOOLS = 30
WORDS = [
    "where",
    "is",
    "my",
    "order",
    "and",
    "when",
    "does",
    "it",
    "come",
    "to",
    "the",
    "new",
    "address",
    "please",
    "tell",
    "me",
    "about",
    "that",
    "parcel",
]
FAULTS = ("missing", "type", "enum", "tool", "orphan", "unanswered", "weight", "role", "encoded")


def make_tool(number: int) -> dict[str, object]:
    """A definition of about 1.3 KB with nesting, enum, pattern and formats."""
    draw = random.Random(number)

    def text(kind: str = "string", **more: object) -> dict[str, object]:
        return {"type": kind, "description": " ".join(draw.choices(WORDS, k=9)).capitalize() + ".", **more}

    line = {"sku": text(pattern="^[A-Z]{2}-[0-9]{4}$"), "qty": text("integer", minimum=1, maximum=99)}
    items = {"type": "object", "properties": line, "required": ["sku", "qty"], "additionalProperties": False}
    properties = {
        "order_id": text(pattern="^W-[0-9]{6}$"),
        "email": text(format="email"),
        "when": text(format="date-time"),
        "speed": text(enum=["normal", "fast", "express"]),
        "items": text("array", items=items, maxItems=10),
        "note": text(),
    }
    parameters = {
        "type": "object",
        "properties": properties,
        "required": ["order_id", "speed"],
        "additionalProperties": False,
    }
    description = f"Handles request number {number}: " + " ".join(draw.choices(WORDS, k=12))
    return {
        "type": "function",
        "function": {"name": f"tool_{number}", "description": description, "parameters": parameters},
    }


ALL_TOOLS = [make_tool(number) for number in range(TOOLS)]


def make_row(seed: int, n_tools: int = 1) -> bytes:
    """Seven turns with two calls and some definitions; every tenth row carries one fault."""
    draw = random.Random(seed)
    tool = ALL_TOOLS[seed % TOOLS]
    fault = FAULTS[seed // 10 % len(FAULTS)] if seed % 10 == 0 else ""
    ids = [f"W-{draw.randrange(10**5, 10**6)}" for _ in range(2)]
    say = lambda n: " ".join(draw.choices(WORDS, k=n))  # noqa: E731
    first, second = (make_call(draw, tool, n, ids[n], fault if n == 0 else "") for n in range(2))
    skus = " ".join(re.findall("AB-[0-9]{4}", json.dumps([first, second])))
    messages: list[dict[str, object]] = [
        {"role": "system", "content": say(30)},
        {
            "role": "human" if fault == "role" else "user",
            "content": f"{say(30)} {ids[0]} {ids[1]} ann@example.com {skus} {say(15)}",
        },
        {"role": "assistant", "content": None, "tool_calls": [first]},
        {
            "role": "tool",
            "tool_call_id": "call_x" if fault == "orphan" else "call_0",
            "content": json.dumps({"status": say(12)}),
        },
        {"role": "assistant", "content": None, "tool_calls": [second]},
        {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"status": say(12)})},
        {"role": "assistant", "content": say(25), **({"weight": 0.5} if fault == "weight" else {})},
    ]
    if fault == "unanswered":
        del messages[3]
    tools = [ALL_TOOLS[(seed + place) % TOOLS] for place in range(n_tools)]
    return json.dumps({"messages": messages, "tools": tools}).encode()


def clean_rows(count: int, *, is_wide: bool = False) -> Iterator[bytes]:
    """Rows without a fault; wide ones hold three to six definitions, as exported data does (8 KB a row)."""
    seeds = (seed for seed in range(2 * count) if seed % 10)
    for seed, _ in zip(seeds, range(count), strict=False):
        yield make_row(seed, 3 + seed % 4 if is_wide else 1)


def make_call(draw: random.Random, tool: dict[str, object], number: int, order: str, fault: str) -> dict[str, object]:
    arguments: dict[str, object] = {
        "order_id": 5 if fault == "type" else order,
        "email": "ann@example.com",
        "speed": "Fast" if fault == "enum" else draw.choice(["normal", "fast", "express"]),
        "items": [{"sku": f"AB-{draw.randrange(1000, 9999)}", "qty": draw.randrange(1, 9)} for _ in range(2)],
        "note": " ".join(draw.choices(WORDS, k=8)),
    }
    if fault == "missing":
        del arguments["speed"]
    text = json.dumps(arguments)
    name = tool["function"]["name"]  # type: ignore[index]
    function = {
        "name": f"{name}x" if fault == "tool" else name,
        "arguments": json.dumps(text) if fault == "encoded" else text,
    }
    return {"id": f"call_{number}", "type": "function", "function": function}
