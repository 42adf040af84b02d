"""Calls, results and tools by the thousand: repeated, nested, without their other half."""

from __future__ import annotations

import json

from tests.property.hostile.building import TOOLS, Tools, Turns, assistant, call, fill, result, shape, tool, user


@shape
def repeated_calls() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(n, q="same"), result(n, '{"error":"timeout"}')])], TOOLS


@shape
def parallel_calls() -> tuple[Turns, Tools]:
    return [
        user("x"),
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": f"c{n}",
                    "type": "function",
                    "function": {"name": "find", "arguments": json.dumps({"q": f"v{n}"})},
                }
                for n in range(9000)
            ],
        },
    ], TOOLS


@shape
def tools_many() -> tuple[Turns, Tools]:
    return [user("x"), assistant("y")], [tool(f"tool_{n}", order_id="string", when="string") for n in range(3500)]


@shape
def tools_alike() -> tuple[Turns, Tools]:
    return [user("x"), assistant("y")], [tool("a" * 20 + f"{n:05d}", q="string") for n in range(4500)]


@shape
def one_tool_many_props() -> tuple[Turns, Tools]:
    return [user("x"), assistant("y")], [tool("f", **{f"parameter_{n}": "string" for n in range(14000)})]


@shape
def enum_huge() -> tuple[Turns, Tools]:
    return [user("x"), call(1, name="f", q="zz"), result(1, "k")], [
        tool("f", q={"type": "string", "enum": [f"value_{n}" for n in range(60000)]})
    ]


@shape
def enum_calls() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(n, name="f", q=f"valu{n}"), result(n, "k")], 500000)], [
        tool("f", q={"type": "string", "enum": [f"value_{n}" for n in range(25000)]})
    ]


@shape
def required_many() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(n, name="f", q="1"), result(n, "k")], 500000)], [
        {
            "type": "function",
            "function": {
                "name": "f",
                "parameters": {
                    "type": "object",
                    "properties": {f"p{n}": {"type": "string"} for n in range(5000)},
                    "required": [f"p{n}" for n in range(5000)],
                },
            },
        }
    ]


@shape
def unknown_names() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(n, name=f"findd{n}", q="1"), result(n, "k")], 500000)], [
        tool(f"find{n}x", q="string") for n in range(1500)
    ]


@shape
def unknown_args() -> tuple[Turns, Tools]:
    return [user("x"), call(1, raw=json.dumps({f"ordr_{n}": 1 for n in range(25000)}))], [
        tool("find", **{f"order_{n}": "string" for n in range(6000)})
    ]


@shape
def deep_json() -> tuple[Turns, Tools]:
    return [user("x"), call(1, raw='{"a":' * 200000 + "1" + "}" * 200000)], TOOLS


@shape
def deep_result() -> tuple[Turns, Tools]:
    return [user("x"), call(1, q="1"), result(1, "[" * 400000 + "]" * 400000)], TOOLS


@shape
def dup_ids() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(1, q="a"), result(1, "ok")])], TOOLS


@shape
def orphans() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [result(n, "ok")])], TOOLS


@shape
def late_results() -> tuple[Turns, Tools]:
    k = 5000
    return [user("x")] + [call(n, q=f"v{n}") for n in range(k)] + [result(n, "ok") for n in reversed(range(k))], TOOLS


@shape
def orphans_of_calls() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(n, q=f"v{n}"), result(f"z{n}", "ok")])], TOOLS


@shape
def parallel_answered() -> tuple[Turns, Tools]:
    calls = [call(n, q=f"v{n}")["tool_calls"][0] for n in range(4500)]
    return [user("x"), {"role": "assistant", "tool_calls": calls}, *[result(n, "ok") for n in range(4500)]], TOOLS


@shape
def said_twice() -> tuple[Turns, Tools]:
    return [user("x"), *fill(lambda n: [call(n, q=f"v{n % 2000}"), result(n, "ok")])], TOOLS
