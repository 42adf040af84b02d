"""Call ids in reading order: what is inserted before a call must not carry a later number than the call."""

from __future__ import annotations

import re
from itertools import count, islice

import msgspec

from curation.model.example import Call, Example, Message
from curation.services.text_fields import field_text, with_messages

_COUNTED = re.compile(r"call_\d{1,6}")


def next_call_id(example: Example) -> str:
    """The lowest number that no call has yet."""
    return free_call_ids(example, 1)[0]


def free_call_ids(example: Example, n: int) -> tuple[str, ...]:
    """The lowest numbers that no call has yet."""
    taken = {field_text(call.id) for message in example.messages for call in message.calls or ()}
    free = (f"call_{number}" for number in count(1))
    return tuple(islice((one for one in free if one not in taken), n))


def number_calls(example: Example) -> Example:
    """The example with its counted ids (`call_1`, `call_2`) in the order of its calls; ids of other kinds stay.

    Where an id is given twice nothing is renamed: nobody can say which call its result belongs to.
    """
    counted = [
        field_text(call.id)
        for message in example.messages
        for call in message.calls or ()
        if _COUNTED.fullmatch(field_text(call.id))
    ]
    if len(set(counted)) != len(counted):
        return example
    order = sorted(counted, key=lambda one: int(one.removeprefix("call_")))
    names = dict(zip(counted, order, strict=True))
    if all(old == new for old, new in names.items()):
        return example
    return with_messages(example, [_renamed(message, names) for message in example.messages])


def _renamed(message: Message, names: dict[str, str]) -> Message:
    if message.calls:
        return msgspec.structs.replace(message, calls=tuple(_renamed_call(call, names) for call in message.calls))
    answered = field_text(message.tool_call_id)
    return msgspec.structs.replace(message, tool_call_id=names[answered]) if answered in names else message


def _renamed_call(call: Call, names: dict[str, str]) -> Call:
    known = field_text(call.id)
    return msgspec.structs.replace(call, id=names[known]) if known in names else call
