"""Calls of a turn and the tools offered for them: added, changed, removed; pure functions."""

from __future__ import annotations

import msgspec

from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments
from curation.services.call_ids import next_call_id
from curation.services.text_fields import call_at, field_text, message_at, with_call, with_message, with_messages
from curation.services.turn_edits import remove_turn


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
    call = Call(name=definition.view.name or "", arguments=Arguments("{}"), id=next_call_id(example), type="function")
    offered = offer_tool(example, definition)
    if turn is None:
        return with_messages(offered, [*offered.messages, Message(role="assistant", content=None, calls=(call,))])
    message = message_at(offered, turn)
    content = message.content or None
    changed = msgspec.structs.replace(message, calls=(*(message.calls or ()), call), content=content)
    return with_message(offered, turn, changed)


def open_turn(example: Example) -> int | None:
    """The assistant's turn a conversation ends on, where the next call belongs: two in a row would be one decision."""
    last = len(example.messages) - 1
    return last if last >= 0 and example.messages[last].role == "assistant" else None


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
    return with_messages(
        example, [m for m in messages if not (m.role == "tool" and call_id and field_text(m.tool_call_id) == call_id)]
    )


def change_tool(example: Example, turn: int, index: int, definition: Definition) -> Example:
    """Another tool for a call; its arguments stay as they are and are judged against the new schema."""
    call = msgspec.structs.replace(call_at(example, turn, index), name=definition.view.name or "")
    return with_call(offer_tool(example, definition), turn, index, call)


def find_definition(example: Example, name: str) -> Definition | None:
    """The definition the row offers under a name."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    return next((one for one in offered if one.view.name == name), None)


def call_names(example: Example) -> dict[str, str]:
    """Id of each call → the tool it names."""
    return {field_text(call.id): field_text(call.name) for message in example.messages for call in message.calls or ()}
