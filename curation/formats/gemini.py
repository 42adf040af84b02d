"""Gemini on Vertex: contents of parts, calls as `functionCall`, results as `functionResponse`, types in capitals."""

from __future__ import annotations

import msgspec

from curation.formats.contract import Format
from curation.formats.gemini_reading import read
from curation.formats.gemini_writing import write
from curation.formats.recognising import decoded


class _Content(msgspec.Struct):
    parts: list[dict[str, msgspec.Raw]]


class _Row(msgspec.Struct):
    contents: list[_Content]
    messages: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A list of contents, each with a list of parts."""
    if b'"contents"' not in raw:
        return False
    row = decoded(_decode, raw)
    return row is not None and bool(row.contents) and not bytes(row.messages)


FORMAT = Format(
    name="gemini",
    title="Gemini: contents with parts, for Vertex",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    rewrites_tools=True,
)
