"""How much work a schema may cause, counted with a memo and without running it.

Every subschema costs one plus what it refers to, references expanded; long enums cost more. A schema that comes back
to itself through a branching keyword (`anyOf`, `allOf`, `if` …) multiplies at each level of the instance and has no
bound at all.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from curation.model.values import Json
from curation.schemas.pointers import unescape_step

_BRANCH_LISTS = ("allOf", "anyOf", "oneOf")
_BRANCH_SINGLES = ("not", "if", "then", "else")
_BRANCH_MAPS = ("dependentSchemas", "dependencies")
_STEP_SINGLES = (
    "additionalProperties",
    "additionalItems",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_STEP_MAPS = ("properties", "patternProperties")
_OPTIONS_A_UNIT = 2
_ENDLESS_COST = 10**12


class Step(Enum):
    """How one subschema is reached from another."""

    SAME = "a reference: the same instance, one way"
    BRANCH = "a branching keyword: the same instance, several ways"
    INTO = "a keyword that steps into the instance"


class Cost(msgspec.Struct, frozen=True):
    """What the count says about a schema."""

    total: int
    is_bounded: bool = True
    """False: it comes back to itself through a branching keyword, or by a reference that is not followed here."""
    endless_at: str | None = None
    """A `$ref` that leads back to itself without stepping into the instance, as that reference's text."""


def count_cost(schema: Json) -> Cost:
    """The expanded cost of a schema; never raises on parsed JSON of bounded depth."""
    return _Counter(schema).count()


class _Counter:
    """One depth-first walk; `path` holds the nodes being expanded and how each was entered."""

    def __init__(self, root: Json) -> None:
        self.root = root
        self.memo: dict[int, int] = {}
        self.position: dict[int, int] = {}
        self.path: list[Step] = []
        self.is_bounded = True
        self.endless_at: str | None = None

    def count(self) -> Cost:
        total = self._visit(self.root, Step.INTO, None)
        return Cost(total, self.is_bounded, self.endless_at)

    def _visit(self, node: Json, step: Step, reference: str | None) -> int:
        if not isinstance(node, dict):
            return 1
        key = id(node)
        if key in self.position:
            self._close_cycle(self.position[key], step, reference)
            return 1
        if key in self.memo:
            return self.memo[key]
        self.position[key] = len(self.path)
        self.path.append(step)
        total = _own_cost(node) + sum(self._visit(child, how, name) for child, how, name in self._children(node))
        self.path.pop()
        del self.position[key]
        self.memo[key] = min(total, _ENDLESS_COST)
        return self.memo[key]

    def _close_cycle(self, start: int, step: Step, reference: str | None) -> None:
        steps = [*self.path[start + 1 :], step]
        if Step.INTO not in steps:
            self.endless_at = reference or self.endless_at or "#"
        if Step.BRANCH in steps:
            self.is_bounded = False

    def _children(self, node: dict[str, Json]) -> list[tuple[Json, Step, str | None]]:
        found: list[tuple[Json, Step, str | None]] = []
        for name, value in node.items():
            if name in _BRANCH_LISTS and isinstance(value, list):
                found += [(child, Step.BRANCH, None) for child in value]
            elif name in _BRANCH_SINGLES:
                found.append((value, Step.BRANCH, None))
            elif name in _BRANCH_MAPS and isinstance(value, dict):
                found += [(child, Step.BRANCH, None) for child in value.values()]
            elif name in _STEP_MAPS and isinstance(value, dict):
                found += [(child, Step.INTO, None) for child in value.values()]
            elif name in _STEP_SINGLES or (name == "items" and isinstance(value, dict)):
                found.append((value, Step.INTO, None))
            elif name in ("items", "prefixItems") and isinstance(value, list):
                found += [(child, Step.INTO, None) for child in value]
            elif name in ("$ref", "$dynamicRef", "$recursiveRef"):
                found.append(self._follow(name, value))
        return found

    def _follow(self, keyword: str, value: Json) -> tuple[Json, Step, str | None]:
        """The target of a reference; what cannot be followed by a plain pointer counts as unbounded."""
        target = resolve_pointer(self.root, value) if keyword == "$ref" else None
        if target is None:
            self.is_bounded = False
        return target, Step.SAME, value if isinstance(value, str) else None


def _own_cost(node: dict[str, Json]) -> int:
    """One, and the values of an enum: each is compared, and written out when none fits."""
    options = node.get("enum")
    return 1 + len(options) // _OPTIONS_A_UNIT if isinstance(options, list) else 1


def resolve_pointer(root: Json, reference: Json) -> Json:
    """What `#` or `#/…` points at inside a document; None when it is another kind of reference or points nowhere."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    if reference == "#":
        return root
    if not reference.startswith("#/"):
        return None
    node = root
    for step in reference[2:].split("/"):
        node = _child(node, unescape_step(step))
        if node is None:
            return None
    return node


def _child(node: Json, step: str) -> Json:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and step.isdecimal() and len(step) < 10 and int(step) < len(node):
        return node[int(step)]
    return None
