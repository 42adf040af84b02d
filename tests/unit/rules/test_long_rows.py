"""The rules on wording take time in proportion to a row: a long one keeps nobody waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check_language

FEW, MANY = 150, 600
ALLOWED = 8.0
"""Four times the row may take twice its share; what grows with the square takes sixteen times as long."""
NOTHING_S = 0.05


def call(number: int, **arguments: Any) -> dict[str, Any]:
    function = {"name": "find", "arguments": json.dumps(arguments)}
    return {"role": "assistant", "tool_calls": [{"id": f"c{number}", "type": "function", "function": function}]}


def result(number: int, value: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": f"c{number}", "content": json.dumps(value)}


def list_result(size: int) -> list[dict[str, Any]]:
    """An id out of a long list."""
    found = [{"order_id": "WX1234567"}, *({"state": "shipped"} for _ in range(size * 7))]
    user = {"role": "user", "content": "Cancel the shipped one"}
    return [user, call(1, page=1), result(1, found), call(2, order_id="WX1234567")]


def many_calls(size: int) -> list[dict[str, Any]]:
    """A value in each of many calls that nobody said."""
    user = {"role": "user", "content": "Find a place that is not too far from here. " * size}
    return [
        user,
        *(
            turn
            for n in range(size)
            for turn in (call(n, city=f"Ham{chr(97 + n % 26)}{chr(97 + n // 26)}let"), result(n, "none"))
        ),
    ]


def empty_lines(size: int) -> list[dict[str, Any]]:
    """A command with nothing in it but what makes it worth a look."""
    return [{"role": "user", "content": "Run it"}, call(1, command="drop " + "\n" * (size * 30))]


def climbing(size: int) -> list[dict[str, Any]]:
    """A path that leads upwards for ever."""
    return [{"role": "user", "content": "Show it"}, call(1, path="../" * (size * 10))]


def many_ids(size: int) -> list[dict[str, Any]]:
    """An answer full of ids that no result holds."""
    held, said = (" ".join(f"{letters}{n:06d}" for n in range(size * 15)) for letters in ("AB", "XY"))
    return [
        {"role": "user", "content": "List them"},
        call(1, page=1),
        result(1, held),
        {"role": "assistant", "content": said},
    ]


def spend(messages: list[dict[str, Any]]) -> float:
    reading = read_row(json.dumps({"messages": messages}).encode())
    assert isinstance(reading, Reading)
    began = time.process_time()
    check_language(reading)
    return time.process_time() - began


@pytest.mark.parametrize("make", [list_result, many_calls, empty_lines, climbing, many_ids])
def test_time_grows_with_the_row_and_not_with_its_square(make: Callable[[int], list[dict[str, Any]]]):
    spend(make(10))
    few, many = (min(spend(make(size)) for _ in range(2)) for size in (FEW, MANY))
    assert many <= few * ALLOWED + NOTHING_S
