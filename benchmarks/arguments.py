"""What checking the arguments of a call costs: against `orjson.loads` of them, and against `jsonschema.validate`.

Run with `python benchmarks/arguments.py`. Every figure is a ratio of CPU times in interleaved rounds. The check is the
one that rows go through: parsed arguments in, the places that break the schema out; the schema was compiled before, as
every row after the first finds it. `jsonschema.validate` is called as people call it, once for each call.
"""

from __future__ import annotations

import json
import sys

import jsonschema
import orjson
from shared.figures import report, report_median, spend
from shared.rows import ALL_TOOLS, make_row

from curation.model.values import Json
from curation.schemas import Allowance, Compiled, compile_schema

CALLS = 2_000
BY_ORACLE = 60
ROUNDS = 15
MOST_OF_LOADS = 2.5
FASTER_THAN_ORACLE = 100.0


def make_calls(first: int, count: int) -> list[tuple[bytes, str]]:
    """Arguments as bytes, with the text of their schema; every tenth call breaks it or names another tool."""
    schemas = {tool["function"]["name"]: json.dumps(tool["function"]["parameters"]) for tool in ALL_TOOLS}  # type: ignore[index]
    found: list[tuple[bytes, str]] = []
    for seed in range(first, first + count):
        for message in json.loads(make_row(seed))["messages"]:
            for call in message.get("tool_calls", ()):
                function = call["function"]
                name = function["name"] if function["name"] in schemas else function["name"][:-1]
                arguments = function["arguments"]
                found.append((arguments.encode(), schemas[name]))
    return found[:count]


def check_all(ready: list[tuple[Json, Compiled, int]]) -> None:
    """As rows do it: two calls share what a row may cost."""
    for index, (value, compiled, size) in enumerate(ready):
        if index % 2 == 0:
            allowance = Allowance()
        compiled.errors(value, size=size // 2 + 1, allowance=allowance)


def main() -> int:
    loads, oracle = [], []
    for round_ in range(ROUNDS):
        calls = make_calls(round_ * CALLS, CALLS)
        ready = [(orjson.loads(raw), compile_schema(text), len(raw)) for raw, text in calls]
        base = min(spend(lambda calls=calls: [orjson.loads(raw) for raw, _ in calls]) for _ in range(5))  # type: ignore[misc]
        own = min(spend(lambda ready=ready: check_all(ready)) for _ in range(5))  # type: ignore[misc]
        loads.append(own / base)
        few = [(orjson.loads(raw), json.loads(text)) for raw, text in calls[:BY_ORACLE]]
        theirs = spend(lambda few=few: [validate(*one) for one in few])  # type: ignore[misc]
        oracle.append((theirs / BY_ORACLE) / (own / CALLS))
    print(f"{ROUNDS} rounds of {CALLS} calls, {sum(len(raw) for raw, _ in calls) / CALLS:.0f} bytes on average")
    holds = report_median("argument check / orjson.loads", MOST_OF_LOADS, loads)
    slower = sorted(oracle)[ROUNDS // 2]
    print(f"jsonschema.validate takes {slower:.0f} times as long per call [{min(oracle):.0f}..{max(oracle):.0f}]")
    return (
        0
        if report("argument check / jsonschema", 100 / FASTER_THAN_ORACLE, 100 / slower, [100 / slower], " %") and holds
        else 1
    )


def validate(value: object, schema: object) -> None:
    try:
        jsonschema.validate(value, schema)
    except jsonschema.ValidationError:
        return


if __name__ == "__main__":
    sys.exit(main())
