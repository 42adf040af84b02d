"""ShareGPT as LLaMA-Factory reads it: turns of `from` and `value`, with the entry for its `dataset_info.json`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import msgspec

from curation.formats.contract import Format
from curation.formats.sharegpt_reading import OWN_ROLES, read
from curation.formats.sharegpt_writing import write

DATASET_INFO = "dataset_info.json"
_COLUMNS = {"messages": "conversations", "system": "system", "tools": "tools"}
_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_OWN_ROLES = tuple(role.encode() for role in OWN_ROLES)


class _Row(msgspec.Struct):
    conversations: list[dict[str, msgspec.Raw]] = []
    messages: list[dict[str, msgspec.Raw]] = []


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A list of turns, each with who speaks and what; under `messages` one of them has a mark of this form."""
    if b'"conversations"' not in raw and b'"messages"' not in raw:
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    turns = row.conversations or row.messages
    return (
        not (row.conversations and row.messages)
        and bool(turns)
        and all(_is_turn(turn) for turn in turns)
        and (bool(row.conversations) or any(map(_is_marked, turns)))
    )


def _is_turn(turn: dict[str, msgspec.Raw]) -> bool:
    return not {"value", "content"}.isdisjoint(turn) and not {"from", "role"}.isdisjoint(turn)


def _is_marked(turn: dict[str, msgspec.Raw]) -> bool:
    return "value" in turn or bytes(turn.get("role", b"")) in _OWN_ROLES


def companions(files: Mapping[str, str]) -> dict[str, bytes]:
    """`dataset_info.json` with one entry for each file: without it LLaMA-Factory sees no tools and no system text."""
    entries = {
        PurePath(name).stem: {"file_name": name, "formatting": "sharegpt", "columns": _COLUMNS, "tags": _TAGS}
        for name in files.values()
    }
    return {DATASET_INFO: msgspec.json.format(msgspec.json.encode(entries)) + b"\n"}


FORMAT = Format(
    name="sharegpt",
    title="ShareGPT: for LLaMA-Factory, every answer learnt",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    holds_any_order=False,
    companions=companions,
)
