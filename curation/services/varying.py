"""One key turns a conversation into another lesson: a failure with its recovery, or a near-miss that calls nothing."""

from __future__ import annotations

import json
import re
from typing import Literal

import msgspec

from curation.errors import BlockedError
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message, RecoveryKind
from curation.model.values import Arguments, Exact, Json
from curation.schemas import compile_schema
from curation.services.arguments import read_argument
from curation.services.call_edits import find_definition, withdraw_tool
from curation.services.result_edits import error_text
from curation.services.text_fields import arguments_text, field_text, message_at

NearMiss = Literal["tool_removed", "value_missing", "request_changed"]
NEAR_MISSES: dict[NearMiss, str] = {
    "tool_removed": "Take the tool away",
    "value_missing": "Leave a required value open",
    "request_changed": "Ask for something else",
}
_WRONG_VALUES: tuple[str, ...] = ('"unknown"', "0", "null", "true", "{}")


def insert_recovery(example: Example, turn: int) -> Example:
    """Before a turn that calls: the same call with one fault, and the validator's own sentence as the tool's error.

    The faulty turn gets weight 0, so that a model does not learn the mistake; the right one carries the label.
    """
    message = message_at(example, turn)
    call, broken, sentence = _first_breakable(example, message)
    failed_id = _fresh_id(example)
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
    return _spliced(example, turn, [failed, result, right])


def _spliced(example: Example, turn: int, between: list[Message]) -> Example:
    messages = (*example.messages[:turn], *between, *example.messages[turn + 1 :])
    return msgspec.structs.replace(example, messages=messages)


def _first_breakable(example: Example, message: Message) -> tuple[Call, str, str]:
    for call in message.calls or ():
        definition = find_definition(example, field_text(call.name))
        broken = _break_arguments(arguments_text(call), definition) if definition else None
        if broken is not None:
            return call, *broken
    raise BlockedError(
        "No call of this turn can be broken: its tool has no schema, or accepts every value.",
        hint="Choose a turn that calls a tool with typed parameters.",
    )


def _break_arguments(text: str, definition: Definition) -> tuple[str, str] | None:
    """Faulty arguments and what the validator says about them; the value of the first key is made wrong."""
    compiled = compile_schema(definition.view.parameters_text or "{}")
    arguments = _object(text)
    if compiled.fault or arguments is None:
        return None
    for key in arguments:
        for wrong in _WRONG_VALUES:
            faulty = {**arguments, key: json.loads(wrong)}
            errors = compiled.errors(faulty)
            if errors:
                return json.dumps(faulty, ensure_ascii=False), f"{key}: {errors[0].message}"
    return None


def _object(text: str) -> dict[str, Json] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _fresh_id(example: Example) -> str:
    taken = {field_text(call.id) for message in example.messages for call in message.calls or ()}
    number = len(taken) + 1
    while f"call_{number}" in taken:
        number += 1
    return f"call_{number}"


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
