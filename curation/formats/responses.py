"""Items of the OpenAI Responses API: `input` and `output` lists of messages, calls and their outputs; read only."""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition, read_composed
from curation.formats.contract import Format
from curation.formats.responses_reading import ItemTurns, add_flat_tools
from curation.formats.slices import Members, cut_list
from curation.model.reading import Reading, Reject

_MARKS = frozenset({"function_call", "function_call_output", "reasoning", "message"})


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    lists = {key: elements for key in ("input", "output") if (elements := cut_list(row.get(key))) is not None}
    if not lists or "messages" in row:
        return None
    composition = Composition()
    turns = ItemTurns(composition)
    taken = {*lists}
    for key, role in (("instructions", "system"), ("input", "user")):
        if row.get(key, "").startswith('"'):
            turns.add_text(role, row[key], f"/{key}")
            taken.add(key)
    for key, elements in lists.items():
        for n, element in enumerate(elements):
            turns.add(element, f"/{key}/{n}")
    turns.finish()
    if (tools := cut_list(row.get("tools"))) is not None:
        add_flat_tools(composition, tools, "/tools")
        taken.add("tools")
    composition.rest = {key: source for key, source in row.items() if key not in taken}
    return composition


class _Item(msgspec.Struct):
    type: str = ""


class _Row(msgspec.Struct):
    input: list[_Item] | str = ""
    output: list[_Item] | str = ""
    messages: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A list of items under `input` or `output`, one of them with a type of its own."""
    if b'"input"' not in raw and b'"output"' not in raw:
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    items = [item for part in (row.input, row.output) if isinstance(part, list) for item in part]
    return not bytes(row.messages) and any(item.type in _MARKS for item in items)


FORMAT = Format(
    name="responses",
    title="OpenAI Responses API: items",
    read=read,
    write=None,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
