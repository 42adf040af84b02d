"""Turns as JSON sources, for rows that hold them in lists of their own."""

from __future__ import annotations

from collections.abc import Iterable

from curation.model.envelope import encode_turn
from curation.model.example import Message
from curation.model.source import write_list


def write_turn(message: Message) -> str:
    """One turn as canonical JSON."""
    return encode_turn(message).decode()


def write_turns(messages: Iterable[Message]) -> str:
    """Several turns as one JSON list."""
    return write_list([write_turn(message) for message in messages])
