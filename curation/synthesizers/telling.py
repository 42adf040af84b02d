"""What a model is told of tools, turns and values: one JSON object a line, so no text can pass for another line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.values import UNSET, Field, Json
from curation.reading.strict import parse_strict
from curation.synthesizers.goals import Fact

NOTHING = "(nothing)"
_SPEAKERS = {"user": "person", "assistant": "assistant", "tool": "tool"}


def tell_lines(lines: Iterable[Mapping[str, Json]]) -> str:
    """The objects, one a line."""
    return "\n".join(msgspec.json.encode(line).decode() for line in lines) or NOTHING


def tell_tools(tools: Sequence[Tool]) -> str:
    """The tools on offer, each with what may be known of when it is called."""
    return tell_lines(map(_told_tool, tools))


def _told_tool(tool: Tool) -> dict[str, Json]:
    view = tool.definition.view
    told: dict[str, Json] = {"name": tool.name, "description": view.description or "", "parameters": view.parameters}
    policy = {"policy": tool.policy.text, "approval": tool.policy.approval}
    return told | {key: text for key, text in policy.items() if text}


def tell_turns(messages: Sequence[Message]) -> str:
    """A conversation, without the standing instructions."""
    return tell_lines(_told_turns(messages))


def _told_turns(messages: Sequence[Message]) -> Iterator[dict[str, Json]]:
    for number, message in enumerate(messages):
        speaker = _SPEAKERS.get(str(message.role))
        if speaker is None:
            continue
        told: dict[str, Json] = {"turn": number, "by": speaker}
        if text := said_in(message.content):
            told["returns" if speaker == "tool" else "says"] = text
        if message.calls:
            told["calls"] = [tell_call(call) for call in message.calls]
        yield told


def tell_call(call: Call) -> dict[str, Json]:
    """A call as a model writes one."""
    return {"tool": said_in(call.name), "arguments": arguments_of(call)}


def tell_facts(facts: Iterable[Fact]) -> str:
    """Values a person knows, each with what it is."""
    return tell_lines({"name": fact.name, "about": fact.about, "value": fact.value} for fact in facts)


def said_in(field: Field) -> str:
    """A field's text; empty where it has none."""
    return field if isinstance(field, str) else ""


def arguments_of(call: Call) -> Json:
    """The arguments of a call; none where they cannot be read."""
    if call.arguments is UNSET:
        return {}
    parsed = parse_strict(call.arguments.text)
    return {} if parsed.value is UNSET else parsed.value


def standing_of(example: Example) -> str:
    """The standing instructions of a conversation."""
    texts = (said_in(message.content) for message in example.messages if message.role in ("system", "developer"))
    return "\n".join(texts) or NOTHING
