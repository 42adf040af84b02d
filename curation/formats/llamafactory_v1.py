"""LLaMA-Factory's v1 rows: a turn's content is a list of parts (text, reasoning, tool_call), each with a `value`."""

from __future__ import annotations

import msgspec

from curation.formats.contract import Format
from curation.formats.llamafactory_v1_reading import read
from curation.formats.llamafactory_v1_writing import write
from curation.formats.recognising import decoded


class _Part(msgspec.Struct):
    type: str
    value: str


class _Message(msgspec.Struct):
    role: str
    content: list[_Part]


class _Row(msgspec.Struct):
    messages: list[_Message]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation whose contents are parts that hold a `value`."""
    if b'"value"' not in raw:
        return False
    row = decoded(_decode, raw)
    return row is not None and any(message.content for message in row.messages)


FORMAT = Format(
    name="llamafactory_v1",
    title="LLaMA-Factory v1: contents as parts",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
