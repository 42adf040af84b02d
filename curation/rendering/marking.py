"""The twin of a row: the same shape, with a word of its own in every place that a template must not lose.

What the twin's text holds says what the template keeps, whatever words the row itself repeats. Rows of one shape have
the same twin, so one verdict serves them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from curation.model.values import Json
from curation.rendering.rows import ChatRow
from curation.rendering.tool_marking import Marks, mark_tool
from curation.schemas.pointers import escape_step

Part = Literal["text", "thought", "name", "key", "value", "arguments", "result", "tool", "parameter", "description"]
THOUGHT_KEYS = ("reasoning_content", "reasoning", "thinking")
"""Under which names rows keep what a model thought before it answered."""
MOST_ODD = 6
"""So many values of a row are tried for how the template prints them; one fault of a kind is enough to know."""
_THINKING = re.compile(r"(</?think>)")
_DEEPEST = 24


class Odd(NamedTuple):
    """A null or a yes-or-no value, which a careless template prints the way Python does."""

    at: str
    path: tuple[str | int, ...]
    """Where it stands in the twin."""
    is_content: bool


class Twin(NamedTuple):
    """A row's shape with a word of its own in each place."""

    row: ChatRow
    marks: Marks
    odd: tuple[Odd, ...]
    key: bytes
    """The same for all rows of this shape."""


def make_twin(row: ChatRow) -> Twin:
    """The twin of a row; same row, same twin."""
    marks = Marks()
    ids: dict[str, str] = {}
    odd: list[Odd] = []
    messages = tuple(_mark_message(message, i, marks, ids, odd) for i, message in enumerate(row.messages))
    tools = tuple(mark_tool(tool, i, marks) for i, tool in enumerate(row.tools))
    twin = ChatRow(messages, tools, row.style)
    return Twin(twin, marks, tuple(odd[:MOST_ODD]), msgspec.json.encode(twin))


def _mark_message(
    message: dict[str, Json], index: int, marks: Marks, ids: dict[str, str], odd: list[Odd]
) -> dict[str, Json]:
    at, role = f"/messages/{index}", message.get("role")
    marked = dict(message)
    content = message.get("content")
    part: Part = "result" if role == "tool" else "text"
    if isinstance(content, str):
        marked["content"] = _mark_text(content, f"{at}/content", part, index, marks)
    elif isinstance(content, list):
        marked["content"] = [_mark_part(one, f"{at}/content/{i}", part, index, marks) for i, one in enumerate(content)]
    elif "content" in message and content is None:
        odd.append(Odd(f"{at}/content", ("messages", index, "content"), is_content=True))
    for key in THOUGHT_KEYS:
        if isinstance(message.get(key), str) and message[key].strip():
            marked[key] = marks.add(f"{at}/{key}", "thought", index)
    if isinstance(message.get("tool_call_id"), str):
        marked["tool_call_id"] = _plain_id(message["tool_call_id"], ids)
    if role == "tool" and isinstance(message.get("name"), str):
        marked["name"] = "called_tool"
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        marked["tool_calls"] = [_mark_call(call, (index, j), marks, ids, odd) for j, call in enumerate(calls)]
    return marked


def _mark_part(piece: Json, at: str, part: Part, turn: int, marks: Marks) -> Json:
    """A part of a content that is a list."""
    if isinstance(piece, dict) and isinstance(piece.get("text"), str):
        return {**piece, "text": _mark_text(piece["text"], f"{at}/text", part, turn, marks)}
    return piece


def _mark_text(text: str, at: str, part: Part, turn: int, marks: Marks) -> str:
    """One word for the text, or one for each side of a thought's tags, which templates look for."""
    if not text.strip():
        return text
    if "think>" not in text:
        return marks.add(at, part, turn)
    pieces, is_thought = [], "<think>" not in text
    for piece in _THINKING.split(text):
        if piece in ("<think>", "</think>"):
            is_thought = piece == "<think>"
            pieces.append(piece)
        elif piece.strip():
            pieces.append(marks.add(at, "thought" if is_thought else part, turn))
    return "".join(pieces)


def _plain_id(identifier: str, ids: dict[str, str]) -> str:
    """Nine letters and digits, which the strictest template takes."""
    return ids.setdefault(identifier, f"call{len(ids):05d}")


def _mark_call(call: Json, place: tuple[int, int], marks: Marks, ids: dict[str, str], odd: list[Odd]) -> Json:
    if not isinstance(call, dict):
        return call
    turn, index = place
    at = f"/messages/{turn}/tool_calls/{index}"
    marked = dict(call)
    if isinstance(call.get("id"), str):
        marked["id"] = _plain_id(call["id"], ids)
    function = call.get("function")
    if isinstance(function, dict):
        marked["function"] = _mark_function(function, at, turn, marks)
        path = ("messages", turn, "tool_calls", index, "function", "arguments")
        odd.extend(_find_odd(function.get("arguments"), marked["function"].get("arguments"), at, path))
    return marked


def _mark_function(function: dict[str, Json], at: str, turn: int, marks: Marks) -> dict[str, Json]:
    marked, owner = dict(function), at
    if isinstance(function.get("name"), str):
        marked["name"] = marks.add(f"{at}/function/name", "name", turn, owner)
    if "arguments" in function:
        marked["arguments"] = _mark_arguments(function["arguments"], f"{at}/function/arguments", turn, marks, owner)
    return marked


def _mark_arguments(arguments: Json, at: str, turn: int, marks: Marks, owner: str) -> Json:
    if not isinstance(arguments, str):
        return _mark_value(arguments, at, turn, marks, owner, 0)
    try:
        value = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return marks.add(at, "arguments", turn, owner) if arguments.strip() else arguments
    if not value:
        # Text that says "nothing" gets a key, so that it can be seen how the template writes it.
        return msgspec.json.encode({marks.add(at, "arguments", turn, owner): 0}).decode()
    return msgspec.json.encode(_mark_value(value, at, turn, marks, owner, 0)).decode()


def _mark_value(value: Json, at: str, turn: int, marks: Marks, owner: str, depth: int) -> Json:
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        marked = {}
        for key, inner in value.items():
            place = f"{at}/{escape_step(key)}"
            word = marks.add(place, "key", turn, owner)
            marked[word] = _mark_value(inner, place, turn, marks, owner, depth + 1)
        return marked
    if isinstance(value, list):
        return [_mark_value(one, f"{at}/{i}", turn, marks, owner, depth + 1) for i, one in enumerate(value)]
    if isinstance(value, str) and value.strip():
        return marks.add(at, "value", turn, owner)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return marks.add_number(at, turn, owner, is_whole=isinstance(value, int))
    return value


def _find_odd(arguments: Json, marked: Json, at: str, path: tuple[str | int, ...]) -> Iterator[Odd]:
    """Nulls and yes-or-no values that stand right in an arguments object."""
    if not isinstance(arguments, dict) or not isinstance(marked, dict):
        return
    for (key, value), word in zip(arguments.items(), marked, strict=True):
        if value is None or isinstance(value, bool):
            yield Odd(f"{at}/function/arguments/{escape_step(key)}", (*path, word), is_content=False)
