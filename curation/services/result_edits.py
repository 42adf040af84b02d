"""Results of calls: added where one is missing, made to fail, read; pure functions."""

from __future__ import annotations

import json

from curation.model.example import Call, Example, Message
from curation.services.text_fields import content_at, field_text, message_at, with_messages, write_text


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
    return with_messages(example, [*example.messages[:after], *fresh, *example.messages[after:]])


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
