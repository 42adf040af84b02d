"""xLAM rows: a request, the tools and the answers, the last two as JSON text; parameters under types of Python."""

from __future__ import annotations

import msgspec

from curation.formats.call_values import CallValues, cut_calls, read_call_values
from curation.formats.composing import Composition, build_call, call_id, map_call, read_composed, wrap_tool
from curation.formats.contract import Format
from curation.formats.foreign_types import TypeMender, note_types
from curation.formats.named_types import read_type
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of
from curation.formats.tools_text import cut_definitions
from curation.model.reading import Reading, Reject
from curation.model.source import quote, write_list
from curation.reading.python_literals import literal_to_json
from curation.reading.strict import parse_strict


class _Row(msgspec.Struct):
    query: str
    tools: str | list[dict[str, msgspec.Raw]]
    answers: str | list[dict[str, msgspec.Raw]]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A request with tools and answers."""
    return decoded(_decode, raw) is not None


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    if text_of(row.get("query")) is None or "messages" in row:
        return None
    composition = Composition()
    known = {"query"}
    if text_of(row.get("system")):
        known.add("system")
        composition.add_turn({"role": '"system"', "content": row["system"]}, "/system", {"/content": "/system"})
    composition.add_turn({"role": '"user"', "content": row["query"]}, "/query", {"/content": "/query"})
    known |= {key for key, add in (("answers", _add_answers), ("tools", _add_tools)) if add(composition, row.get(key))}
    composition.rest = {key: source for key, source in row.items() if key not in known}
    return composition


def _add_answers(composition: Composition, source: str | None) -> bool:
    """Add the turn with the calls; no call at all is an empty turn that somebody has to fill."""
    if source is None:
        return False
    text = text_of(source)
    inner = source if text is None else text.strip()
    if cut_list(inner) == [] or text == "":
        composition.add_turn({"role": '"assistant"', "content": "null"}, "/answers", {"/content": "/answers"})
        return True
    found = read_call_values(text) if text is not None else _given_calls(source)
    if found is None:
        composition.find("J12", "/answers", "The answers are no list of calls with `name` and `arguments`.")
        return False
    if found.is_python:
        composition.find("J03", composition.next_turn, "The answers were a Python literal and are read as JSON.")
    if text is not None:
        composition.hidden.add("/answers")
    calls = [
        build_call(call_id(n), one.name, one.arguments, one.rest | ({} if one.id is None else {"given_id": one.id}))
        for n, one in enumerate(found.calls, start=1)
    ]
    parts = {"/tool_calls": "/answers"}
    for n, one in enumerate(found.calls):
        parts |= map_call(n, f"/answers{one.at}")
    members = {"role": '"assistant"', "content": "null", "tool_calls": write_list(calls)}
    composition.add_turn(members, "/answers", parts)
    return True


def _given_calls(source: str) -> CallValues | None:
    calls = cut_calls(source)
    return None if calls is None else CallValues(calls, (), is_python=False)


def _add_tools(composition: Composition, source: str | None) -> bool:
    if source is None:
        return False
    text = text_of(source)
    given = source if text is None else _sound_text(composition, text)
    elements = cut_definitions(given) if given else ([] if text == "" else None)
    if elements is None:
        composition.find("T04", "/tools", "The tools are no list of definitions.")
        return False
    if text is not None:
        composition.hidden.add("/tools")
        composition.moved["/tools"] = "/tools"
    composition.tools = []
    for k, element in enumerate(elements):
        add_python_tool(composition, element, f"/tools/{k}")
    return True


def _sound_text(composition: Composition, text: str) -> str | None:
    if not any(fault.is_fatal for fault in parse_strict(text).faults):
        return text
    mended = literal_to_json(text)
    if mended is not None:
        composition.find("J03", "/tools", "The tools were written as a Python literal and are read as JSON.")
    return mended


# -- definitions ---------------------------------------------------------------------------------------------------


def add_python_tool(composition: Composition, source: str, at: str) -> None:
    """Add a definition whose parameters stand directly under their names, with types of Python."""
    outer = cut_object(source)
    inner = cut_object(outer.get("function")) if outer else None
    function = inner if inner is not None else outer
    if outer is None or function is None or text_of(function.get("name")) is None:
        composition.add_tool(source, at)
        return
    if inner is not None:
        at += "/function"
    more = {key: one for key, one in outer.items() if inner is not None and key not in ("function", "type")}
    parts = {"/function": at}
    parameters = cut_object(function.get("parameters"))
    if parameters is not None:
        mender = TypeMender()
        function["parameters"], is_bare = read_parameters(parameters, mender)
        note_types(composition, mender, len(composition.tools or ()))
        if is_bare:
            parts["/function/parameters/properties"] = f"{at}/parameters"
    composition.add_tool(wrap_tool(function, more), at, parts)


def read_parameters(parameters: Members, mender: TypeMender) -> tuple[str, bool]:
    """The schema of parameters, and whether they stood there without one around them."""
    if cut_object(parameters.get("properties")) is not None and text_of(parameters.get("type")) is not None:
        return mender.mend_schema(paste(parameters)), False
    properties: Members = {}
    required: list[str] = []
    for name, source in parameters.items():
        members = cut_object(source)
        properties[name] = source if members is None else mender.mend_schema(paste(_without_flag(members)))
        if members is not None and _is_required(members):
            required.append(quote(name))
    schema = {"type": '"object"', "properties": paste(properties)}
    return paste(schema | ({"required": write_list(required)} if required else {})), True


def _is_required(members: Members) -> bool:
    """Whether a parameter has no default and nothing calls it optional; where a flag says so, the flag counts."""
    flag = members.get("required")
    if flag in ("true", "false"):
        return flag == "true"
    kind = read_type(text_of(members.get("type")) or "")
    says_optional = "optional" in (text_of(members.get("type")) or "").casefold()
    return "default" not in members and not says_optional and not (kind is not None and kind.is_optional)


def _without_flag(members: Members) -> Members:
    """A parameter without the flag that stands in `required` of the schema now."""
    return {key: one for key, one in members.items() if key != "required" or one not in ("true", "false")}


FORMAT = Format(
    name="xlam",
    title="xLAM: query, tools and answers",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
)
