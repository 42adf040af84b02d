"""Router rows: the model answers with one JSON object, one row is one decision.

`{"tool": NAME, "arguments": {…}}` calls a tool, `{"tool": "no_tool", "reason": CODE, "message": TEXT}` says why none
is called. All turns are plain text, so any chat model can be trained on them; the definitions stand beside.
"""

from __future__ import annotations

import msgspec

from curation.formats.contract import Format
from curation.formats.router_answer import (
    NO_TOOL,
    Broken,
    RouterAbstention,
    RouterAnswer,
    RouterCall,
    parse_answer,
    write_abstention,
    write_call,
)
from curation.formats.router_reading import read
from curation.formats.router_system import system_text
from curation.formats.router_writing import write

__all__ = [
    "FORMAT",
    "NO_TOOL",
    "Broken",
    "RouterAbstention",
    "RouterAnswer",
    "RouterCall",
    "parse_answer",
    "system_text",
    "write_abstention",
    "write_call",
]


class _Message(msgspec.Struct):
    role: str
    content: str


class _Row(msgspec.Struct):
    messages: list[_Message]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation of plain text whose last assistant turn is a router answer, sound or nearly so."""
    if b"tool" not in raw:
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    answers = [message.content for message in row.messages if message.role == "assistant"]
    if not answers:
        return False
    answer = parse_answer(answers[-1])
    return not isinstance(answer, Broken) or (answer.kind == "schema_invalid" and answer.code != "M01")


FORMAT = Format(
    name="router",
    title="Router: one JSON answer a row",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
)
