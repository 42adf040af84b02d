"""Every schema inside a schema."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.values import Json
from curation.schemas.pointers import escape_step

_DEEPEST = 30
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties", "not", "if", "then", "else", "contains")


def subschemas(node: Json, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every object schema in a schema with its pointer, the root first."""
    if not isinstance(node, dict) or depth > _DEEPEST:
        return
    yield pointer, node
    for key in _MAPS:
        children = node.get(key)
        if isinstance(children, dict):
            for name, child in children.items():
                yield from subschemas(child, f"{pointer}/{key}/{escape_step(name)}", depth + 1)
    for key in _LISTS:
        children = node.get(key)
        if isinstance(children, list):
            for index, child in enumerate(children):
                yield from subschemas(child, f"{pointer}/{key}/{index}", depth + 1)
    for key in _SINGLES:
        if key in node:
            yield from subschemas(node[key], f"{pointer}/{key}", depth + 1)
