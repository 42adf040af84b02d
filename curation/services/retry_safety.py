"""Whether a call may be made twice, and which tool shows what a first attempt has done."""

from __future__ import annotations

import json
from collections.abc import Mapping

from curation.model.definition import Tool
from curation.model.example import Call
from curation.model.values import Json
from curation.rules.effects import repeats_harm
from curation.services.text_fields import arguments_text, field_text


def is_safe_twice(tool: Tool | None, call: Call) -> bool:
    """Whether a second call does no harm where the outcome of the first is unknown: as `unsafe-retry` judges it.

    An idempotent tool does, called twice, what it does called once, also where it destroys something.
    """
    if not repeats_harm(field_text(call.name), tool.side_effect if tool else None) or (tool and tool.idempotent):
        return True
    key = tool.idempotency_parameter if tool else None
    return bool(key) and bool(_arguments(call).get(key or ""))


def why_unsafe(tool: Tool | None, call: Call) -> str:
    """The reason in one sentence."""
    name = field_text(call.name)
    key = tool.idempotency_parameter if tool else None
    if key:
        return f"`{name}` may already have worked, and the call gives no `{key}`: a second one could do it twice."
    return f"`{name}` changes something, may already have worked, and is not idempotent: read the state first."


def find_reader(call: Call, tools: Mapping[str, Tool]) -> Tool | None:
    """The tool that reads with what the call knows: the one that shares most arguments and needs no other."""
    name = field_text(call.name)
    fitting = [
        (len(shared_arguments(call, tool)), tool)
        for tool in tools.values()
        if tool.name != name and tool.side_effect == "read" and _needs(tool) <= shared_arguments(call, tool).keys()
    ]
    sharing = [(n, tool) for n, tool in fitting if n]
    return max(sharing, key=lambda pair: pair[0])[1] if sharing else None


def shared_arguments(call: Call, tool: Tool) -> dict[str, Json]:
    """The call's arguments that another tool takes, too."""
    parameters = tool.definition.view.parameters
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    known = properties if isinstance(properties, dict) else {}
    return {key: value for key, value in _arguments(call).items() if key in known}


def _needs(tool: Tool) -> frozenset[str]:
    parameters = tool.definition.view.parameters
    required = parameters.get("required") if isinstance(parameters, dict) else None
    return frozenset(str(one) for one in required) if isinstance(required, list) else frozenset()


def _arguments(call: Call) -> dict[str, Json]:
    try:
        value = json.loads(arguments_text(call))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
