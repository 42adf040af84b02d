"""Mistral rows to examples: an OpenAI row with older names for some keys."""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition, read_composed
from curation.formats.mistral_ids import read_id
from curation.formats.slices import Members, cut_list, cut_object, paste
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading, Reject

_OLD_KEYS = {"interactions": "messages", "available_tools": "tools"}
_TURN_LISTS = ("messages", "interactions")


def read(raw: bytes) -> Reading | Reject:
    """Read one row, with the ids of its calls as we number them."""
    reading = read_composed(raw, _compose)
    if isinstance(reading, Reject):
        return reading
    return msgspec.structs.replace(reading, example=_with_ids(reading.example))


def _compose(row: Members) -> Composition | None:
    """The row with today's names; None where it has them already, or where two names would meet."""
    old = [key for key in _OLD_KEYS if key in row]
    lists = [key for key in _TURN_LISTS if key in row]
    turns = cut_list(row[lists[0]]) if len(lists) == 1 else None
    if turns is None or any(_OLD_KEYS[key] in row for key in old):
        return None
    if not old and "system_prompt" not in row and not any('"text"' in turn for turn in turns):
        return None
    composition = Composition()
    composition.moved = {"/messages": f"/{lists[0]}"}
    if "system_prompt" in row:
        parts = {"/content": "/system_prompt"}
        composition.add_turn({"role": '"system"', "content": row["system_prompt"]}, "/system_prompt", parts)
    for n, turn in enumerate(turns):
        _add_turn(composition, turn, f"/{lists[0]}/{n}")
    for key, source in row.items():
        if key not in (*_TURN_LISTS, "system_prompt"):
            composition.rest[_OLD_KEYS.get(key, key)] = source
            composition.moved[f"/{_OLD_KEYS.get(key, key)}"] = f"/{key}"
    return composition


def _add_turn(composition: Composition, turn: str, at: str) -> None:
    members = cut_object(turn)
    if members is None or "text" not in members or "content" in members:
        composition.add_as_given(turn, at)
        return
    renamed = {("content" if key == "text" else key): source for key, source in members.items()}
    composition.moved[f"{composition.next_turn}/content"] = f"{at}/text"
    composition.add_as_given(paste(renamed), at)


def _with_ids(example: Example) -> Example:
    messages = tuple(map(_with_turn_ids, example.messages))
    return msgspec.structs.replace(example, messages=messages)


def _with_turn_ids(message: Message) -> Message:
    if message.calls:
        return msgspec.structs.replace(message, calls=tuple(map(_with_call_id, message.calls)))
    if isinstance(message.tool_call_id, str):
        return msgspec.structs.replace(message, tool_call_id=read_id(message.tool_call_id))
    return message


def _with_call_id(call: Call) -> Call:
    return msgspec.structs.replace(call, id=read_id(call.id)) if isinstance(call.id, str) else call
