"""What a person calls a place inside the parameters: `items[].sku` for `/properties/items/items/properties/sku`."""

from __future__ import annotations

from curation.schemas.pointers import unescape_step

_CONDITIONS = frozenset({"not", "if", "then", "else", "dependentSchemas", "patternProperties"})
"""What stands in these says when something holds, and is described elsewhere."""
_BRANCHES = frozenset({"anyOf", "oneOf", "allOf"})
_SHARED = frozenset({"$defs", "definitions"})
_ELEMENTS = frozenset({"items", "prefixItems", "contains"})
_NAMED, _OF_SHARED, _ELEMENT, _VALUE = ".", "#", "[]", "{}"
"""How a step begins; what follows a name's mark is the name itself, so no two places have the same steps."""


def argument_steps(pointer: str) -> tuple[str, ...] | None:
    """The way to a schema inside the parameters; empty for the root, None inside a condition."""
    steps = iter([unescape_step(step) for step in pointer.split("/")[1:]])
    found: tuple[str, ...] = ()
    for step in steps:
        if step in _CONDITIONS:
            return None
        if step == "properties":
            found = step_into(found, next(steps, ""))
        elif step in _SHARED:
            found = (_OF_SHARED + next(steps, ""),)
        elif step in _BRANCHES:
            next(steps, None)
        elif step in _ELEMENTS:
            found += (_ELEMENT,)
        elif step == "additionalProperties":
            found += (_VALUE,)
    return found


def step_into(steps: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The way to a property of the schema there."""
    return (*steps, _NAMED + name)


def say_steps(steps: tuple[str, ...]) -> str:
    """The way as a person writes it: `scores.*.points` for what stands in every value of `scores`."""
    said = "".join(".*" if step == _VALUE else step for step in steps)
    return said[1:] if said.startswith((_NAMED, _OF_SHARED)) else said
