"""Glaive's raw rows (function calling v2): tools in the prose of `system`, the whole conversation one text in `chat`.

A call stands behind `<functioncall>`, its arguments as JSON in single quotes. Only read: nothing trains on this form.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from curation.formats.call_order import OrderedTurns
from curation.formats.call_values import CallValue, CallValues, read_call_values
from curation.formats.composing import Composition, read_composed
from curation.formats.contract import Format
from curation.formats.prose_tools import add_prose_tools, find_prose_tools
from curation.formats.recognising import decoded
from curation.formats.slices import Members, text_of
from curation.formats.tools_text import compose_tools
from curation.model.reading import Reading, Reject
from curation.model.source import quote
from curation.reading.python_literals import literal_to_json
from curation.reading.strict import parse_strict

_END = "<|endoftext|>"
_TURN = re.compile(rf"(?:\A\s*+|\n[^\S\n]*+|{re.escape(_END)}\s*+)(USER|ASSISTANT|FUNCTION RESPONSE):")
_CALL = "<functioncall>"
_CALL_END = "</functioncall>"
_QUOTED = re.compile(r"""\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*+")\s*,\s*"arguments"\s*:\s*'(.*)'\s*\}\Z""", re.DOTALL)
_ROLES = {"USER": "user", "ASSISTANT": "assistant", "FUNCTION RESPONSE": "tool"}


class _Row(msgspec.Struct):
    chat: str
    system: str = ""


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A `chat` that is one text with turns of USER and ASSISTANT."""
    if b'"chat"' not in raw:
        return False
    row = decoded(_decode, raw)
    return row is not None and {"USER", "ASSISTANT"} <= {match.group(1) for match in _TURN.finditer(row.chat)}


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    chat, system = text_of(row.get("chat")), text_of(row.get("system"))
    if chat is None or "messages" in row:
        return None
    turns = OrderedTurns()
    if system is not None:
        _add_system(turns, system, has_tools="tools" in row)
    for n, turn in enumerate(_cut_turns(chat)):
        _add_turn(turns, turn, f"/chat/{n}")
    turns.composition.hidden.add("/chat")
    compose_tools(turns.composition, row, wraps=True)
    known = {"chat", "tools"} | ({"system"} if system is not None else set())
    turns.composition.rest |= {key: source for key, source in row.items() if key not in known}
    return turns.composition


def _add_system(turns: OrderedTurns, text: str, *, has_tools: bool) -> None:
    """The prose as a system turn, the definitions out of it where the row has no others."""
    own = text.strip().removeprefix("SYSTEM:").strip()
    tools = None if has_tools else find_prose_tools(own)
    if tools is not None:
        add_prose_tools(turns.composition, tools, "/system")
    prose = own if tools is None else tools.prose
    if prose:
        members = {"role": '"system"', "content": quote(prose)}
        turns.add_text(members, "/system", {"/role": "/system", "/content": "/system"})


class _Turn(NamedTuple):
    role: str
    """Empty for a text before the first turn."""
    text: str


def _cut_turns(chat: str) -> list[_Turn]:
    marks = list(_TURN.finditer(chat))
    starts = [mark.start() for mark in marks[1:]] + [len(chat)]
    head = chat[: marks[0].start()] if marks else chat
    turns = [_Turn("", head.strip())] if head.strip() else []
    for mark, end in zip(marks, starts if marks else (), strict=True):
        turns.append(_Turn(_ROLES[mark.group(1)], _without_ends(chat[mark.end() : end])))
    return turns


def _without_ends(text: str) -> str:
    """A turn's text without the marks of the end behind it."""
    pieces = text.split(_END)
    while len(pieces) > 1 and not pieces[-1].strip():
        pieces.pop()
    return _END.join(pieces).strip()


def _add_turn(turns: OrderedTurns, turn: _Turn, at: str) -> None:
    content = quote(turn.text)
    if turn.role == "tool":
        turns.add_result({}, content, at, {"/content": at})
    elif turn.role == "assistant" and _CALL in turn.text:
        _add_calls(turns, turn.text, at)
    else:
        members = {"role": quote(turn.role), "content": content} if turn.role else {"content": content}
        turns.add_text(members, at, {"/content": at})


def _add_calls(turns: OrderedTurns, text: str, at: str) -> None:
    before, *sources = text.split(_CALL)
    found = [_read_call(source.strip().removesuffix(_CALL_END).strip()) for source in sources]
    known = [values for values in found if values is not None]
    if len(known) < len(found):
        why = f"What follows {_CALL} is no call: an object with `name` and `arguments` is expected."
        turns.composition.find("J12", f"{turns.composition.next_turn}/content", why)
        turns.add_text({"role": '"assistant"', "content": quote(text)}, at, {"/content": at})
        return
    calls = tuple(call for values in known for call in values.calls)
    faults = tuple(fault for values in known for fault in values.faults)
    together = CallValues(calls, faults, is_python=any(values.is_python for values in known))
    rest = {"content": quote(before.strip())} if before.strip() else {}
    turns.add_calls(rest, together, at, {"/content": at, "/tool_calls": at}, [f"{at}/{n}" for n in range(len(calls))])


def _read_call(source: str) -> CallValues | None:
    """A call whose arguments are JSON in single quotes, as this form writes them, or in any way JSON allows."""
    match = _QUOTED.match(source)
    if match is None:
        return read_call_values(source)
    name, inside = match.groups()
    text = _mend(inside)
    arguments = quote(inside if text is None else text)
    call = CallValue("", name, arguments, None, {})
    return CallValues((call,), (), is_python=text is not None and text != inside)


def _mend(inside: str) -> str | None:
    """The arguments as JSON: as they are, without the escapes of single quotes, or out of a Python literal."""
    for text in (inside, inside.replace("\\'", "'")):
        if isinstance(parse_strict(text).value, dict):
            return text
    mended = literal_to_json(inside)
    return mended if mended is not None and mended.startswith("{") else None


FORMAT = Format(
    name="glaive",
    title="Glaive v2 raw: a chat in one text",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
