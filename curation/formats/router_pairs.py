"""Pairs for a model that routes: one request with the answer to prefer and the answer to avoid, each one JSON object.

The rows have the keys of TRL's preference rows; their turns are those of router rows, so a model whose template knows
no tools can learn from them too.
"""

from __future__ import annotations

import msgspec

from curation.formats.contract import Written
from curation.formats.pairs import Pair, find_pairs
from curation.formats.router_writing import write as write_router
from curation.model.example import Example, Message
from curation.model.values import Exact


class _Row(msgspec.Struct):
    messages: list[msgspec.Raw]


def write(example: Example) -> Written:
    """A row for each pair of the example."""
    found = find_pairs(example)
    if found.refused is not None:
        return Written(refused=found.refused)
    rows: list[bytes] = []
    losses = list(found.losses)
    for pair in found.pairs:
        written = _write_pair(found.example, pair)
        if written.refused is not None:
            return written
        rows += written.rows
        losses += written.losses
    return Written(rows=tuple(rows), losses=tuple(dict.fromkeys(losses)))


def _write_pair(example: Example, pair: Pair) -> Written:
    if len(pair.preferred) != 1 or len(pair.rejected) != 1:
        return Written(refused="An answer of the pair has several turns; a router answers with one.")
    context = tuple(map(_without_loss, pair.prompt))
    chosen = write_router(msgspec.structs.replace(example, messages=(*context, *pair.preferred)))
    rejected = write_router(msgspec.structs.replace(example, messages=(*context, *pair.rejected)))
    if chosen.refused is not None or rejected.refused is not None:
        return Written(refused=chosen.refused or rejected.refused)
    prompt, preferred = _split(chosen.rows[-1])
    other_prompt, avoided = _split(rejected.rows[-1])
    if prompt != other_prompt:
        return Written(refused="The two answers of the pair are not written after the same turns.")
    row = msgspec.json.encode({"prompt": prompt, "chosen": [preferred], "rejected": [avoided]})
    return Written(rows=(row,), losses=chosen.losses + rejected.losses)


def _split(row: bytes) -> tuple[list[msgspec.Raw], msgspec.Raw]:
    messages = msgspec.json.decode(row, type=_Row).messages
    return messages[:-1], messages[-1]


def _without_loss(message: Message) -> Message:
    return msgspec.structs.replace(message, weight=Exact("0")) if message.role == "assistant" else message
