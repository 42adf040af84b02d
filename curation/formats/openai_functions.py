"""The OpenAI form of 2023: `functions`, one `function_call` a turn, results under the role `function`; read only."""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition, build_call, map_call, read_composed, wrap_tool
from curation.formats.contract import Format
from curation.formats.result_matching import ResultMatcher
from curation.formats.slices import Members, cut_list, cut_object, text_of, write_list
from curation.model.reading import Reading, Reject
from curation.model.source import quote


class OldTurns:
    """Adds turns in the form of 2023 or of today to a row in the making; calls get ids, results find their call."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        self.matcher = ResultMatcher()

    def add(self, source: str, at: str) -> None:
        members = cut_object(source) or {}
        role, call = text_of(members.get("role")), cut_object(members.get("function_call"))
        if role == "assistant":
            self.matcher.start_turn()
        if role == "assistant" and call is not None and "tool_calls" not in members:
            self.add_call(members, call, at)
        elif role == "function":
            self.add_result(members, at)
        else:
            self.composition.add_as_given(source, at)

    def add_call(self, members: Members, call: Members, at: str) -> None:
        name, arguments = (call.pop(key, None) for key in ("name", "arguments"))
        call_id = quote(self.matcher.add_call(text_of(name)))
        place = at + "/function_call"
        moved = {"/tool_calls": place} | map_call(0, place)
        turn = {key: text for key, text in members.items() if key != "function_call"}
        turn["tool_calls"] = write_list([build_call(call_id, name, arguments, {}, call)])
        self.composition.add_turn(turn, at, moved)

    def add_result(self, members: Members, at: str) -> None:
        found = self.matcher.match(text_of(members.get("name")))
        turn = members | {"role": '"tool"'}
        if found is not None and "tool_call_id" not in members:
            turn["tool_call_id"] = quote(found.call_id)
        self.composition.add_turn(turn, at)


def add_functions(composition: Composition, functions: list[str], at: str) -> None:
    """Add the definitions of a `functions` list."""
    composition.tools = []
    composition.moved["/tools"] = at
    for k, function in enumerate(functions):
        members = cut_object(function)
        place = f"{at}/{k}"
        source = function if members is None else wrap_tool(members, {})
        composition.add_tool(source, place, None if members is None else {"/function": place})


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    elements = cut_list(row.get("messages"))
    if elements is None:
        return None
    composition = Composition()
    turns = OldTurns(composition)
    for i, element in enumerate(elements):
        turns.add(element, f"/messages/{i}")
    functions = cut_list(row.get("functions"))
    taken = {"messages"}
    if functions is not None and "tools" not in row:
        add_functions(composition, functions, "/functions")
        taken.add("functions")
    composition.rest = {key: source for key, source in row.items() if key not in taken}
    return composition


class _Message(msgspec.Struct):
    role: str = ""
    function_call: msgspec.Raw = msgspec.Raw(b"")
    tool_calls: msgspec.Raw = msgspec.Raw(b"")

    @property
    def is_old(self) -> bool:
        return self.role == "function" or bytes(self.function_call).startswith(b"{")


class _Row(msgspec.Struct):
    messages: list[_Message]
    functions: msgspec.Raw = msgspec.Raw(b"")
    tools: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation with `functions`, `function_call` or the role `function`, and nothing of today's form."""
    if b"function" not in raw:
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    is_new = bool(bytes(row.tools)) or any(bytes(message.tool_calls) for message in row.messages)
    has_functions = bytes(row.functions).startswith(b"[")
    return not is_new and (has_functions or any(message.is_old for message in row.messages))


FORMAT = Format(
    name="openai_functions",
    title="OpenAI of 2023: functions and function_call",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    unmarked_as="openai",
)
