"""What a person does to a conversation while writing it: pure functions from one example to the next."""

from __future__ import annotations

import json
from typing import NamedTuple

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.finding import Fix
from curation.model.values import UNSET, Arguments, Exact, Field
from curation.reading.edits import apply_fix
from curation.services.arguments import parameters_of, read_argument, write_argument

ROLES: tuple[str, ...] = ("system", "user", "assistant", "tool")


class Spot(NamedTuple):
    """Where a pointer of a text field leads: a turn, and a call of it where the text is a call's arguments."""

    turn: int
    call: int | None = None
    keys: tuple[str, ...] = ()
    """The path inside the arguments; () is all of them."""


def find_spot(pointer: str) -> Spot:
    """Reads `/messages/2/content` and `/messages/2/tool_calls/0/function/arguments/city`."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    match steps:
        case ["messages", turn, "content"] if turn.isdigit():
            return Spot(int(turn))
        case ["messages", turn, "tool_calls", call, "function", "arguments", *keys] if turn.isdigit():
            return Spot(int(turn), int(call), tuple(keys))
    raise NotFoundError(f"There is no text field at {pointer or 'the top of the row'}.")


def content_at(turn: int) -> str:
    """The pointer of a turn's text."""
    return f"/messages/{turn}/content"


def arguments_at(turn: int, call: int) -> str:
    """The pointer of a call's arguments."""
    return f"/messages/{turn}/tool_calls/{call}/function/arguments"


def message_at(example: Example, turn: int) -> Message:
    if not 0 <= turn < len(example.messages):
        raise NotFoundError(f"The conversation has no turn {turn + 1}.")
    return example.messages[turn]


def call_at(example: Example, turn: int, call: int) -> Call:
    calls = message_at(example, turn).calls or ()
    if not 0 <= call < len(calls):
        raise NotFoundError(f"Turn {turn + 1} has no call {call + 1}.")
    return calls[call]


def field_text(value: Field) -> str:
    """A known key of a row as text to read; what is no string shows as its JSON."""
    if isinstance(value, Exact):
        return value.json
    return value if isinstance(value, str) else ""


def arguments_text(call: Call) -> str:
    return call.arguments.text if isinstance(call.arguments, Arguments) else ""


def read_text(example: Example, pointer: str) -> str:
    """The text a field shows."""
    spot = find_spot(pointer)
    if spot.call is None:
        return field_text(message_at(example, spot.turn).content)
    call = call_at(example, spot.turn, spot.call)
    return read_argument(call, spot.keys) if spot.keys else arguments_text(call)


def write_text(example: Example, pointer: str, text: str) -> Example:
    """The example with another text at a field; the same example when the field already says so."""
    if read_text(example, pointer) == text:
        return example
    spot = find_spot(pointer)
    if spot.call is None:
        return _with_message(example, spot.turn, _with_content(example.messages[spot.turn], text))
    call = call_at(example, spot.turn, spot.call)
    if spot.keys:
        return write_argument(example, pointer, spot.keys, parameters_of(example, call.name), text)
    stays_object = _has_object_form(call) and _is_json(text)
    arguments = Arguments(text, "object" if stays_object else "string")
    return with_call(example, spot.turn, spot.call, msgspec.structs.replace(call, arguments=arguments))


def _with_content(message: Message, text: str) -> Message:
    if isinstance(message.content, Exact) and _is_json(text):
        return msgspec.structs.replace(message, content=Exact(text))
    if not text and message.calls:
        return msgspec.structs.replace(message, content=None)
    return msgspec.structs.replace(message, content=text)


def _has_object_form(call: Call) -> bool:
    return isinstance(call.arguments, Arguments) and call.arguments.form == "object"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def with_call(example: Example, turn: int, index: int, call: Call) -> Example:
    message = message_at(example, turn)
    calls = list(message.calls or ())
    calls[index] = call
    return _with_message(example, turn, msgspec.structs.replace(message, calls=tuple(calls)))


def _with_message(example: Example, turn: int, message: Message) -> Example:
    messages = list(example.messages)
    messages[turn] = message
    return _with_messages(example, messages)


def _with_messages(example: Example, messages: list[Message]) -> Example:
    return msgspec.structs.replace(example, messages=tuple(messages), whole=None)


def add_turn(example: Example, role: str, at: int | None = None) -> Example:
    """A new empty turn of a role, at the end or before turn `at`."""
    messages = list(example.messages)
    messages.insert(len(messages) if at is None else at, Message(role=role, content=""))
    return _with_messages(example, messages)


def remove_turn(example: Example, turn: int) -> Example:
    """Without one turn; the results of its calls go with it."""
    gone = {field_text(call.id) for call in message_at(example, turn).calls or ()}
    kept = [
        message
        for i, message in enumerate(example.messages)
        if i != turn and not (message.role == "tool" and field_text(message.tool_call_id) in gone - {""})
    ]
    return _with_messages(example, kept)


def move_turn(example: Example, turn: int, step: int) -> Example:
    """One turn up (-1) or down (+1); at the end it stays."""
    messages = list(example.messages)
    to = turn + step
    message_at(example, turn)
    if 0 <= to < len(messages):
        messages[turn], messages[to] = messages[to], messages[turn]
    return _with_messages(example, messages)


