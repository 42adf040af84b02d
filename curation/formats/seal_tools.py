"""Seal-Tools: a query and its calls, where a later call names a result of an earlier one as `API_call_n`; read only.

Calls that wait for others become a turn of their own. The results between them are what the row says of them: the
names of the values that each call gives.
"""

from __future__ import annotations

import re

import msgspec

from curation.formats.composing import Composition, build_call, map_call, read_composed, wrap_tool
from curation.formats.contract import Format
from curation.formats.foreign_types import TypeMender, note_types
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list
from curation.model.reading import Reading, Reject
from curation.model.source import quote
from curation.reading.scan import escape_step

_PLACEHOLDER = re.compile(r"API_call_\d+")
_CALL_PARTS = {"": "", "/function": "", "/function/name": "/api", "/function/arguments": "/parameters"}


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    calling = [cut_object(element) for element in cut_list(row.get("calling")) or ()]
    calls = [call for call in calling if call is not None]
    if not calls or len(calls) != len(calling) or "messages" in row or text_of(row.get("query")) is None:
        return None
    composition = Composition()
    composition.add_turn({"role": '"user"', "content": row["query"]}, "/query", {"/content": "/query"})
    _add_calls(composition, calls)
    taken = {"query", "calling"}
    if (tools := cut_list(row.get("tools"))) is not None:
        composition.tools = []
        for k, tool in enumerate(tools):
            _add_tool(composition, tool, f"/tools/{k}")
        taken.add("tools")
    composition.rest = {key: source for key, source in row.items() if key not in taken}
    return composition


def _add_calls(composition: Composition, calls: list[Members]) -> None:
    start = 0
    for turn in _part_turns(calls):
        is_last = start + len(turn) == len(calls)
        _add_turn(composition, turn, start, is_last=is_last)
        if not is_last:
            for n, call in enumerate(turn, start):
                result = {"role": '"tool"', "content": quote(call.get("responses", "[]"))}
                at = f"/calling/{n}/responses"
                composition.add_turn(result | {"tool_call_id": _call_id(n)}, at, {"/content": at})
        start += len(turn)


def _part_turns(calls: list[Members]) -> list[list[Members]]:
    """The calls, cut before each one that waits for another of its turn."""
    turns: list[list[Members]] = [[]]
    for call in calls:
        given = {name for one in turns[-1] for name in _PLACEHOLDER.findall(one.get("responses", ""))}
        if given & set(_PLACEHOLDER.findall(call.get("parameters", ""))):
            turns.append([])
        turns[-1].append(call)
    return turns


def _call_id(n: int) -> str:
    return quote(f"call_{n + 1}")


def _add_turn(composition: Composition, calls: list[Members], start: int, *, is_last: bool) -> None:
    """A turn of calls; what the last ones give stays beside them, as nobody goes on from it."""
    moved = {"/tool_calls": "/calling", "/content": "/calling"}
    sources = []
    for j, call in enumerate(calls):
        moved |= map_call(j, f"/calling/{start + j}", _CALL_PARTS)
        known = ("api", "parameters") if is_last else ("api", "parameters", "responses")
        rest = {key: source for key, source in call.items() if key not in known}
        sources.append(build_call(_call_id(start + j), call.get("api"), call.get("parameters"), rest))
        _find_placeholders(composition, j, call)
    turn = {"role": '"assistant"', "content": "null", "tool_calls": write_list(sources)}
    composition.add_turn(turn, "/calling", moved)


def _find_placeholders(composition: Composition, j: int, call: Members) -> None:
    at = f"{composition.next_turn}/tool_calls/{j}/function/arguments"
    for key, source in (cut_object(call.get("parameters")) or {}).items():
        if found := _PLACEHOLDER.search(source):
            message = f"`{found[0]}` stands for a value of an earlier result; write the value that the result holds."
            composition.find("A12", f"{at}/{escape_step(key)}", message)


def _add_tool(composition: Composition, source: str, at: str) -> None:
    """A definition with a type beside each parameter, in Python's words."""
    members = cut_object(source) or {}
    if "api_name" not in members:
        composition.add_tool(source, at)
        return
    properties = cut_object(members.get("parameters")) or {}
    schema = {"type": '"object"', "properties": paste(properties)}
    if members.get("required", "null") != "null":
        schema["required"] = members["required"]
    function = {"name": members["api_name"]}
    if "api_description" in members:
        function["description"] = members["api_description"]
    mender = TypeMender()
    function["parameters"] = mender.mend_schema(paste(schema))
    note_types(composition, mender, len(composition.tools or ()))
    known = ("api_name", "api_description", "parameters", "required")
    rest = {key: text for key, text in members.items() if key not in known}
    parts = {"/function/name": "/api_name", "/function/description": "/api_description", "/function": ""}
    parts |= {"/function/parameters/required": "/required", "/function/parameters/properties": "/parameters"}
    moved = {inner: at + outer for inner, outer in (parts | {"/function/parameters": "/parameters"}).items()}
    composition.add_tool(wrap_tool(function, rest), at, moved)


class _Call(msgspec.Struct):
    api: str


class _Row(msgspec.Struct):
    query: str
    calling: list[_Call]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A query with `calling`, a list of calls of an `api`."""
    if b'"calling"' not in raw:
        return False
    try:
        return bool(_decode(raw).calling)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


FORMAT = Format(
    name="seal_tools",
    title="Seal-Tools: a query and its calls",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
