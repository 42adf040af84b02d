"""API-Bank dialogues: turns of User, AI and API, where an API turn holds a call together with its result."""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition, build_call, call_id, map_call, read_composed
from curation.formats.contract import Format
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of
from curation.model.reading import Reading, Reject
from curation.model.source import quote, write_list
from curation.reading.strict import parse_strict

KEYS = ("dialogue", "chat_history", "turns", "conversation", "messages")
"""Under which the turns may stand."""
_ROLES = {"User": "user", "AI": "assistant"}
_CALL_PARTS = {"": "", "/function": "", "/function/name": "/api_name", "/function/arguments": "/param_dict"}


class _Turn(msgspec.Struct):
    role: str = ""
    api_name: str | None = None


class _Row(msgspec.Struct):
    dialogue: list[_Turn] = []
    chat_history: list[_Turn] = []
    turns: list[_Turn] = []
    conversation: list[_Turn] = []
    messages: list[_Turn] = []


_decode = msgspec.json.Decoder(_Row).decode
_decode_turn = msgspec.json.Decoder(_Turn).decode


def recognises(raw: bytes) -> bool:
    """A dialogue of User, AI and API."""
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    turns: list[_Turn] = next((found for key in KEYS if (found := getattr(row, key))), [])
    return bool(turns) and all(is_role(turn.role) for turn in turns)


def is_turn(raw: bytes) -> bool:
    """Whether a line is one turn of a dialogue, as API-Bank's own files hold them."""
    try:
        return is_role(_decode_turn(raw).role)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def is_role(role: str) -> bool:
    return role in _ROLES or role == "API"


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    key = next((key for key in KEYS if cut_list(row.get(key)) is not None), None)
    if key is None:
        return None
    composition = Composition()
    n_calls = 0
    for i, source in enumerate(cut_list(row[key]) or ()):
        members = cut_object(source) or {}
        role = text_of(members.get("role"))
        if role == "API" and text_of(members.get("api_name")) is not None:
            n_calls += 1
            _add_call(composition, members, n_calls, f"/{key}/{i}")
        elif role in _ROLES:
            _add_text(composition, members, _ROLES[role], f"/{key}/{i}")
        else:
            composition.add_as_given(source, f"/{key}/{i}")
    composition.rest = {name: source for name, source in row.items() if name not in (key, "tools")}
    tools = cut_list(row.get("tools"))
    if tools is not None:
        composition.tools = tools
    elif "tools" in row:
        composition.rest["tools"] = row["tools"]
    return composition


def _add_text(composition: Composition, members: Members, role: str, at: str) -> None:
    text_key = "text" if "text" in members else "content"
    turn = {"role": quote(role)}
    if text_key in members:
        turn["content"] = members[text_key]
    rest = {key: source for key, source in members.items() if key not in ("role", text_key)}
    composition.add_turn(turn | rest, at, {"/content": f"{at}/{text_key}"})


def _add_call(composition: Composition, members: Members, n: int, at: str) -> None:
    """The turn that calls, and the one with the result where the row has one."""
    call = build_call(call_id(n), members["api_name"], members.get("param_dict"), {})
    rest = {key: source for key, source in members.items() if key not in ("role", "api_name", "param_dict", "result")}
    turn = {"role": '"assistant"', "content": "null", "tool_calls": write_list([call]), **rest}
    composition.add_turn(turn, at, map_call(0, at, _CALL_PARTS))
    if "result" in members:
        content = _result_text(members)
        answer = {"role": '"tool"', "tool_call_id": call_id(n), "content": content}
        composition.add_turn(answer, at, {"/content": f"{at}/result", "/tool_call_id": f"{at}/api_name"})


def _result_text(members: Members) -> str:
    """The result as the content of a turn, without the call that it only says again."""
    result = cut_object(members["result"])
    if result is None:
        return members["result"] if text_of(members["result"]) is not None else quote(members["result"])
    again = {"api_name": members["api_name"], "input": members.get("param_dict", "")}
    kept = {key: source for key, source in result.items() if key not in again or not _is_same(source, again[key])}
    return quote(paste(kept))


def _is_same(one: str, other: str) -> bool:
    first, second = parse_strict(one), parse_strict(other)
    return (
        not first.faults and not second.faults and msgspec.json.encode(first.value) == msgspec.json.encode(second.value)
    )


FORMAT = Format(
    name="api_bank",
    title="API-Bank: turns of User, AI and API",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
)
