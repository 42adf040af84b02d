"""What checking a row costs: alone, and in bulk as a ratio of CPU time to `orjson.loads` of the same lines.

Run with `python benchmarks/rules.py`. Rounds are interleaved, so that a busy neighbour hits both sides alike.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable

import orjson

from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check

ROWS = 400
ROUNDS = 15
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


def make_row(seed: int) -> bytes:
    """Seven turns with two calls and one definition; every tenth row carries one fault."""
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
    return json.dumps({"messages": messages, "tools": [tool]}).encode()


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


def spend(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def measure_ratio(
    name: str, gate: float, act: Callable[[Reading], object], readings: list[list[Reading]], lines: list[list[bytes]]
) -> bool:
    """Each round checks rows that no cache has seen, as bulk work does."""
    ratios = []
    for fresh, raw in zip(readings, lines, strict=True):
        base = min(spend(lambda raw=raw: [orjson.loads(line) for line in raw]) for _ in range(3))  # type: ignore[misc]
        ratios.append(spend(lambda fresh=fresh: [act(reading) for reading in fresh]) / base)  # type: ignore[misc]
    return report(name, gate, statistics.median(ratios), min(ratios), max(ratios), "x")


def measure_single(gate_ms: float, readings: list[Reading]) -> bool:
    times = []
    for reading in readings:
        start = time.process_time_ns()
        check(reading)
        times.append((time.process_time_ns() - start) / 1e6)
    times.sort()
    p99 = times[int(len(times) * 0.99)]
    return report("all rules, one row, p99", gate_ms, p99, times[0], times[-1], " ms")


def report(name: str, gate: float, value: float, low: float, high: float, unit: str) -> bool:
    verdict = "holds" if value <= gate else "BROKEN"
    print(f"{name:28} gate {gate:5.1f}{unit}   value {value:6.3f}{unit}   [{low:.3f}..{high:.3f}]   {verdict}")
    return value <= gate


def read(lines: list[bytes]) -> list[Reading]:
    return [reading for line in lines if isinstance(reading := read_row(line), Reading)]


def main() -> int:
    lines = [[make_row(round_ * ROWS + n + 1_000_000) for n in range(ROWS)] for round_ in range(ROUNDS)]
    sizes = [len(line) for line in lines[0]]
    print(f"{ROUNDS} rounds of {ROWS} rows, {statistics.mean(sizes):.0f} bytes on average, 10 % with one fault")
    for reading in read([make_row(n) for n in range(100)]):
        check(reading)
    holds = [
        measure_single(1.0, read(lines[0])),
        measure_ratio(
            "error rules, bulk", 6.0, lambda r: check(r, errors_only=True), [read(part) for part in lines], lines
        ),
    ]
    other = [[make_row(round_ * ROWS + n + 5_000_000) for n in range(ROWS)] for round_ in range(ROUNDS)]
    holds.append(measure_ratio("all rules, bulk", 25.0, check, [read(part) for part in other], other))
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
