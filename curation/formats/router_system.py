"""The system turn of a router row: own text, compact signatures of the tools, the answer rule.

Every token here is paid for in every row of every training step, so signatures are short: types as in TypeScript,
enums as bare words, one clause of description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from curation.model.definition import Definition
from curation.model.example import NO_TOOL_REASONS
from curation.model.values import Json

ANSWER_RULE = (
    'Answer with one JSON object: {"tool": NAME, "arguments": {...}} or '
    '{"tool": "no_tool", "reason": ' + "|".join(NO_TOOL_REASONS) + ', "message": TEXT}'
)
_SHORT_TYPES = {"string": "str", "integer": "int", "number": "num", "boolean": "bool", "object": "{}", "array": "[]"}
_BARE_WORD = re.compile(r"[A-Za-z_][\w-]*")
_CLAUSE_END = re.compile(r";|\.(?:\s|$)|\n")
_MOST_CHARACTERS = 80
_MOST_DEPTH = 4


def system_text(system: str | None, tools: Sequence[Definition]) -> str:
    """The text of the system turn: `system` itself, then the block made from the tools."""
    block = _write_block(tuple(tool.text for tool in tools))
    return f"{system}\n\n{block}" if system else block


def strip_block(content: str, tools: Sequence[Definition]) -> str | None:
    """The own text in a system turn written by `system_text` ("" when there is none); None when it is not one."""
    block = _write_block(tuple(tool.text for tool in tools))
    if content == block:
        return ""
    return content.removesuffix("\n\n" + block) if content.endswith("\n\n" + block) else None


@lru_cache(maxsize=1024)
def _write_block(texts: tuple[str, ...]) -> str:
    lines = [_write_signature(Definition(text)) for text in texts]
    return "\n".join(["Tools:", *lines, ANSWER_RULE] if lines else [ANSWER_RULE])


@lru_cache(maxsize=4096)
def _write_signature(definition: Definition) -> str:
    view = definition.view
    parameters = view.parameters if isinstance(view.parameters, dict) else {}
    signature = f"{view.name or 'unnamed'}({_write_members(parameters, 0)})"
    clause = _shorten(view.description or "")
    return f"{signature}: {clause}" if clause else signature


def _write_members(schema: dict[str, Json], depth: int) -> str:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return ""
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return ", ".join(
        f"{name}{'' if name in needed else '?'}: {_write_type(member, depth)}" for name, member in properties.items()
    )


def _write_type(schema: Json, depth: int) -> str:
    if not isinstance(schema, dict) or depth > _MOST_DEPTH:
        return "any"
    for key in ("anyOf", "oneOf"):
        if isinstance(branches := schema.get(key), list) and branches:
            return "|".join(dict.fromkeys(_write_type(branch, depth + 1) for branch in branches))
    if isinstance(values := schema.get("enum"), list):
        return "|".join(_write_value(value) for value in values)
    if "const" in schema:
        return _write_value(schema["const"])
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    return "|".join(_write_kind(schema, one, depth) for one in kinds)


def _write_kind(schema: dict[str, Json], kind: Json, depth: int) -> str:
    if kind == "array":
        inner = _write_type(schema.get("items", {}), depth + 1)
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if kind == "object":
        return "{" + _write_members(schema, depth + 1) + "}"
    if kind == "string" and schema.get("format") in ("date", "date-time", "time", "email", "uri", "uuid"):
        return str(schema["format"])
    return _SHORT_TYPES.get(kind, kind) if isinstance(kind, str) else "any"


def _write_value(value: Json) -> str:
    if isinstance(value, str) and _BARE_WORD.fullmatch(value):
        return value
    return msgspec.json.encode(value).decode()


def _shorten(description: str) -> str:
    """The first clause, cut at a word."""
    clause = " ".join(_CLAUSE_END.split(description.strip(), maxsplit=1)[0].split())
    if len(clause) <= _MOST_CHARACTERS:
        return clause
    return clause[:_MOST_CHARACTERS].rsplit(" ", 1)[0]
