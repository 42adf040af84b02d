"""References inside a schema: those that lead nowhere, outside, or round in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.values import Json
from curation.schemas.cost import resolve_pointer
from curation.schemas.drafts import draft_at
from curation.schemas.faults import SchemaFault
from curation.schemas.pointers import escape_step

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def find_faults(schema: Json) -> list[SchemaFault]:
    """Every reference that points outside the schema or at nothing, and a `$schema` that names no draft."""
    faults = _draft_faults(schema)
    if not _mentions_reference(schema):
        return faults
    has_ids = _has_ids(schema)
    for pointer, reference in _references(schema, ""):
        message = _judge(schema, reference, has_ids=has_ids)
        if message:
            faults.append(SchemaFault("reference", pointer, message, reference))
    return faults


def _draft_faults(schema: Json) -> list[SchemaFault]:
    address = schema.get("$schema") if isinstance(schema, dict) else None
    if not isinstance(address, str) or draft_at(address) is not None:
        return []
    message = f"names no draft of JSON Schema that is known here: {address[:100]}; leave it out"
    return [SchemaFault("reference", "/$schema", message, address)]


def endless_fault(schema: Json, reference: str) -> SchemaFault:
    """The fault of a reference that comes back to itself without stepping into the value."""
    for pointer, found in _references(schema, ""):
        if found == reference:
            return SchemaFault("reference", pointer, f"leads back to itself: {reference}", reference)
    return SchemaFault("reference", "", f"holds a reference that leads back to itself: {reference}", reference)


def _judge(schema: Json, reference: str, *, has_ids: bool) -> str | None:
    if has_ids or draft_at(reference) is not None:
        return None  # names of embedded resources and of the drafts themselves: the compiler holds these
    if not reference.startswith("#"):
        return f"points outside the schema: {reference}; copy that definition into `$defs`"
    is_pointer = reference.startswith("#/") and "%" not in reference
    if is_pointer and resolve_pointer(schema, reference) is None:
        return f"points at nothing: {reference}"
    return None


def _mentions_reference(schema: Json) -> bool:
    return next(_references(schema, ""), None) is not None


def _has_ids(node: Json) -> bool:
    if isinstance(node, dict):
        return any(key in ("$id", "id") and isinstance(node[key], str) for key in node) or any(
            _has_ids(child) for child in node.values()
        )
    return isinstance(node, list) and any(_has_ids(child) for child in node)


def _references(node: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """The place and text of each reference, leaving out values that only look like schemas."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _references(child, f"{pointer}/{index}")
        return
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        if key in _REFERENCES and isinstance(child, str):
            yield f"{pointer}/{key}", child
        elif key not in ("const", "enum", "default", "examples", "example"):
            yield from _references(child, f"{pointer}/{escape_step(key)}")
