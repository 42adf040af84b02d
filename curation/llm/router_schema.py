"""The form of a router's answer as one JSON schema, for servers that hold a model to such."""

from __future__ import annotations

import json
from functools import lru_cache

import msgspec

from curation.formats.router_answer import NO_TOOL, Broken, RouterAbstention, RouterAnswer
from curation.model.definition import Definition
from curation.model.example import NO_TOOL_REASONS
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.schemas import compile_schema

ANY_ARGUMENTS: dict[str, Json] = {"type": "object"}
NO_ARGUMENTS: dict[str, Json] = {"type": "object", "properties": {}, "additionalProperties": False}


class RouterSchema(msgspec.Struct, frozen=True):
    """What an answer must look like."""

    text: str = ""
    """The schema; empty: anything may be answered."""
    loosened: tuple[str, ...] = ()
    """Tools whose arguments are held to less than their schema says."""

    def can_say(self, answer: RouterAnswer) -> bool:
        """Whether this answer fits."""
        if isinstance(answer, Broken):
            return False
        if isinstance(answer, RouterAbstention):
            return answer.reason in NO_TOOL_REASONS
        arguments = parse_strict(answer.arguments_text).value
        return not compile_schema(self.text).errors({"tool": answer.tool, "arguments": arguments})


FREE = RouterSchema()


@lru_cache(maxsize=512)
def write_router_schema(tools: tuple[Definition, ...]) -> RouterSchema:
    """The form of an answer to a row that offers these tools: one of them with its arguments, or `no_tool`."""
    # As everywhere, the first definition of a name counts.
    offered = {str(tool.view.name): tool for tool in reversed(tools) if tool.view.name not in (None, NO_TOOL)}
    held = {name: _arguments_of(tool.view.parameters) for name, tool in sorted(offered.items())}
    loosened = tuple(name for name, (_, is_whole) in held.items() if not is_whole)
    branches = [_object({"tool": _one_of([name]), "arguments": form}) for name, (form, _) in held.items()]
    abstention = _object(
        {"tool": _one_of([NO_TOOL]), "reason": _one_of(list(NO_TOOL_REASONS)), "message": {"type": "string"}}
    )
    return RouterSchema(json.dumps({"anyOf": [abstention, *branches]}, ensure_ascii=False), loosened)


def _arguments_of(parameters: Json) -> tuple[Json, bool]:
    """The form of the arguments, and whether it says all that the tool's schema says."""
    if parameters is None:
        return NO_ARGUMENTS, True
    # A reference counts from the top of its own schema, which is not the top here.
    if not isinstance(parameters, dict) or _refers(parameters):
        return ANY_ARGUMENTS, False
    return {"type": "object", **parameters}, True


def _refers(schema: Json) -> bool:
    if isinstance(schema, dict):
        return "$ref" in schema or "$dynamicRef" in schema or "$id" in schema or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))


def _object(properties: dict[str, Json]) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(values: list[Json]) -> Json:
    return {"type": "string", "enum": values}
