"""Damage that only many rows together show."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.defects.damage import damages, of_rows
from tests.defects.rows import Row, calls, copied, filled, set_arguments, tool, turns, user, with_call

_LINES = (
    "harbour lamp river stone ticket window garden violin",
    "summer copper orange letter mirror basket winter",
)
_WORDS = tuple(" ".join(_LINES).split())
_TOOLS = ("find_book", "open_door", "play_song", "send_card")


def _many(row: Row, draw: Random, n: int = 24) -> list[Row]:
    """Rows of all sorts that share nothing but a system text."""
    rows = []
    for i in range(n):
        words = " ".join(draw.sample(_WORDS, 6))
        name = _TOOLS[i % len(_TOOLS)]
        tools = [tool(one, what="string") for one in draw.sample(_TOOLS, len(_TOOLS))]
        rows.append(
            {"messages": [*turns(row, "system"), user(words), with_call(name, {"what": words})], "tools": tools}
        )
    return rows


@damages("D01")
def hardly_any(row: Row, draw: Random) -> Any:
    return of_rows([copied(row) for _ in range(draw.randrange(1, 9))])


@damages("D02")
def twice(row: Row, draw: Random) -> Any:
    twin = copied(row)
    for turn in twin["messages"]:
        for call in turn.get("tool_calls", []):
            call["id"] = "other_" + call["id"]
        if turn["role"] == "tool":
            turn["tool_call_id"] = "other_" + turn["tool_call_id"]
    return of_rows([row, twin])


def _nearly(row: Row, draw: Random) -> Row:
    """The row with another number in a long request."""
    twin: Row = copied(row)
    request = turns(twin, "user")[0]
    if len(request["content"].split()) < 20:
        request["content"] = " ".join(draw.sample(_WORDS, 15)) + " " + request["content"]
        turns(row, "user")[0]["content"] = request["content"]
    request["content"] += f" {draw.randrange(100, 999)}"
    return twin


@damages("D03")
def nearly_twice(row: Row, draw: Random) -> Any:
    twin = _nearly(row, draw)
    return of_rows([row, twin])


@damages("D04")
def on_both_sides(row: Row, draw: Random) -> Any:
    twin = _nearly(row, draw) if draw.random() < 0.5 else copied(row)
    return of_rows([row, twin], ["train", draw.choice(["test", "validation"])])


@damages("D05")
def two_answers(row: Row, draw: Random) -> Any:
    other = copied(row)
    found = list(filled(other, "string"))
    if not found:
        return None
    set_arguments(found[0][0], {found[0][1]: "something else"})
    return of_rows([row, other])


@damages("D06")
def never_called(row: Row, draw: Random) -> Any:
    row.setdefault("tools", []).append(tool("escalate_to_nobody", why="string"))
    return of_rows([row, copied(row)])


@damages("D07")
def parameter_unused(row: Row, draw: Random) -> Any:
    found = calls(row)
    function = next(
        (
            one["function"]
            for one in row.get("tools", [])
            if found and one["function"]["name"] == found[0][2]["function"]["name"]
        ),
        None,
    )
    if function is None or "properties" not in function.get("parameters", {}):
        return None
    function["parameters"]["properties"]["colour_of_the_sky"] = {"type": "string", "description": "Colour."}
    return of_rows([row, copied(row)])


@damages("D08")
def one_tool_only(row: Row, draw: Random) -> Any:
    rows = _many(row, draw)
    for one in rows[: draw.randrange(18, 22)]:
        calls(one)[0][2]["function"]["name"] = "play_song"
    return of_rows(rows)


@damages("D09")
def no_recovery(row: Row, draw: Random) -> Any:
    return of_rows(_many(row, draw))


@damages("D10")
def first_in_the_list(row: Row, draw: Random) -> Any:
    rows = _many(row, draw)
    for one in rows:
        name = calls(one)[0][2]["function"]["name"]
        one["tools"].sort(key=lambda each: each["function"]["name"] != name)
    return of_rows(rows)


@damages("D10")
def same_opening(row: Row, draw: Random) -> Any:
    rows = _many(row, draw)
    for one in rows:
        turns(one, "user")[0]["content"] = "Could you please " + turns(one, "user")[0]["content"]
    return of_rows(rows)


_OF_BENCHMARKS = (
    "Can you retrieve the details for the user with the ID 7890, who has black as their special request?",
    "Find available rooms in New York from November 25, 2013, to January 7, 2006.",
)


@damages("D11")
def of_a_benchmark(row: Row, draw: Random) -> Any:
    turns(row, "user")[0]["content"] = draw.choice(_OF_BENCHMARKS)
    return of_rows([row])


@damages("D12")
def anything(row: Row, draw: Random) -> Any:
    return of_rows(_many(row, draw))


@damages("D13")
def drawn_by_nobody(row: Row, draw: Random) -> Any:
    return of_rows([{**one, "split": draw.choice(["train", "test"])} for one in _many(row, draw)])
