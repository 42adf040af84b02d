"""Hermes function calling: conversations whose text holds `<tools>`, `<tool_call>` and `<tool_response>`.

Read from `conversations` (from, value) or `messages` (role, content), in JSON or as Python literals; written as the
first. Ids of calls are not in the text, so calls are numbered.
"""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition, read_composed
from curation.formats.context import list_taken_keys
from curation.formats.contract import NO_OBJECT, Format, Loss, Written
from curation.formats.hermes_reading import GivenTurn, HermesReader
from curation.formats.hermes_system import split_system
from curation.formats.hermes_turns import CALL, split_answer
from curation.formats.hermes_writing import HermesWriter, TextTurn
from curation.formats.losses import take_off_labels
from curation.formats.slices import Members, add_members, cut_list, cut_object, text_of, write_list
from curation.formats.tools_text import compose_tools
from curation.formats.turns import UnwritableError
from curation.model.example import Example
from curation.model.reading import Reading, Reject
from curation.model.source import quote, write_object
from curation.model.values import Exact, Field, UnsetType
from curation.schemas.pointers import escape_step

_TURN_LISTS = ("conversations", "messages")
_ROW_KEYS = (*_TURN_LISTS, "tools")
_TEXT_KEYS = (("from", "value"), ("role", "content"))
_OURS = frozenset({"role", "content", "tool_calls"})
_NAMES = {"user": "human", "assistant": "gpt"}


class _Turn(msgspec.Struct):
    speaker: str = msgspec.field(name="from", default="")
    value: str = ""
    role: str = ""
    content: str | None = None
    tool_calls: msgspec.Raw = msgspec.Raw(b"")


class _Row(msgspec.Struct):
    conversations: list[_Turn] = []
    messages: list[_Turn] = []


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation whose text holds definitions or a call in tags."""
    if b"<tool" not in raw:
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    turns = row.conversations or row.messages
    return not any(bytes(turn.tool_calls) for turn in turns) and any(map(_is_marked, turns))


def _is_marked(turn: _Turn) -> bool:
    text, role = turn.value or turn.content or "", turn.speaker or turn.role
    if role == "system":
        return split_system(text) is not None
    return role in ("gpt", "assistant", "model") and CALL in text and bool(split_answer(text).calls)


# -- reading -----------------------------------------------------------------------------------------------------------


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    lists = [key for key in _TURN_LISTS if key in row]
    elements = cut_list(row[lists[0]]) if len(lists) == 1 else None
    if elements is None:
        return None
    reader = HermesReader(has_tools="tools" in row)
    reader.composition.moved["/messages"] = f"/{lists[0]}"
    for n, element in enumerate(elements):
        at = f"/{lists[0]}/{n}"
        turn = _cut_turn(element, at)
        if turn is None:
            reader.composition.add_as_given(element, at)
        else:
            reader.add(n, turn)
    compose_tools(reader.composition, row)
    reader.composition.rest |= {key: source for key, source in row.items() if key not in _ROW_KEYS}
    return reader.composition


def _cut_turn(element: str, at: str) -> GivenTurn | None:
    """The role and the text of a turn; None where it has another shape, which stays as it is."""
    members = cut_object(element) or {}
    for role_key, text_key in _TEXT_KEYS:
        role, text = text_of(members.get(role_key)), text_of(members.get(text_key))
        rest = {key: source for key, source in members.items() if key not in (role_key, text_key)}
        if role is not None and text is not None and _OURS.isdisjoint(rest):
            return GivenTurn(role, text, at, f"{at}/{text_key}", rest)
    return None


# -- writing -----------------------------------------------------------------------------------------------------------


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    writer = HermesWriter(bare, (*losses, *list_taken_keys(bare, _ROW_KEYS)), names_results=True)
    try:
        turns = writer.write()
    except UnwritableError as error:
        return Written(refused=str(error))
    rest = [(key, bare.extra[key]) for key in sorted(bare.extra) if key not in _ROW_KEYS]
    row = write_object([("conversations", write_list([_write_turn(turn) for turn in turns])), *rest])
    taken = [
        Loss(f"/messages/{i}/{escape_step(key)}", f"unknown key {key}")
        for i, message in enumerate(bare.messages)
        for key in sorted(message.extra)
        if message.role != "tool" and key in ("from", "value")
    ]
    return Written(rows=(row.encode(),), losses=(*writer.losses, *taken))


def _write_turn(turn: TextTurn) -> str:
    written = f'{{"from":{quote(_NAMES.get(turn.role, turn.role))},"value":{quote(turn.text)}}}'
    source = turn.source
    if source is None:
        return written
    members = {} if isinstance(source.weight, UnsetType) else {"weight": _source(source.weight)}
    taken = ("from", "value", *members)
    return add_members(written, members | {key: source.extra[key] for key in sorted(source.extra) if key not in taken})


def _source(value: Field) -> str:
    if isinstance(value, Exact):
        return value.json
    return quote(value) if isinstance(value, str) else "null"


FORMAT = Format(
    name="hermes",
    title="Hermes: conversations with tools, calls and results in tags",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
