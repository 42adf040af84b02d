"""References inside a schema: those that lead nowhere, outside, or round in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.values import Json
from curation.schemas.cost import resolve_pointer
from curation.schemas.faults import SchemaFault
from curation.schemas.pointers import escape_step


def find_faults(schema: Json) -> list[SchemaFault]:
    """Every `$ref` that points outside the schema or at nothing."""
    if not _mentions_reference(schema):
        return []
    has_ids = _has_ids(schema)
    faults = []
    for pointer, reference in _references(schema, ""):
        message = _judge(schema, reference, has_ids=has_ids)
        if message:
            faults.append(SchemaFault("reference", pointer, message, reference))
    return faults


def endless_fault(schema: Json, reference: str) -> SchemaFault:
    """The fault of a reference that comes back to itself without stepping into the value."""
    for pointer, found in _references(schema, ""):
        if found == reference:
            return SchemaFault("reference", pointer, f"leads back to itself: {reference}", reference)
    return SchemaFault("reference", "", f"holds a reference that leads back to itself: {reference}", reference)


def _judge(schema: Json, reference: str, *, has_ids: bool) -> str | None:
    if has_ids:
        return None  # names of embedded resources: the compiler resolves these
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
    """The place and text of each `$ref`, leaving out values that only look like schemas."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _references(child, f"{pointer}/{index}")
        return
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        if key == "$ref" and isinstance(child, str):
            yield f"{pointer}/$ref", child
        elif key not in ("const", "enum", "default", "examples", "example"):
            yield from _references(child, f"{pointer}/{escape_step(key)}")
