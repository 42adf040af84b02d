"""What a team knows of a tool beside its definition, as one JSON object that other programs pass over.

Forms that allow keys of one's own (`_meta` of MCP, `x-…` of OpenAPI) carry it, so that nothing is lost on the way back.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from curation.model.definition import Definition, Tool
from curation.model.values import Json
from curation.toolkits.contract import Loss

FACTS: dict[str, str] = {
    "side_effect": "the side effect",
    "idempotent": "whether it is idempotent",
    "idempotency_parameter": "the parameter that marks a repeat",
    "policy": "the policy",
    "result_schema": "the result schema",
    "errors": "the errors it can return",
    "execution": "how a call runs",
    "samples": "the sample calls",
}
"""Every field of a tool beside its definition, in words."""


def said_facts(tool: Tool) -> tuple[str, ...]:
    """The fields that say something."""
    empty = Tool(tool.definition)
    return tuple(name for name in FACTS if getattr(tool, name) != getattr(empty, name))


def write_facts(tool: Tool, told: Collection[str] = ()) -> dict[str, Json]:
    """What the tool says beside its definition, less what the form has told already."""
    return {name: msgspec.to_builtins(getattr(tool, name)) for name in said_facts(tool) if name not in told}


def read_facts(tool: Tool, facts: Json) -> Tool:
    """The tool with facts as `write_facts` gave them; anything else is passed over."""
    if not isinstance(facts, dict):
        return tool
    known = {name: value for name, value in facts.items() if name in FACTS}
    try:
        read = msgspec.convert({"definition": {"text": ""}, **known}, type=Tool)
    except msgspec.ValidationError:
        return tool
    return msgspec.structs.replace(tool, **{name: getattr(read, name) for name in known})


def list_losses(tool: Tool, told: Collection[str] = ()) -> list[Loss]:
    """One loss for every fact a form has no place for."""
    return [Loss(tool.name, f"left out: {FACTS[name]}") for name in said_facts(tool) if name not in told]


def extra_keys(definition: Definition) -> list[str]:
    """Keys of a definition beside its name, description and parameters, such as `strict`."""
    value = definition.view.value
    outer = value if isinstance(value, dict) else {}
    inner = outer.get("function") if isinstance(outer.get("function"), dict) else outer
    beside = [key for key in outer if key not in ("type", "function")] if inner is not outer else []
    kept = ("name", "description", "parameters", "type")
    return [*beside, *(key for key in inner if key not in kept)] if isinstance(inner, dict) else beside
