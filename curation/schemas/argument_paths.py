"""What a person calls a place inside the parameters: `items[].sku` for `/properties/items/items/properties/sku`."""

from __future__ import annotations

from curation.schemas.pointers import unescape_step

_CONDITIONS = frozenset({"not", "if", "then", "else", "dependentSchemas", "patternProperties"})
"""What stands in these says when something holds, and is described elsewhere."""
_BRANCHES = frozenset({"anyOf", "oneOf", "allOf"})
_SHARED = frozenset({"$defs", "definitions"})
_ELEMENTS = frozenset({"items", "prefixItems", "contains"})


def argument_path(pointer: str) -> str | None:
    """The path of a schema inside the parameters; empty for the root, None inside a condition."""
    steps = iter([unescape_step(step) for step in pointer.split("/")[1:]])
    path = ""
    for step in steps:
        if step in _CONDITIONS:
            return None
        if step == "properties":
            name = next(steps, "")
            path = f"{path}.{name}" if path else name
        elif step in _SHARED:
            path = next(steps, "")
        elif step in _BRANCHES:
            next(steps, None)
        elif step in _ELEMENTS:
            path += "[]"
    return path
