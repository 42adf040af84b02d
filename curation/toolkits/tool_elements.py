"""Lists of tools in JSON, element by element, as definitions in ours.

OpenAI tools (wrapped or flat), Anthropic (`input_schema`) and MCP (`inputSchema`) differ in a key or two, and files mix
them, so one reader takes them all. Schemas keep their exact text; an OpenAI element is kept whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Raw

from curation.errors import UnreadableError
from curation.model.definition import Definition, SideEffect, Tool
from curation.model.source import one_line, quote, write_object
from curation.model.values import Json
from curation.toolkits.contract import Note, ReadTool, Source, ToolsRead
from curation.toolkits.own_facts import read_facts
from curation.toolkits.source import need_value

Members = dict[str, Raw]
MOST_TOOLS = 10_000
"""No model can choose among more; a file of a million empty ones would keep everybody waiting."""
FACTS_KEY = "callwright/tool"
"""Where a list of MCP tools carries what only we know of a tool."""
_NOTHING_SAID = frozenset({"type"})
"""Keys that say nothing a definition does not say by itself."""
_READ_ELSEWHERE = frozenset({"annotations", "outputSchema", "_meta"})
_HINTS = frozenset({"readOnlyHint", "destructiveHint", "idempotentHint"})
_SCHEMA_KEYS = ("inputSchema", "input_schema", "parameters")
_PATHS = (("tools",), ("result", "tools"))
_decode_members = msgspec.json.Decoder(Members).decode
_decode_elements = msgspec.json.Decoder(list[Raw]).decode


def read_elements(source: Source) -> ToolsRead:
    """The tools of a JSON list, of an object with `tools`, of a JSON-RPC reply, or of several such pages."""
    need_value(source)
    tools = []
    for at, text in _find_lists(source.json_text, source.value):
        elements = _decode_elements(text)
        for i, element in enumerate(elements[: MOST_TOOLS + 1]):
            tools += [_read_element(*one) for one in _open_group(f"{at}/{i}", element)]
        if len(tools) > MOST_TOOLS:
            raise UnreadableError(f"There are more than {MOST_TOOLS:,} tools at {at or '/'}; no model takes so many.")
    return ToolsRead(tuple(tools), notes=_note_pages(source.value))


def first_element(source: Source) -> dict[str, Json]:
    """The first tool of a list, for telling its form; empty where there is none."""
    value: Json = source.value
    for page in value if _is_pages(value) and isinstance(value, list) else [value]:
        found = next((one for path in _PATHS if isinstance(one := _dig(page, path), list)), page)
        for element in found if isinstance(found, list) else [found]:
            if isinstance(element, dict):
                return element
    return {}


def is_reply(source: Source) -> bool:
    """Whether it is a `tools/list` reply, or pages of them, rather than a bare list."""
    value = source.value
    return _is_pages(value) or (isinstance(value, dict) and any(isinstance(_dig(value, one), list) for one in _PATHS))


def _is_pages(value: Json) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(any(isinstance(_dig(page, path), list) for path in _PATHS) for page in value)


def _dig(value: Json, path: tuple[str, ...]) -> Json:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _find_lists(text: str, value: Json) -> Iterator[tuple[str, str]]:
    """Pointer and source of every list of tools."""
    if _is_pages(value) and isinstance(value, list):
        for i, page in enumerate(_decode_elements(text)):
            at, found = _find_list(bytes(page).decode(), value[i])
            yield f"/{i}{at}", found
    else:
        yield _find_list(text, value)


def _find_list(text: str, value: Json) -> tuple[str, str]:
    if isinstance(value, list):
        return "", text
    if not isinstance(value, dict):
        raise UnreadableError("The file holds no list of tools.")
    for path in _PATHS:
        if isinstance(_dig(value, path), list):
            return "/" + "/".join(path), _slice(text, path)
    if "swagger" in value:
        raise UnreadableError("This is Swagger 2.0.", hint="Convert it to OpenAPI 3 first.")
    if {"function", "name"} & set(value):
        return "", f"[{text}]"
    raise UnreadableError(
        "The file holds no tools.", hint="Give a list of tools, an object with `tools`, or an OpenAPI 3 document."
    )


def _slice(text: str, path: tuple[str, ...]) -> str:
    for key in path:
        text = bytes(_decode_members(text)[key]).decode()
    return text


def _note_pages(value: Json) -> tuple[Note, ...]:
    """A last page that names a next one is not the whole list."""
    last = value[-1] if _is_pages(value) and isinstance(value, list) else value
    reply = last.get("result", last) if isinstance(last, dict) else None
    if isinstance(reply, dict) and isinstance(reply.get("nextCursor"), str) and reply["nextCursor"]:
        return (Note("lost", "the list goes on: `nextCursor` names a further page that is not in this file"),)
    return ()


def _open_group(at: str, raw: Raw) -> list[tuple[str, Raw]]:
    """The tools of an element that is no tool but a class of them, `{"class": …, "functions": […]}`."""
    members = _decode_members(raw) if bytes(raw).lstrip().startswith(b"{") else {}
    inside = members.get("functions", Raw(b""))
    if {"name", "function"} & set(members) or not bytes(inside).lstrip().startswith(b"["):
        return [(at, raw)]
    functions = _decode_elements(inside)
    return [(f"{at}/functions/{j}", one) for j, one in enumerate(functions[: MOST_TOOLS + 1])]


def _read_element(at: str, raw: Raw) -> ReadTool:
    source = one_line(bytes(raw).decode())
    if not source.startswith("{"):
        return ReadTool(Tool(Definition(source)), at)
    members = _decode_members(raw)
    if "function" in members:
        return ReadTool(Tool(Definition(source)), at, {"/type": f"{at}/type", "/function": f"{at}/function"})
    key = next((key for key in _SCHEMA_KEYS if key in members), "parameters")
    return _wrap(at, members, key)


def _wrap(at: str, members: Members, schema_key: str) -> ReadTool:
    """Our definition of a flat one."""
    keys = {"name": "name", "description": "description", "parameters": schema_key, "strict": "strict"}
    function = [(ours, _source(members[theirs])) for ours, theirs in keys.items() if theirs in members]
    notes = [] if "description" in members else _describe(function, members)
    text = write_object([("type", quote("function")), ("function", write_object(function))])
    moved = {f"/function/{ours}": f"{at}/{theirs}" for ours, theirs in keys.items()}
    told = (*keys.values(), *_NOTHING_SAID, *(("title",) if notes else ()))
    notes += [_note_lost(key) for key in _left_out(members, told)]
    return ReadTool(_add_facts(Tool(Definition(text)), members), at, moved, tuple(notes))


def _describe(function: list[tuple[str, str]], members: Members) -> list[Note]:
    """The title stands in for a description that is missing: a model reads nothing else."""
    if "title" not in members or not _source(members["title"]).startswith('"'):
        return []
    function.insert(1, ("description", _source(members["title"])))
    return [Note("changed", "it has no description, so its `title` is the description")]


def _left_out(members: Members, told: tuple[str, ...]) -> Iterator[str]:
    for key in members:
        if key == "annotations":
            yield from (f"annotations.{hint}" for hint in _object(members, key) if hint not in _HINTS)
        elif key == "_meta":
            yield from (f"_meta.{name}" for name in _object(members, key) if name != FACTS_KEY)
        elif key not in told and key not in _READ_ELSEWHERE:
            yield key


def _note_lost(key: str) -> Note:
    return Note("lost", f"`{key}` is left out: a tool has no place for it")


def _add_facts(tool: Tool, members: Members) -> Tool:
    """What MCP says of a tool beside its definition, and what we said ourselves."""
    hints = _object(members, "annotations")
    idempotent = hints.get("idempotentHint")
    result = _source(members["outputSchema"]) if "outputSchema" in members else None
    hinted = msgspec.structs.replace(
        tool,
        side_effect=_side_effect(hints),
        idempotent=idempotent if isinstance(idempotent, bool) else None,
        result_schema=None if result == "null" else result,
    )
    return read_facts(hinted, _object(members, "_meta").get(FACTS_KEY))


def _side_effect(hints: dict[str, Json]) -> SideEffect | None:
    if hints.get("readOnlyHint") is True:
        return "read"
    if "destructiveHint" in hints:
        return "destructive" if hints["destructiveHint"] else "write"
    return None


def _object(members: Members, key: str) -> dict[str, Json]:
    value = msgspec.json.decode(members[key]) if key in members else None
    return value if isinstance(value, dict) else {}


def _source(raw: Raw) -> str:
    return one_line(bytes(raw).decode())
