"""Turns of a conversation: added, removed, moved, labelled; pure functions from one example to the next."""

from __future__ import annotations

import msgspec

from curation.errors import BlockedError
from curation.model.definition import Definition
from curation.model.example import Example, Label, Message
from curation.model.values import UNSET, Field
from curation.services.call_ids import free_call_ids, number_calls
from curation.services.text_fields import field_text, message_at, with_message, with_messages


def add_turn(example: Example, role: str, at: int | None = None) -> Example:
    """A new empty turn of a role, at the end or before turn `at`."""
    messages = list(example.messages)
    messages.insert(len(messages) if at is None else at, Message(role=role, content=""))
    return with_messages(example, messages)


def remove_turn(example: Example, turn: int) -> Example:
    """Without one turn; the results of its calls go with it."""
    gone = {field_text(call.id) for call in message_at(example, turn).calls or ()}
    kept = [
        message
        for i, message in enumerate(example.messages)
        if i != turn and not (message.role == "tool" and field_text(message.tool_call_id) in gone - {""})
    ]
    return with_messages(example, kept)


def move_turn(example: Example, turn: int, step: int) -> Example:
    """One turn up (-1) or down (+1); at the end it stays. Calls and their results move together."""
    messages = list(example.messages)
    if message_at(example, turn).role == "tool":
        to = turn + step
        if 0 <= to < len(messages) and messages[to].role == "tool":
            messages[turn], messages[to] = messages[to], messages[turn]
        return with_messages(example, messages)
    blocks = _blocks(example)
    at = next(i for i, block in enumerate(blocks) if turn in block)
    to = at + step
    if 0 <= to < len(blocks):
        blocks[at], blocks[to] = blocks[to], blocks[at]
    return with_messages(example, [messages[i] for block in blocks for i in block])


def _blocks(example: Example) -> list[range]:
    """The turns that belong together: one that calls, with the results behind it."""
    starts = [i for i, message in enumerate(example.messages) if not i or message.role != "tool"]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(example.messages)], strict=True)]


def duplicate_turn(example: Example, turn: int) -> Example:
    """The same turn once more behind it; calls are copied with their results, under ids of their own."""
    message = message_at(example, turn)
    block = next(one for one in _blocks(example) if turn in one)
    if not message.calls:
        return _inserted(example, turn + 1, [message])
    fresh = dict(
        zip([field_text(call.id) for call in message.calls], free_call_ids(example, len(message.calls)), strict=True)
    )
    calls = tuple(msgspec.structs.replace(call, id=fresh[field_text(call.id)]) for call in message.calls)
    copies = [msgspec.structs.replace(message, calls=calls)]
    for result in example.messages[turn + 1 : block.stop]:
        answered = field_text(result.tool_call_id)
        copies += [msgspec.structs.replace(result, tool_call_id=fresh[answered])] if answered in fresh else []
    return number_calls(_inserted(example, block.stop, copies))


def _inserted(example: Example, at: int, fresh: list[Message]) -> Example:
    return with_messages(example, [*example.messages[:at], *fresh, *example.messages[at:]])


def set_label(example: Example, turn: int, label: Label | None) -> Example:
    """What a person says about a decision; an empty label is none."""
    kept = None if label == Label() else label
    return with_message(example, turn, msgspec.structs.replace(message_at(example, turn), label=kept))


def set_weight(example: Example, turn: int, weight: Field) -> Example:
    """Whether a turn is learned: weight 0 takes it out of the loss, no weight leaves it in."""
    return with_message(example, turn, msgspec.structs.replace(message_at(example, turn), weight=weight))


def set_tags(example: Example, tags: tuple[str, ...]) -> Example:
    return msgspec.structs.replace(example, tags=tags)


def blank_example(definitions: tuple[Definition, ...]) -> Example:
    """A conversation to begin with: an empty user turn and the tools that may be called."""
    return Example(messages=(Message(role="user", content=""),), tools=definitions or UNSET)


def last_decision(example: Example) -> int:
    """The last assistant turn."""
    for turn in range(len(example.messages) - 1, -1, -1):
        if example.messages[turn].role == "assistant":
            return turn
    raise BlockedError("The conversation has no assistant turn yet.", hint="Add a call or an answer first.")
