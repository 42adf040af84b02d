"""Rows for Mistral's trainer: call ids of nine letters or digits, one row a decision, nothing it would refuse."""

from __future__ import annotations

import msgspec

from curation.formats.contract import Format
from curation.formats.mistral_ids import has_form
from curation.formats.mistral_reading import read
from curation.formats.mistral_writing import write
from curation.model.values import UNSET, UnsetType


class _Call(msgspec.Struct):
    id: str = ""


class _Message(msgspec.Struct):
    tool_calls: list[_Call] | None = None


class _Row(msgspec.Struct):
    messages: list[_Message] | UnsetType = UNSET
    interactions: list[dict[str, msgspec.Raw]] | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A row of interactions, or one whose calls all have ids of nine letters or digits."""
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if isinstance(row.messages, UnsetType):
        return not isinstance(row.interactions, UnsetType)
    ids = [call.id for message in row.messages for call in message.tool_calls or ()]
    return bool(ids) and all(map(has_form, ids))


FORMAT = Format(
    name="mistral",
    title="Mistral: instruct rows, one row a decision",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    holds_any_order=False,
    rewrites_tools=True,
    unmarked_as="openai",
)
