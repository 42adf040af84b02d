"""One key turns a conversation into another lesson: a failure with its recovery, or a near-miss that calls nothing."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.model.example import Call, Example, Label, Message, NoToolReason, RecoveryKind
from curation.model.values import UNSET, Arguments, Exact
from curation.services.arguments import as_field_text, value_at
from curation.services.breaking import break_call
from curation.services.call_edits import find_definition, withdraw_tool
from curation.services.call_ids import next_call_id, number_calls
from curation.services.result_edits import error_text
from curation.services.text_fields import field_text, message_at

NearMiss = Literal["tool_removed", "value_missing", "request_changed"]
MOST_OPENED = 3
"""So many required arguments are offered to be left open."""
_OTHER_REQUESTS: tuple[NoToolReason, ...] = ("answer_directly", "small_talk", "cannot_be_done", "refuse", "escalate")


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


class Miss(msgspec.Struct, frozen=True):
    """One way to turn a conversation that calls into one that does not, with the reason its answer is labelled with."""

    kind: NearMiss
    reason: NoToolReason
    argument: str = ""
    """The required argument that is left open."""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.argument or self.reason}"


def list_misses(example: Example) -> tuple[Miss, ...]:
    """Every near-miss of the first call: the tool gone, a required value open, something else asked for."""
    _, call = _first_call(example)
    said = [name for name in _required(example, field_text(call.name)) if still_says(example, _value(call, name))]
    needed = said + [name for name in _required(example, field_text(call.name)) if name not in said]
    return (
        Miss("tool_removed", "cannot_be_done"),
        *(Miss("value_missing", "missing_information", name) for name in needed[:MOST_OPENED]),
        *(Miss("request_changed", reason) for reason in _OTHER_REQUESTS),
    )


def near_miss(example: Example, miss: Miss) -> Example:
    """A copy that ends in a turn without a call where the first call was; the reason and what is missing are named.

    A value that is left open goes out of the request where it stands there once, word for word.
    """
    turn, call = _first_call(example)
    kept = msgspec.structs.replace(example, messages=example.messages[:turn], waivers=(), acceptable=None)
    if miss.kind == "tool_removed":
        kept = withdraw_tool(kept, field_text(call.name))
    if miss.argument:
        kept = _without_value(kept, _value(call, miss.argument))
    missing = (miss.argument,) if miss.argument else ()
    answer = Message(role="assistant", content="", label=Label(reason=miss.reason, missing=missing))
    return msgspec.structs.replace(kept, messages=(*kept.messages, answer))


def find_miss(example: Example, name: str) -> Miss:
    """The near-miss of a name."""
    found = next((one for one in list_misses(example) if one.name == name), None)
    if found is None:
        raise NotFoundError("That near-miss is not on offer any more.", hint="Choose another; the call has changed.")
    return found


def value_left_open(example: Example, argument: str) -> str:
    """What the first call gives for the argument that a copy leaves open; "" where it gives nothing."""
    return _value(_first_call(example)[1], argument) if argument else ""


def _value(call: Call, argument: str) -> str:
    value = value_at(call, (argument,))
    return "" if value is UNSET or value is None else as_field_text(value)


def _without_value(example: Example, value: str) -> Example:
    """The user's turns without the value; said twice it stays, as nobody can tell which one is meant."""
    asked = (field_text(message.content) for message in example.messages if message.role == "user")
    if not value or sum(len(_as_word(value).findall(text)) for text in asked) != 1:
        return example
    said = [
        msgspec.structs.replace(message, content=_take_out(field_text(message.content), value))
        if message.role == "user" and isinstance(message.content, str)
        else message
        for message in example.messages
    ]
    return msgspec.structs.replace(example, messages=tuple(said))


def _take_out(text: str, value: str) -> str:
    shorter = _as_word(value).sub("", text)
    if shorter == text:
        return text
    tidy = re.sub(r"[ \t]+([,.;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", re.sub(r"[\"“„'‘]\s*[\"”“'’]", "", shorter)))
    return tidy.strip()


def still_says(example: Example, value: str) -> bool:
    """Whether a user's turn holds a value as a word of its own, in any case."""
    asked = (field_text(message.content) for message in example.messages if message.role == "user")
    return bool(value) and any(_as_word(value).search(text) for text in asked)


def _as_word(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)


def _first_call(example: Example) -> tuple[int, Call]:
    for turn, message in enumerate(example.messages):
        if message.calls:
            return turn, message.calls[0]
    raise BlockedError("A near-miss is made from a conversation that calls a tool.", hint="Add a call first.")


def _required(example: Example, name: str) -> tuple[str, ...]:
    definition = find_definition(example, name)
    parameters = definition.view.parameters if definition else None
    required = parameters.get("required") if isinstance(parameters, dict) else None
    return tuple(str(key) for key in required) if isinstance(required, list) else ()