def offer_tool(example: Example, definition: Definition) -> Example:
    """The example with a tool offered to the model; one of the same name is brought up to date."""
    offered = list(example.tools) if isinstance(example.tools, tuple) else []
    for i, known in enumerate(offered):
        if known.view.name == definition.view.name:
            offered[i] = definition
            break
    else:
        offered.append(definition)
    return msgspec.structs.replace(example, tools=tuple(offered))


def withdraw_tool(example: Example, name: str) -> Example:
    """The example without one tool of its list."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    return msgspec.structs.replace(example, tools=tuple(one for one in offered if one.view.name != name))


def add_call(example: Example, definition: Definition, turn: int | None = None) -> Example:
    """A call of a tool: in assistant turn `turn` beside its other calls, or in a new turn at the end."""
    call = Call(name=definition.view.name or "", arguments=Arguments("{}"), id=_next_call_id(example), type="function")
    offered = offer_tool(example, definition)
    if turn is None:
        return _with_messages(offered, [*offered.messages, Message(role="assistant", content=None, calls=(call,))])
    message = message_at(offered, turn)
    content = message.content or None
    changed = msgspec.structs.replace(message, calls=(*(message.calls or ()), call), content=content)
    return _with_message(offered, turn, changed)


def remove_call(example: Example, turn: int, index: int) -> Example:
    """Without one call and its result; a turn left with nothing goes too."""
    call = call_at(example, turn, index)
    message = example.messages[turn]
    left = tuple(one for i, one in enumerate(message.calls or ()) if i != index)
    if not left and not field_text(message.content):
        return remove_turn(example, turn)
    changed = msgspec.structs.replace(
        message, calls=left or None, content="" if message.content is None else message.content
    )
    messages = [changed if i == turn else one for i, one in enumerate(example.messages)]
    call_id = field_text(call.id)
    return _with_messages(
        example, [m for m in messages if not (m.role == "tool" and call_id and field_text(m.tool_call_id) == call_id)]
    )


def change_tool(example: Example, turn: int, index: int, definition: Definition) -> Example:
    """Another tool for a call; its arguments stay as they are and are judged against the new schema."""
    call = msgspec.structs.replace(call_at(example, turn, index), name=definition.view.name or "")
    return with_call(offer_tool(example, definition), turn, index, call)


def _next_call_id(example: Example) -> str:
    taken = {field_text(call.id) for message in example.messages for call in message.calls or ()}
    number = 1
    while f"call_{number}" in taken:
        number += 1
    return f"call_{number}"


def unanswered_calls(example: Example, turn: int) -> tuple[Call, ...]:
    """The calls of a turn that have no result yet."""
    answered = {field_text(message.tool_call_id) for message in example.messages[turn + 1 :] if message.role == "tool"}
    return tuple(call for call in message_at(example, turn).calls or () if field_text(call.id) not in answered)


def add_results(example: Example, turn: int, text: str = "{}") -> Example:
    """A result for every unanswered call of a turn, in the order of the calls, behind those that are there."""
    after = turn + 1
    while after < len(example.messages) and example.messages[after].role == "tool":
        after += 1
    fresh = [Message(role="tool", content=text, tool_call_id=call.id) for call in unanswered_calls(example, turn)]
    return _with_messages(example, [*example.messages[:after], *fresh, *example.messages[after:]])


def fail_result(example: Example, turn: int, message: str) -> Example:
    """The result at a turn becomes a simulated error with this message."""
    return write_text(example, content_at(turn), error_text(message))


def error_text(message: str) -> str:
    """How a failed result is written: one JSON object with `error`."""
    return json.dumps({"error": message}, ensure_ascii=False)


def error_in(text: str) -> str | None:
    """The message of a failed result, None when it did not fail."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or "error" not in value:
        return None
    error = value["error"]
    return error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)


def set_label(example: Example, turn: int, label: Label | None) -> Example:
    """What a person says about a decision; an empty label is none."""
    kept = None if label == Label() else label
    return _with_message(example, turn, msgspec.structs.replace(message_at(example, turn), label=kept))


def set_weight(example: Example, turn: int, weight: Field) -> Example:
    """Whether a turn is learned: weight 0 takes it out of the loss, no weight leaves it in."""
    return _with_message(example, turn, msgspec.structs.replace(message_at(example, turn), weight=weight))


def set_tags(example: Example, tags: tuple[str, ...]) -> Example:
    return msgspec.structs.replace(example, tags=tags)


def find_definition(example: Example, name: str) -> Definition | None:
    """The definition the row offers under a name."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    return next((one for one in offered if one.view.name == name), None)


def repair(example: Example, fix: Fix) -> Example:
    """The example with one finding's fix made; everything else keeps its exact text."""
    return apply_fix(example, fix)


def blank_example(definitions: tuple[Definition, ...]) -> Example:
    """A conversation to begin with: an empty user turn and the tools that may be called."""
    return Example(messages=(Message(role="user", content=""),), tools=definitions or UNSET)


def last_decision(example: Example) -> int:
    """The last assistant turn."""
    for turn in range(len(example.messages) - 1, -1, -1):
        if example.messages[turn].role == "assistant":
            return turn
    raise BlockedError("The conversation has no assistant turn yet.", hint="Add a call or an answer first.")
