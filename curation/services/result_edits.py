"""Results of calls: added where one is missing, made to fail, read; pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from curation.errors import BlockedError
from curation.model.example import Call, Example, Message
from curation.model.values import Json
from curation.services.text_fields import field_text, message_at, with_messages


def unanswered_calls(example: Example, turn: int) -> tuple[Call, ...]:
    """The calls of a turn that have no result yet."""
    answered = {field_text(message.tool_call_id) for message in example.messages[turn + 1 :] if message.role == "tool"}
    return tuple(call for call in message_at(example, turn).calls or () if field_text(call.id) not in answered)


def last_unanswered(example: Example) -> int:
    """The last turn with a call that has no result yet."""
    for turn in range(len(example.messages) - 1, -1, -1):
        if unanswered_calls(example, turn):
            return turn
    raise BlockedError("Every call has its result.", hint="Add a call first.")


def place_of_results(example: Example, turn: int) -> int:
    """Where the next result of a turn's calls stands: behind those that are there."""
    after = turn + 1
    while after < len(example.messages) and example.messages[after].role == "tool":
        after += 1
    return after


def add_results(
    example: Example, turn: int, texts: Mapping[str, str] | None = None, own: Mapping[str, str] | None = None
) -> Example:
    """A result for every unanswered call of a turn, in the order of the calls.

    `texts` begins it by tool name, `own` by call id.
    """
    after = place_of_results(example, turn)
    begun, known = texts or {}, own or {}
    fresh = [
        Message(
            role="tool",
            content=known.get(field_text(call.id)) or begun.get(field_text(call.name), "{}"),
            tool_call_id=call.id,
        )
        for call in unanswered_calls(example, turn)
    ]
    return with_messages(example, [*example.messages[:after], *fresh, *example.messages[after:]])


def blank_result(schema_text: str | None) -> str:
    """A result to begin with: the keys its schema names, every value still open."""
    try:
        schema = json.loads(schema_text or "{}")
        return json.dumps(_blank(schema), ensure_ascii=False) if _properties(schema) else "{}"
    except (ValueError, RecursionError):
        return "{}"


def _blank(schema: Json) -> Json:
    """Nothing that could pass for an answer: an empty text, an empty list, and null for what has no empty value."""
    properties = _properties(schema)
    if properties:
        return {name: _blank(one) for name, one in properties.items()}
    kind = schema.get("type") if isinstance(schema, dict) else None
    empty: dict[str, Json] = {"string": "", "array": [], "object": {}}
    return empty.get(kind) if isinstance(kind, str) else None


def _properties(schema: Json) -> dict[str, Json]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}


def error_text(message: str) -> str:
    """How a failed result is written: one JSON object with `error`."""
    return json.dumps({"error": message}, ensure_ascii=False)


def error_in(text: str) -> str | None:
    """The message of a failed result, None when it did not fail; `{"error": null}` says that nothing failed."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    error = value.get("error") if isinstance(value, dict) else None
    if not error:
        return None
    return error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
