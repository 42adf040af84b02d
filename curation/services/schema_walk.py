"""A parameters schema as a form reads it: references followed, "or null" told apart, one step at a time."""

from __future__ import annotations

from collections.abc import Sequence

from curation.model.values import Json

_MOST_HOPS = 16
Schema = dict[str, Json]


def resolve(schema: Json, root: Json) -> Schema:
    """The schema itself behind `$ref`, a single `allOf`, and a choice between it and null; {} where it says nothing."""
    for _ in range(_MOST_HOPS):
        if not isinstance(schema, dict):
            return {}
        inner = _behind(schema, root)
        if inner is None:
            return schema
        schema = inner
    return {}


def _behind(schema: Schema, root: Json) -> Schema | None:
    """The next schema on the way, with what stood beside the reference; None where this one is the last."""
    beside = {key: value for key, value in schema.items() if key not in ("$ref", "allOf", "anyOf", "oneOf", "nullable")}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target = _at(root, reference)
        return {**target, **beside} if isinstance(target, dict) else None
    parts = schema.get("allOf")
    if isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], dict):
        return {**parts[0], **beside}
    for keyword in ("anyOf", "oneOf"):
        others = [one for one in _list(schema.get(keyword)) if not _is_null(one)]
        if len(others) == 1 and isinstance(others[0], dict):
            return {**others[0], **beside}
    return None


def _at(root: Json, reference: str) -> Json:
    """What a local reference points to."""
    value = root
    for step in reference.removeprefix("#").split("/")[1:] if reference.startswith("#") else ("",):
        key = step.replace("~1", "/").replace("~0", "~")
        value = value.get(key) if isinstance(value, dict) else None
    return value


def takes_null(schema: Json, root: Json, hops: int = 0) -> bool:
    """Whether null is one of the values the schema allows by name."""
    if not isinstance(schema, dict) or hops > _MOST_HOPS:
        return False
    kind = schema.get("type")
    if schema.get("nullable") is True or kind == "null" or (isinstance(kind, list) and "null" in kind):
        return True
    if any(_is_null(one) for keyword in ("anyOf", "oneOf") for one in _list(schema.get(keyword))):
        return True
    if None in _list(schema.get("enum")):
        return True
    reference = schema.get("$ref")
    return isinstance(reference, str) and takes_null(_at(root, reference), root, hops + 1)


def kind_of(schema: Schema) -> str:
    """The one type of a resolved schema besides null; "any" where it allows several or names none."""
    kind = schema.get("type")
    if isinstance(kind, list):
        left = [one for one in kind if one != "null"]
        kind = left[0] if len(left) == 1 else None
    if isinstance(kind, str):
        return kind
    if isinstance(schema.get("properties"), dict):
        return "object"
    return "any"


def properties_of(schema: Schema) -> dict[str, Json]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def required_of(schema: Schema) -> frozenset[str]:
    return frozenset(one for one in _list(schema.get("required")) if isinstance(one, str))


def takes_others(schema: Schema) -> bool:
    """Whether an object may have keys its schema does not name, and says so."""
    others = schema.get("additionalProperties")
    return others is True or isinstance(others, dict) or isinstance(schema.get("patternProperties"), dict)


def inside(schema: Json, keys: Sequence[str], root: Json) -> Schema:
    """The schema of a value inside; {} where none is declared."""
    here = resolve(schema, root)
    for key in keys:
        here = resolve(_step(here, key), root)
    return here


def _step(schema: Schema, key: str) -> Json:
    properties = properties_of(schema)
    if key in properties:
        return properties[key]
    if kind_of(schema) == "array" and key.isdigit():
        return _item(schema, int(key))
    return schema.get("additionalProperties")


def _item(schema: Schema, at: int) -> Json:
    """The schema of one element: a list of schemas names the first ones by place."""
    first = schema.get("prefixItems")
    items = schema.get("items")
    named = first if isinstance(first, list) else items if isinstance(items, list) else []
    if at < len(named):
        return named[at]
    return items if not isinstance(items, list) else schema.get("additionalItems")


def _is_null(schema: Json) -> bool:
    return isinstance(schema, dict) and (
        schema.get("type") == "null" or ("const" in schema and schema["const"] is None)
    )


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
