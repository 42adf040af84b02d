"""Scenario records: a request, the calls made for it, the responses to them, and the answer.

`calls` holds one entry for each turn that calls: the call itself, or a list of those made together. `responses` holds
one for each call, in order. What a record has no key for stands to the letter as turns: in `history` before the
request, in `more` after the answer.
"""

from __future__ import annotations

import msgspec

from curation.formats.contract import Format
from curation.formats.scenario_reading import read
from curation.formats.scenario_writing import write


class _Row(msgspec.Struct):
    query: str
    calls: list[dict[str, msgspec.Raw] | list[dict[str, msgspec.Raw]]]
    messages: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A request with a list of calls, and no conversation beside it."""
    try:
        return not bytes(_decode(raw).messages)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


FORMAT = Format(
    name="scenario",
    title="Scenario records: query, calls, responses, answer",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
