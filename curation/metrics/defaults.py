"""Arguments with the defaults their schema declares filled in, so that leaving one out equals writing it."""

from __future__ import annotations

from curation.model.values import Json

DEEPEST = 16
"""Levels of nested objects that are filled; schemas that refer to themselves stop here."""


def fill_defaults(arguments: dict[str, Json], schema: Json, depth: int = DEEPEST) -> dict[str, Json]:
    """A copy with declared defaults of absent properties, inside nested objects too."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or depth <= 0:
        return arguments
    filled = {name: fill_value(value, properties.get(name), depth) for name, value in arguments.items()}
    for name, inner in properties.items():
        if name not in filled and isinstance(inner, dict) and "default" in inner:
            filled[name] = inner["default"]
    return filled


def fill_value(value: Json, schema: Json, depth: int = DEEPEST) -> Json:
    """A copy of any value with the defaults inside it filled."""
    if isinstance(value, dict):
        return fill_defaults(value, schema, depth - 1)
    if isinstance(value, list) and isinstance(schema, dict) and depth > 1:
        return [fill_value(element, schema.get("items"), depth - 1) for element in value]
    return value
