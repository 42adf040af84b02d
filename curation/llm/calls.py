"""Calls as hosts hand them out, brought into one shape; what cannot be read stays a call that cannot be read."""

from __future__ import annotations

import msgspec

from curation.model.values import Json

UNREADABLE = '{"type":"function","function":{}}'
"""A call of which nothing can be told: it is none of the tools, and it is no abstention either."""


def read_calls(message: dict[str, Json]) -> tuple[str, ...]:
    """The calls of a message, each as JSON text with its arguments as text; none where it makes none."""
    made = message.get("tool_calls")
    if not made and isinstance(message.get("function_call"), dict):
        made = [{"function": message["function_call"]}]
    if not made:
        return ()
    listed = made if isinstance(made, list) else [made]
    return tuple(_read_call(one) for one in listed)


def _read_call(call: Json) -> str:
    if not isinstance(call, dict):
        return UNREADABLE
    # Some servers leave out the level of the function.
    function = call.get("function", call)
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        return UNREADABLE
    told: dict[str, Json] = {"type": "function", "function": {"name": function["name"], "arguments": _text(function)}}
    call_id = call.get("id")
    return msgspec.json.encode({"id": call_id, **told} if isinstance(call_id, str) else told).decode()


def _text(function: dict[str, Json]) -> str:
    """Arguments as text, to the letter where they are text; nothing at all is how some say that there are none."""
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        return arguments if arguments.strip() else "{}"
    return "{}" if arguments is None else msgspec.json.encode(arguments).decode()
