"""`allOf` put together into one schema where every part only adds to the others."""

from __future__ import annotations

from curation.model.values import Json
from curation.toolkits.contract import Schema

_WORDS = ("description", "title", "examples", "default", "deprecated")
"""Keywords that constrain nothing: the first one said counts."""


def merge_all_of(schema: Schema) -> tuple[Schema, str]:
    """The schema without its `allOf`; as it is, and why, where its parts say different things of one thing."""
    parts = schema.get("allOf")
    around = {key: value for key, value in schema.items() if key != "allOf"}
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return schema, ""
    merged: Schema = dict(around)
    for part in parts:
        if isinstance(part, dict) and (why := _add(merged, part)):
            return schema, why
    return merged, ""


def _add(merged: Schema, part: Schema) -> str:
    """Add one part; why it cannot be, where it cannot."""
    if len(part) and (_is_closed(merged) or _is_closed(part)) and set(merged) & {"properties", "additionalProperties"}:
        return "a part of it takes no further properties"
    for key, value in part.items():
        if key not in merged:
            merged[key] = value
        elif key == "properties":
            if why := _add_properties(merged, value):
                return why
        elif key == "required" and isinstance(value, list) and isinstance(merged[key], list):
            merged[key] = list(dict.fromkeys([*merged[key], *value]))
        elif key not in _WORDS and merged[key] != value:
            return f"its parts differ in `{key}`"
    return ""


def _is_closed(schema: Schema) -> bool:
    return schema.get("additionalProperties", True) is not True or "unevaluatedProperties" in schema


def _add_properties(merged: Schema, more: Json) -> str:
    known = merged["properties"]
    if not isinstance(known, dict) or not isinstance(more, dict):
        return "its properties are no object"
    for name, member in more.items():
        if name in known and known[name] != member:
            return f"its parts differ in the property `{name}`"
    merged["properties"] = {**known, **more}
    return ""
