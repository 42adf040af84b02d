"""Hostile inputs: the corpora in tests/data/hostile, and any number more drawn around each of their rows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "data" / "hostile"
MOST_BYTES = 1_000_000
KINDS = ("json", "text", "schema", "tools")


class Seed(NamedTuple):
    """One row of a corpus, as what it stands for."""

    name: str
    kind: str
    """`json`: a text meant as JSON; `text`: words; `schema`: a schema and an instance; `tools`: a file of tools."""
    body: Any


class Hostile(NamedTuple):
    """One input and where it goes."""

    name: str
    goes_to: str
    """`line`: one row of a file; `tools`: a file of tools."""
    raw: bytes


@cache
def seeds() -> tuple[Seed, ...]:
    """Every row of the corpora; `{port}` in addresses stays, the caller fills it in."""
    found = [Seed(row["name"], "json", _exact_bytes(row)) for row in _rows("jsontestsuite")]
    found += [Seed(f"blns {row['i']}", "text", row["s"]) for row in _rows("blns")]
    for row in _rows("jsonschema"):
        value = row["tests"][0][0]
        found.append(Seed(f"{row['draft']} {row['file']} {row['group']}", "schema", (row["schema"], value)))
    found += [seed for row in _rows("own") if (seed := _own(row)) is not None]
    return tuple(found)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER / f"{name}.jsonl").read_text().splitlines():
        yield json.loads(line)


def _exact_bytes(row: dict[str, Any]) -> bytes:
    if "b64" in row:
        return base64.b64decode(row["b64"])
    gen = row["gen"]
    return (gen["repeat"] * gen["times"] + gen.get("tail", "")).encode()


def _own(row: dict[str, Any]) -> Seed | None:
    body = row["payload"]
    match row["kind"]:
        case "schema+instance":
            return Seed(row["id"], "schema", (body["schema"], body["instance"]))
        case "json-text":
            return Seed(row["id"], "json", body["text"].encode())
        case "yaml-text":
            return Seed(row["id"], "tools", body["text"].encode())
        case "bytes":
            return Seed(row["id"], "json", base64.b64decode(body["b64"]))
        case "field":
            return Seed(row["id"], "text", body["text"])
        case "gen" if "open" in body:
            times = min(body["times"], MOST_BYTES // (2 * len(body["open"])))
            return Seed(row["id"], "json", (body["open"] * times + body["mid"] + body["close"] * times).encode())
        case "gen" if body["shape"] == "one-line-MB":
            return Seed(row["id"], "json", b'{"messages":[{"role":"user","content":"' + b"a" * 900_000 + b'"}]}')
        case "gen" if body["shape"] == "million-empty-objects":
            return Seed(row["id"], "json", b"[" + b"{}," * 300_000 + b"{}]")
    return None


# --- where a seed can stand in a row ----------------------------------------------------------------------------------
def make_row(
    *, words: Any = "Where is it?", arguments: Any = "{}", parameters: Any = None, name: Any = "f", result: Any = "ok"
) -> dict[str, Any]:
    function: dict[str, Any] = {"name": name, "description": words}
    if parameters is not None:
        function["parameters"] = parameters
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {
        "messages": [
            {"role": "system", "content": words},
            {"role": "user", "content": words},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": result},
            {"role": "assistant", "content": words},
        ],
        "tools": [{"type": "function", "function": function}],
    }


def encode(value: Any) -> bytes:
    return json.dumps(value).encode()


def places_of(seed: Seed) -> list[Hostile]:
    """The inputs a seed makes as it is."""
    if seed.kind == "schema":
        schema, value = seed.body
        parameters = {"type": "object", "properties": {"x": schema}}
        return [
            Hostile(
                seed.name, "line", encode(make_row(arguments=encode({"x": value}).decode(), parameters=parameters))
            ),
            Hostile(seed.name, "line", encode(make_row(arguments=encode(value).decode(), parameters=schema))),
            Hostile(seed.name, "tools", encode([{"name": "f", "description": "F.", "input_schema": schema}])),
        ]
    if seed.kind == "tools":
        return [Hostile(seed.name, "tools", seed.body), Hostile(seed.name, "line", seed.body)]
    if seed.kind == "text":
        words = seed.body
        schema = {"type": "object", "properties": {words: {"type": "string", "description": words, "pattern": words}}}
        return [
            Hostile(seed.name, "line", encode(make_row(words=words, arguments=encode({"x": words}).decode()))),
            Hostile(seed.name, "line", encode(make_row(name=words, arguments=words, result=words))),
            Hostile(seed.name, "line", encode(make_row(arguments=encode({words: words}).decode(), parameters=schema))),
            Hostile(seed.name, "tools", encode([{"name": words, "description": words, "parameters": schema}])),
        ]
    text = seed.body.decode("utf-8", "replace")
    row = encode(make_row(arguments={"x": "HERE"}, parameters={"type": "object", "x-here": "HERE"}))
    return [
        Hostile(seed.name, "line", seed.body),
        Hostile(seed.name, "tools", seed.body),
        Hostile(seed.name, "line", encode(make_row(arguments=text, result=text))),
        Hostile(seed.name, "line", row.replace(b'"HERE"', seed.body.replace(b"\n", b" "))[:MOST_BYTES]),
    ]


# --- more around a seed -----------------------------------------------------------------------------------------------
def _cut(raw: bytes, rng: Random, _: bytes) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _flip(raw: bytes, rng: Random, _: bytes) -> bytes:
    out = bytearray(raw)
    for _turn in range(rng.randint(1, 4)):
        if out:
            out[rng.randrange(len(out))] = rng.choice(b'"\\{}[]:,0e-\x00\xff\xc3 nt')
    return bytes(out)


def _splice(raw: bytes, rng: Random, other: bytes) -> bytes:
    at, begin = rng.randrange(len(raw) + 1), rng.randrange(len(other) + 1)
    return raw[:at] + other[begin : begin + rng.randrange(400)] + raw[at:]


def _repeat(raw: bytes, rng: Random, _: bytes) -> bytes:
    """A piece of it, many times over: long words, deep nesting, thousands of turns."""
    if not raw:
        return raw
    begin = rng.randrange(len(raw))
    piece = raw[begin : begin + rng.choice([1, 2, 5, 40, 400])]
    room = rng.choice([2_000, 20_000, 20_000, 100_000, MOST_BYTES]) - len(raw)
    return raw[:begin] + piece * max(1, room // max(1, len(piece))) + raw[begin:]


def _escape(raw: bytes, rng: Random, _: bytes) -> bytes:
    return raw.replace(rng.choice([b"a", b"e", b'"', b"1"]), rng.choice([b"\\u0000", b"\\ud800", b'\\"', b"\\u202e"]))


CHANGES: tuple[Callable[[bytes, Random, bytes], bytes], ...] = (_cut, _flip, _flip, _splice, _splice, _repeat, _escape)


def draw_inputs(count: int, seed: int) -> Iterator[Hostile]:
    """Inputs around the corpora: each place of each seed with none to three changes."""
    rng = Random(seed)
    everything = seeds()
    for _ in range(count):
        chosen = rng.choice(places_of(rng.choice(everything)))
        raw = chosen.raw
        for _change in range(rng.choice([0, 1, 1, 2, 3])):
            other = rng.choice(places_of(rng.choice(everything))).raw
            raw = rng.choice(CHANGES)(raw, rng, other)[:MOST_BYTES]
        yield Hostile(chosen.name, chosen.goes_to, raw)
