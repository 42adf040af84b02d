"""Gemini rows to examples: contents become turns; results find their calls by name and order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from curation.formats.composing import Composition, build_call, map_call, read_composed, wrap_tool
from curation.formats.gemini_results import read_response
from curation.formats.gemini_schemas import read_schema
from curation.formats.result_matching import ResultMatcher
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list
from curation.model.reading import Reading, Reject
from curation.model.source import quote

_ROLES = {"user": "user", "model": "assistant", "function": "user", "tool": "user"}
_SYSTEM = ("system_instruction", "systemInstruction")
_DECLARATIONS = ("functionDeclarations", "function_declarations")
_CALL = ("functionCall", "function_call")
_RESPONSE = ("functionResponse", "function_response")


class _Part(NamedTuple):
    """One part of a content."""

    at: str
    source: str
    members: Members

    def find(self, names: tuple[str, ...]) -> tuple[str, Members] | None:
        """The object under one of the names, with that name."""
        for name in names:
            inner = cut_object(self.members.get(name))
            if inner is not None:
                return name, inner
        return None

    @property
    def is_plain(self) -> bool:
        return self.members.keys() == {"text"} and self.members["text"].startswith('"')

    @property
    def is_thought(self) -> bool:
        return self.members.get("thought") == "true" and text_of(self.members.get("text")) is not None


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    contents = cut_list(row.get("contents"))
    return None if contents is None or "messages" in row else _Reader(row).read(contents)


class _Reader:
    """One pass over the contents of a row."""

    def __init__(self, row: Members) -> None:
        self.row = row
        self.composition = Composition()
        self.composition.rest = {key: source for key, source in row.items() if key != "contents"}
        self.matcher = ResultMatcher()

    def read(self, contents: list[str]) -> Composition:
        self.add_system()
        for i, content in enumerate(contents):
            self.add_content(content, f"/contents/{i}")
        if (tools := cut_list(self.row.get("tools"))) is not None:
            self.composition.tools = []
            for k, tool in enumerate(tools):
                self.add_tools(tool, f"/tools/{k}")
        return self.composition

    def add_system(self) -> None:
        for key in _SYSTEM:
            source = self.row.get(key, "")
            members = cut_object(source) or {}
            parts = _cut_parts(members.get("parts"), f"/{key}/parts")
            if source.startswith('"'):
                self.composition.add_turn({"role": '"system"', "content": source}, f"/{key}", {"/content": f"/{key}"})
            elif parts:
                content, moved = _join(parts, f"/{key}/parts")
                more = {name: text for name, text in members.items() if name not in ("parts", "role")}
                self.composition.add_turn({"role": '"system"', "content": content, **more}, f"/{key}", moved)
            else:
                continue
            del self.composition.rest[key]
            return

    def add_content(self, source: str, at: str) -> None:
        members = cut_object(source) or {}
        parts = _cut_parts(members.get("parts"), at + "/parts")
        role = _ROLES.get(text_of(members.get("role")) or "")
        if not parts or role is None:
            self.composition.add_as_given(source, at)
            return
        more = {key: text for key, text in members.items() if key not in ("role", "parts")}
        if role == "assistant":
            self.add_answer(parts, at, more)
        else:
            self.add_user(parts, at, more)

    # -- the user's side --------------------------------------------------------------------------------------------

    def add_user(self, parts: list[_Part], at: str, more: Members) -> None:
        said: list[_Part] = []
        for part in parts:
            response = part.find(_RESPONSE)
            if response is None:
                said.append(part)
                continue
            more = self.add_said(said, at, more)
            said = []
            self.add_result(part, *response, more)
            more = {}
        self.add_said(said, at, more)

    def add_said(self, parts: list[_Part], at: str, more: Members) -> Members:
        """Keys of the content go to the first turn it becomes; what is left of them comes back."""
        if not parts:
            return more
        content, moved = _join(parts, at + "/parts")
        self.composition.add_turn({"role": '"user"', "content": content, **more}, at, moved)
        return {}

    def add_result(self, part: _Part, key: str, response: Members, more: Members) -> None:
        given, name = text_of(response.pop("id", None)), text_of(response.pop("name", None))
        one = self.matcher.match(name, given)
        turn = {"role": '"tool"', "content": read_response(response.pop("response", "{}"))}
        if given is not None or one is not None:
            turn["tool_call_id"] = quote(given if given is not None else one.call_id if one else "")
        if name is not None and (one is None or one.name != name):
            turn["name"] = quote(name)
        rest = {other: text for other, text in part.members.items() if other != key}
        at = f"{part.at}/{key}"
        moved = {"/content": at + "/response", "/tool_call_id": at, "/name": at + "/name"}
        self.composition.add_turn(turn | response | rest | more, at, moved)

    # -- the model's side -------------------------------------------------------------------------------------------

    def add_answer(self, parts: list[_Part], at: str, more: Members) -> None:
        self.matcher.start_turn()
        calls = [(part, *found) for part in parts if (found := part.find(_CALL)) is not None]
        thoughts = [part for part in parts if part.is_thought]
        callers = [part for part, _, _ in calls]
        said = [part for part in parts if part not in callers and part not in thoughts]
        content, moved = _join(said, at + "/parts") if said else ("null", {"/content": at + "/parts"})
        turn = {"role": '"assistant"', "content": content}
        if calls:
            turn["tool_calls"] = write_list([self.build_call(*one) for one in calls])
            moved["/tool_calls"] = at + "/parts"
            for n, (part, key, _) in enumerate(calls):
                moved |= map_call(n, f"{part.at}/{key}", _CALL_PARTS)
        if said and calls and parts.index(said[-1]) > parts.index(callers[0]):
            message = "Text stands after a call here; it is read as if it stood before the call."
            self.composition.find("M08", self.composition.next_turn + "/content", message)
        self.composition.add_turn(turn | _keep_thoughts(thoughts) | more, at, moved)

    def build_call(self, part: _Part, key: str, call: Members) -> str:
        members = dict(call)
        name, arguments, given = (members.pop(one, None) for one in ("name", "args", "id"))
        call_id = self.matcher.add_call(text_of(name), text_of(given))
        rest = {other: text for other, text in part.members.items() if other != key}
        return build_call(quote(call_id), name, arguments or "{}", rest, members)

    # -- tools ------------------------------------------------------------------------------------------------------

    def add_tools(self, source: str, at: str) -> None:
        members = cut_object(source) or {}
        key = next((key for key in _DECLARATIONS if cut_list(members.get(key)) is not None), None)
        if key is None or len(members) != 1:
            self.composition.add_tool(source, at)
            return
        for n, declaration in enumerate(cut_list(members[key]) or ()):
            self.add_declaration(declaration, f"{at}/{key}/{n}")

    def add_declaration(self, source: str, at: str) -> None:
        function = cut_object(source)
        if function is None:
            self.composition.add_tool(source, at)
            return
        moved = {"/function": at}
        if "parameters" in function:
            function["parameters"] = read_schema(function["parameters"])
        elif "parametersJsonSchema" in function:
            function["parameters"] = function.pop("parametersJsonSchema")
            moved["/function/parameters"] = at + "/parametersJsonSchema"
        self.composition.add_tool(wrap_tool(function, {}), at, moved)


_CALL_PARTS: Mapping[str, str] = {"": "", "/function": "", "/function/name": "/name", "/function/arguments": "/args"}


def _cut_parts(source: str | None, at: str) -> list[_Part]:
    """The parts of a content; none when it has no list of objects."""
    parts = []
    for n, element in enumerate(cut_list(source) or ()):
        members = cut_object(element)
        if members is None:
            return []
        parts.append(_Part(f"{at}/{n}", element, members))
    return parts


def _join(parts: list[_Part], at: str) -> tuple[str, dict[str, str]]:
    """The content of several parts, with the places of its own parts: plain text where there is nothing else."""
    if len(parts) == 1 and parts[0].is_plain:
        return parts[0].members["text"], {"/content": parts[0].at + "/text"}
    moved = {f"/content/{n}": part.at for n, part in enumerate(parts)}
    sources = [paste({"type": '"text"', **part.members}) if part.is_plain else part.source for part in parts]
    return write_list(sources), {"/content": at} | moved


def _keep_thoughts(parts: list[_Part]) -> Members:
    """What the model thought, as the text that templates know, or as it is when it comes in pieces."""
    if len(parts) == 1 and parts[0].members.keys() == {"text", "thought"}:
        return {"reasoning_content": parts[0].members["text"]}
    return {"thought_parts": write_list([part.source for part in parts])} if parts else {}
