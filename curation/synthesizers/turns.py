"""The turns examples are put together from."""

from __future__ import annotations

import msgspec

from curation.model.example import Call, Label, Message
from curation.model.values import Arguments, Exact, Json

UNTRAINED = Exact("0")
"""Weight of a turn that stands in a conversation to be learned from, not to be learned."""


def system(text: str) -> Message:
    return Message(role="system", content=text)


def user(text: str) -> Message:
    return Message(role="user", content=text)


def answer(text: str, label: Label | None = None) -> Message:
    return Message(role="assistant", content=text, label=label)


def call(name: str, arguments: dict[str, Json], number: int = 1) -> Call:
    """One call; numbers keep ids distinct within a conversation."""
    text = msgspec.json.encode(arguments).decode()
    return Call(name=name, arguments=Arguments(text), id=f"call_{number}", type="function")


def calling(*calls: Call, label: Label | None = None, trained: bool = True) -> Message:
    """An assistant turn that calls."""
    turn = Message(role="assistant", content=None, calls=calls, label=label)
    return turn if trained else msgspec.structs.replace(turn, weight=UNTRAINED)


def result(of: Call, value: Json) -> Message:
    """The tool's answer to one call."""
    return Message(role="tool", content=msgspec.json.encode(value).decode(), tool_call_id=of.id)


def failure(of: Call, message: str) -> Message:
    """The tool's error for one call."""
    return result(of, {"error": message})
