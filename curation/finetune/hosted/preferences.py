"""Pairs on their way to a host: what it would refuse in a preference row, said before anything is sent."""

from __future__ import annotations

from typing import Literal

import msgspec


class _Text(msgspec.Struct, tag_field="type", tag="text"):
    text: str


class _Said(msgspec.Struct):
    """What a turn of any role says: hosts learn preferences from text alone."""

    content: str | list[_Text] | None = None


class _Function(msgspec.Struct):
    name: str
    arguments: str


class _Call(msgspec.Struct):
    id: str
    type: Literal["function"]
    function: _Function


class _Answer(_Said, kw_only=True):
    role: Literal["assistant", "tool"]
    tool_calls: list[_Call] | None = None


class _Input(msgspec.Struct):
    messages: list[_Said]


class _Row(msgspec.Struct):
    input: _Input
    preferred_output: list[_Answer]
    non_preferred_output: list[_Answer]


_decode = msgspec.json.Decoder(_Row).decode


def find_fault(raw: bytes, turns_most: int | None) -> str | None:
    """Why a host would refuse this pair, or learn nothing from it; None: nothing is known against it."""
    try:
        row = _decode(raw)
    except msgspec.DecodeError as error:
        return f"A host would refuse the pair: {error}."
    for kind, answer in (("preferred", row.preferred_output), ("rejected", row.non_preferred_output)):
        if not any(turn.role == "assistant" for turn in answer):
            return f"The {kind} answer has no turn of the assistant."
        if turns_most is not None and len(answer) > turns_most:
            return f"The {kind} answer has {len(answer)} turns; the host takes at most {turns_most}."
    if row.preferred_output == row.non_preferred_output:
        return "Both answers of the pair are the same, so there is nothing to prefer."
    return None
