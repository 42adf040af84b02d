"""Our own envelope as JSON Lines: everything inline, nothing lost."""

from __future__ import annotations

import msgspec

from curation.formats.contract import NO_OBJECT, Format, Written
from curation.formats.own_keys import OwnKeys, OwnMessage
from curation.formats.recognising import decoded
from curation.model.envelope import encode
from curation.model.example import Example
from curation.reading.rows import read_row


class _Row(OwnKeys):
    messages: list[OwnMessage]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation with at least one key that only our envelope has."""
    row = decoded(_decode, raw)
    return row is not None and (row.has_own_keys or any(message.is_labelled for message in row.messages))


def write(example: Example) -> Written:
    return Written(refused=NO_OBJECT) if example.whole is not None else Written(rows=(encode(example),))


FORMAT = Format(
    name="callwright",
    title="Callwright: conversations with tools, labels and waivers",
    read=read_row,
    write=write,
    lossless=True,
    recognises=recognises,
    is_stored_form=True,
    unmarked_as="openai",
)
