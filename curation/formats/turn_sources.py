"""Turns as JSON sources, for rows that hold them in lists of their own."""

from __future__ import annotations

from collections.abc import Iterable

from curation.model.envelope import encode
from curation.model.example import Example, Message
from curation.model.source import write_list

_START, _END = len(b'{"messages":['), len(b"]}")


def write_turn(message: Message) -> str:
    """One turn as canonical JSON."""
    return encode(Example(messages=(message,)))[_START:-_END].decode()


def write_turns(messages: Iterable[Message]) -> str:
    """Several turns as one JSON list."""
    return write_list([write_turn(message) for message in messages])
