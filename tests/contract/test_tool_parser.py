"""The file that parses answers: imported where nothing of this program is, and given real calls."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curation.model.definition import Definition, Tool
from curation.model.example import Call
from curation.model.values import UNSET, Arguments
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools
from curation.toolkits.python_calls import write_calls

CHILD = """
import json, sys
import tools_file as tools
found = []
for line in sys.stdin:
    answer = json.loads(line)
    try:
        calls = tools.parse_answer(answer)
        dumped = [one.arguments.model_dump(mode="json", exclude_unset=True, by_alias=True) for one in calls]
        found.append([[one.name, arguments] for one, arguments in zip(calls, dumped)])
    except ValueError as error:
        found.append(str(type(error).__name__))
print(json.dumps(found))
"""


def parse(folder: Path, text: str, answers: list[Any]) -> list[Any]:
    """What the parser of a file makes of these answers, in a process of its own."""
    (folder / "tools_file.py").write_text(text)
    lines = "".join(json.dumps(answer) + "\n" for answer in answers)
    argv = [sys.executable, "-I", "-W", "error", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{CHILD}"]
    done = subprocess.run(argv, input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def tool(name: str, parameters: str = '{"type":"object","properties":{}}') -> Tool:
    return Tool(Definition(f'{{"type":"function","function":{{"name":"{name}","parameters":{parameters}}}}}'))


def message(name: str, arguments: Any) -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": name, "arguments": text}}]}


def test_every_call_of_the_demo_is_parsed_and_says_the_same(tmp_path: Path) -> None:
    drafted = get_synthesizer("schema_driven").draft(Order(demo_tools(), 300, seed=7))
    turns = [turn for one in drafted for turn in one.example.messages if turn.role == "assistant"]
    made = [list(turn.calls or ()) for turn in turns if turn.weight is UNSET]
    answers = [{"role": "assistant", "tool_calls": [function(call) for call in calls]} for calls in made]
    found = parse(tmp_path, write_calls(demo_tools()).text, answers)
    assert sum(len(calls) for calls in made) > 200
    assert found == [[[call.name, json.loads(text(call.arguments))] for call in calls] for calls in made]


def function(call: Call) -> dict[str, Any]:
    return {"id": call.id, "function": {"name": call.name, "arguments": text(call.arguments)}}


def text(arguments: object) -> str:
    assert isinstance(arguments, Arguments)
    return arguments.text


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("track_order", {"order_id": 4821}),
        ("track_order", {"order_id": "4821"}),
        ("track_order", {}),
        ("track_order", {"order_id": "B4821", "more": 1}),
        ("track_orders", {"order_id": "B4821"}),
        ("escalate", {"team": "kitchen"}),
        ("track_order", '{"order_id":"B4821","order_id":"B4822"}'),
        ("track_order", '{"order_id":NaN}'),
        ("track_order", "{'order_id': 'B4821'}"),
    ],
)
def test_call_that_is_not_sound_is_refused(tmp_path: Path, name: str, arguments: Any) -> None:
    (found,) = parse(tmp_path, write_calls(demo_tools()).text, [message(name, arguments)])
    assert isinstance(found, str)


def test_answers_of_either_shape_are_read_and_silence_is_no_call(tmp_path: Path) -> None:
    router = {"tool": "track_order", "arguments": {"order_id": "B4821"}}
    answers = [
        router,
        json.dumps(router),
        {"tool": "no_tool", "reason": "refuse"},
        {"role": "assistant", "content": "Hi"},
    ]
    found = parse(
        tmp_path, write_calls(demo_tools()).text, [*answers, [], {"tool_calls": 5}, {"tool_calls": [{}]}, "hello"]
    )
    call = [["track_order", {"order_id": "B4821"}]]
    assert found == [call, call, [], [], "ValueError", "ValueError", "ValueError", "JSONDecodeError"]


def test_numbers_are_taken_as_strictly_as_json_says_them(tmp_path: Path) -> None:
    parameters = '{"type":"object","properties":{"n":{"type":"integer"},"x":{"type":"number"}},"required":["n"]}'
    written = write_calls([tool("add", parameters)])
    answers = [
        message("add", {"n": 1, "x": 2}),
        message("add", {"n": "1"}),
        message("add", {"n": True}),
        message("add", {"n": 1.5}),
    ]
    found = parse(tmp_path, written.text, answers)
    assert found[0] == [["add", {"n": 1, "x": 2.0}]]
    assert found[1:] == ["ValidationError"] * 3


def test_names_of_the_file_itself_are_left_to_it(tmp_path: Path) -> None:
    names = ["json", "parse_call", "ToolCall", "TypeAdapter", "class", "get-weather", "Call", "_load"]
    found = parse(tmp_path, write_calls([tool(name) for name in names]).text, [message(name, {}) for name in names])
    assert found == [[[name, {}]] for name in names]


def test_second_tool_of_a_name_is_told_as_lost(tmp_path: Path) -> None:
    written = write_calls([tool("add"), tool("add", '{"type":"object","properties":{"a":{"type":"string"}}}')])
    assert ("add", "left out: a second tool of this name") in [(one.tool, one.words) for one in written.losses]
    assert parse(tmp_path, written.text, [message("add", {})]) == [[["add", {}]]]


def test_same_tools_give_the_same_bytes() -> None:
    assert write_calls(demo_tools()) == write_calls(demo_tools())
