"""Texts built against a pattern: four times the text takes about four times as long, and not sixteen or for ever."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

import pytest

from curation.formats import get_format
from curation.formats.bracket_calls import starts_like_calls
from curation.formats.hermes_turns import cut_results
from curation.gates.doubts.words import plain_request
from curation.llm.answers import unwrap
from curation.model.outline import compact
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check_all
from curation.rules.mending import has_comments, mend_literal, strip_fence
from curation.rules.numerals import read_counts
from curation.rules.value_kinds import shape_of
from curation.synthesizers.choices import options_in
from curation.synthesizers.goals import figures_in
from curation.toolkits import read_tools

pytestmark = [pytest.mark.alone, pytest.mark.timeout(120)]
FEW, MANY = 4_000, 16_000
"""Characters; `mend_literal` reads up to 20,000."""
ALLOWED = 8.0
"""Four times the text may take twice its share; what grows with the square takes sixteen times as long."""
NOTHING_S = 0.1
Act = Callable[[str], object]


def read_glaive(chat: str) -> None:
    raw = json.dumps({"chat": chat}).encode()
    get_format("glaive").recognises(raw)
    get_format("glaive").read(raw)


def check_arguments(text: str) -> None:
    """A call with these arguments, as the editor checks it at every key."""
    check({"role": "assistant", "tool_calls": [write_call(text)]})


def check_command(command: str) -> None:
    check({"role": "assistant", "tool_calls": [write_call(json.dumps({"command": command}))]})


def check_answer(text: str) -> None:
    check({"role": "assistant", "content": text})


def write_call(arguments: str) -> dict[str, object]:
    return {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": arguments}}


def check(turn: dict[str, object]) -> None:
    reading = read_row(json.dumps({"messages": [{"role": "user", "content": "Find it."}, turn]}).encode())
    assert isinstance(reading, Reading)
    check_all(reading)


def read_docstring(line: str) -> None:
    read_tools(f'def find(city: str):\n    """Find it.\n\n    {line}\n    """\n'.encode())


CASES: dict[str, tuple[Act, str, str, str]] = {
    "results, then words": (cut_results, "", "<tool_response>x</tool_response>", "x"),
    "empty lines in a chat": (read_glaive, "", "\n", ""),
    "blanks in a chat": (read_glaive, "USER: Hi", " ", "x\nASSISTANT: Hi"),
    "ends of a chat": (read_glaive, "USER: Hi", "<|endoftext|>", "x\nASSISTANT: Hi"),
    "quotes in arguments": (check_arguments, "{", '"\\', ""),
    "quotes before a line end": (mend_literal, "{", '"\\', "\n"),
    "comments that nobody closes": (mend_literal, "{", "/* ", ""),
    "looking for comments": (has_comments, "{", '"\\', ""),
    "fences that nobody closes": (strip_fence, "", "```{} x", ""),
    "quotes in a typed schema": (compact, "{", '"\\', ""),
    "empty lines in an answer": (check_answer, "Action", "\n", "x"),
    "empty lines in a step": (check_answer, "Action: find", "\n", "x"),
    "blanks before a name": (starts_like_calls, "[", " ", ""),
    "digits beside a Chinese number": (read_counts, "一 ", "1", ""),
    "thousands beside a Chinese number": (read_counts, "一 1", ",222", ""),
    "letters without a figure": (figures_in, "", "C", ""),
    "points of an address": (shape_of, "a@", ".", " "),
    "one flag of a command": (check_command, "rm -", "R", ""),
    "many flags of a command": (check_command, "rm ", "-r ", ""),
    "flags called as the command": (check_command, "rm ", "-rm ", ""),
    "blanks in a query": (check_command, "union '", " ", ""),
    "blanks in a fenced answer": (unwrap, "```\n", " ", "x"),
    "empty lines of a request": (plain_request, "", "\n", "x"),
    "empty lines of choices": (options_in, "", "\n", "x"),
    "blanks in a docstring": (read_docstring, ":type ", " ", "x"),
}


def spend(act: Act, text: str) -> float:
    start = time.process_time()
    act(text)
    return time.process_time() - start


@pytest.mark.parametrize("name", CASES)
def test_a_longer_text_takes_its_share_longer(name: str) -> None:
    act, head, piece, tail = CASES[name]
    few, many = (head + piece * (size // len(piece)) + tail for size in (FEW, MANY))
    short = min(map(partial(spend, act), [few] * 3))
    long = min(map(partial(spend, act), [many] * 3))
    assert long <= max(ALLOWED * short, NOTHING_S)
