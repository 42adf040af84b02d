"""One key turns a conversation into another lesson: a failure with its recovery, or a near-miss that calls nothing."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from curation.errors import BlockedError
from curation.model.example import Call, Example, Label, Message, RecoveryKind
from curation.model.values import Arguments, Exact
from curation.services.arguments import read_argument
from curation.services.breaking import break_call
from curation.services.call_edits import find_definition, withdraw_tool
from curation.services.call_ids import next_call_id, number_calls
from curation.services.result_edits import error_text
from curation.services.text_fields import field_text, message_at

NearMiss = Literal["tool_removed", "value_missing", "request_changed"]
NEAR_MISSES: dict[NearMiss, str] = {
    "tool_removed": "Take the tool away",
    "value_missing": "Leave a required value open",
    "request_changed": "Ask for something else",
}


def insert_recovery(example: Example, turn: int) -> Example:
    """Before a turn that calls: the same call with one fault, and the validator's own sentence as the tool's error.

    The faulty turn gets weight 0, so that a model does not learn the mistake; the right one carries the label.
    """
    message = message_at(example, turn)
    call, broken, sentence = _first_breakable(example, message)
    failed_id = next_call_id(example)
    failed = Message(
        role="assistant",
        content=None,
        calls=(msgspec.structs.replace(call, id=failed_id, arguments=Arguments(broken)),),
        weight=Exact("0"),
    )
    result = Message(role="tool", content=error_text(sentence), tool_call_id=failed_id)
    recovery: RecoveryKind = "corrected_argument"
    label = msgspec.structs.replace(message.label or Label(), recovery=recovery)
    right = msgspec.structs.replace(message, label=label)
    return number_calls(_spliced(example, turn, [failed, result, right]))


def _spliced(example: Example, turn: int, between: list[Message]) -> Example:
    messages = (*example.messages[:turn], *between, *example.messages[turn + 1 :])
    return msgspec.structs.replace(example, messages=messages)


def _first_breakable(example: Example, message: Message) -> tuple[Call, str, str]:
    for call in message.calls or ():
        broken = break_call(example, call)
        if broken is not None:
            return call, broken.arguments, broken.sentence
    raise BlockedError(
        "No call of this turn can be broken: its tool has no schema, or accepts every value.",
        hint="Choose a turn that calls a tool with typed parameters.",
    )


def near_miss(example: Example, kind: NearMiss) -> Example:
    """A copy that ends in a turn without a call where the first call was; its texts are still to write."""
    turn, call = _first_call(example)
    name = field_text(call.name)
    kept = msgspec.structs.replace(example, messages=example.messages[:turn], waivers=(), acceptable=None)
    if kind == "tool_removed":
        kept, label = withdraw_tool(kept, name), Label(reason="cannot_be_done")
    elif kind == "value_missing":
        label = Label(reason="missing_information", missing=_first_required(example, name))
    else:
        label = Label(reason="answer_directly")
    answer = Message(role="assistant", content="", label=label)
    return msgspec.structs.replace(kept, messages=(*kept.messages, answer))


def value_left_open(example: Example) -> str:
    """What the first call gives for the argument that a `value_missing` copy leaves open; "" where it gives nothing."""
    _, call = _first_call(example)
    name = _first_required(example, field_text(call.name))
    return read_argument(call, name) if name else ""


def still_says(example: Example, value: str) -> bool:
    """Whether a user's turn holds a value as a word of its own, in any case."""
    asked = (field_text(message.content) for message in example.messages if message.role == "user")
    pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
    return bool(value) and any(pattern.search(text) for text in asked)


def _first_call(example: Example) -> tuple[int, Call]:
    for turn, message in enumerate(example.messages):
        if message.calls:
            return turn, message.calls[0]
    raise BlockedError("A near-miss is made from a conversation that calls a tool.", hint="Add a call first.")


def _first_required(example: Example, name: str) -> tuple[str, ...]:
    definition = find_definition(example, name)
    parameters = definition.view.parameters if definition else None
    required = parameters.get("required") if isinstance(parameters, dict) else None
    return tuple(str(key) for key in required[:1]) if isinstance(required, list) else ()
