"""The check for the form of 2023: `functions`, `function_call` and the role `function`."""

from __future__ import annotations

import msgspec

from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.finding import Fix, Severity
from curation.model.values import UNSET, Arguments
from curation.reading.strict import parse_strict
from curation.rules.hints import quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row, Turn


@rule("M17", scope="row", severity=Severity.INFO)
def deprecated_function_call(row: Row) -> Found:
    """The row uses the old function_call form.

    Files of 2023 hold `functions`, `function_call` and the role `function`. Templates of today ignore all three
    silently. Write `tools`, `tool_calls` and the role `tool`.

    Bad: `{"role": "assistant", "function_call": {"name": "search", "arguments": "{}"}}`

    Good: `{"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {…}}]}`
    """
    hits = [
        Hit(
            f"/{key}",
            f"`{key}` is the old form; write the tools under `tools`.",
            {"key": key},
            _legacy_tools_fix(row, key),
        )
        for key in ("functions", "function_call")
        if key in row.example.extra
    ]
    for turn in row.turns:
        if "function_call" in turn.message.extra:
            at = turn.at + "/function_call"
            hits.append(Hit(at, "`function_call` is the old form; write `tool_calls`.", {}, _legacy_call_fix(turn)))
        if turn.role == "function":
            fix = Fix("Change to tool", turn.at + "/role", '"tool"')
            hits.append(Hit(turn.at + "/role", "The role `function` is the old form; write `tool`.", {}, fix))
    return hits or None


def _legacy_call_fix(turn: Turn) -> Fix | None:
    """Rewrites the turn with the call in its new place."""
    message = turn.message
    extra = {key: text for key, text in message.extra.items() if key != "function_call"}
    old = parse_strict(message.extra["function_call"]).value
    if message.calls or not isinstance(old, dict):
        return Fix("Remove the old key", turn.at + "/function_call")
    arguments = old.get("arguments")
    text = arguments if isinstance(arguments, str) else quote(arguments if arguments is not None else {})
    name = old.get("name")
    call = Call(name if isinstance(name, str) else UNSET, Arguments(text), f"call_{turn.index}_0", "function")
    new = msgspec.structs.replace(message, calls=(call,), extra=extra)
    return Fix("Write as a tool call", turn.at, _source(new))


def _source(message: Message) -> str:
    """A turn as JSON source."""
    row = msgspec.json.decode(encode(Example(messages=(message,))), type=dict[str, list[msgspec.Raw]])
    return bytes(row["messages"][0]).decode()


def _legacy_tools_fix(row: Row, key: str) -> Fix | None:
    if row.example.tools or key == "function_call":
        return Fix("Remove the old key", f"/{key}")
    return Fix("Rename to tools", "/functions", None, "tools") if row.example.tools is UNSET else None
