"""Generated rows and JSON sources, odd on purpose."""

from __future__ import annotations

import json

from hypothesis import strategies as st

TEXT = st.text(max_size=8) | st.sampled_from(['":', '"a":', "\\", '\\u0022":', " :", "{", "é", "1234567890123456789"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    *("messages", "role", "content", "tool_calls", "id", "type", "function", "name", "arguments", "tool_call_id"),
    *("weight", "label", "tools", "tags", "group", "waivers", "acceptable", "reason", "extra", "x"),
]


@st.composite
def sources(draw: st.DrawFn, depth: int = 4) -> str:
    """JSON source of our keys in odd places, with doubled keys, odd numbers, odd escapes and odd spacing."""
    kind = draw(st.sampled_from(["scalar", "object", "list", "text"] if depth else ["scalar"]))
    space = draw(st.sampled_from(["", " ", "\n", "\t", "  "]))
    if kind == "scalar":
        return draw(
            st.sampled_from(
                ["1.10", "-0", "1e400", "12345678901234567890", "null", "true", '"user"', '"\\u0041"', '"\\":"']
            )
            | VALUES.map(json.dumps)
        )
    if kind == "text":
        return json.dumps(draw(sources(depth - 1)), ensure_ascii=draw(st.booleans()))
    inner = draw(st.lists(sources(depth - 1), max_size=4))
    if kind == "list":
        return "[" + f"{space},".join(inner) + space + "]"
    keys = draw(st.lists(st.sampled_from(NAMES), min_size=len(inner), max_size=len(inner)))
    colon = draw(st.sampled_from([":", ": ", " :", "\n:"]))
    return "{" + f",{space}".join(json.dumps(k) + colon + v for k, v in zip(keys, inner, strict=True)) + "}"


@st.composite
def rows(draw: st.DrawFn) -> bytes:
    """Rows that look like rows, at least at first."""

    def members(*names: str) -> str:
        chosen = draw(st.lists(st.sampled_from(names), max_size=5))
        return "{" + ",".join(f'"{name}":{value(name)}' for name in chosen) + "}"

    def several(*names: str) -> str:
        return "[" + ",".join(members(*names) for _ in range(draw(st.integers(0, 3)))) + "]"

    def value(name: str) -> str:
        if draw(st.integers(0, 9)) == 0:
            return draw(sources(2))
        if name == "messages":
            return several("role", "content", "tool_calls", "tool_call_id", "name", "weight", "label", "x")
        if name == "tool_calls":
            return several("id", "type", "function", "function", "x")
        if name == "function":
            return members("name", "arguments", "arguments", "x")
        if name == "label":
            return draw(
                st.sampled_from(['{"reason":"refuse"}', "{}", '{"missing":["a"]}', '{"order":"none","x":1.0}', "null"])
            )
        if name == "tags":
            return draw(st.sampled_from(['["missing_value"]', "[]", "[1]"]))
        if name == "waivers":
            return draw(st.sampled_from(['[{"rule":"r","fingerprint":"f","reason":"x"}]', "[]", "[{}]"]))
        if name == "acceptable":
            return draw(st.sampled_from(['[{"f":{"a":[1,1.5,""]}}]', "[]", "null"]))
        return draw(sources(2))

    top = members("messages", "messages", "tools", "tags", "group", "waivers", "acceptable", "x")
    return top.encode()
