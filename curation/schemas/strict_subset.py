"""The strict subset of JSON Schema: what a service takes when a tool says `"strict": true`.

Figures and keywords as OpenAI's page on structured outputs gives them (read in February 2026); Azure follows it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.model.values import Json
from curation.schemas.pointers import escape_step

MOST_PROPERTIES = 5_000
MOST_LEVELS = 10
MOST_OPTIONS = 1_000
MOST_NAME_CHARACTERS = 120_000
LONG_ENUM = 250
"""An enum of more values than this may hold LONG_ENUM_CHARACTERS in all."""
LONG_ENUM_CHARACTERS = 15_000
REFUSED = (
    *("allOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired", "dependencies"),
    *("patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "contains", "prefixItems"),
)
"""Keywords outside the subset."""
NOT_TUNED = (
    *("minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains"),
    *("minProperties", "maxProperties"),
)
"""Keywords that fine-tuned models do not have, on top of those."""
_MAPS = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf")
_SINGLES = ("items", "additionalProperties")


class StrictFault(msgspec.Struct, frozen=True):
    """One place outside the subset."""

    pointer: str
    """JSON pointer into the schema."""
    kind: str
    """`keyword`, `root`, `open`, `optional` or `size`."""
    name: str
    """The keyword, or the optional property."""
    message: str


def find_strict_faults(schema: Json) -> list[StrictFault]:
    """Every place where a schema leaves the subset."""
    if not isinstance(schema, dict):
        return []
    faults = list(_judge_root(schema))
    sizes = Sizes()
    for pointer, node, level in walk(schema):
        sizes.count(node, level)
        faults += _judge_node(pointer, node)
    return [*faults, *sizes.faults()]


def walk(node: Json, pointer: str = "", level: int = 1) -> Iterator[tuple[str, dict[str, Json], int]]:
    """Every subschema with its place and how many objects and lists it lies in."""
    if not isinstance(node, dict) or level > 100:
        return
    yield pointer, node, level
    for key in _MAPS:
        children = node.get(key)
        for name, child in children.items() if isinstance(children, dict) else ():
            inside = level + 1 if key == "properties" else level
            yield from walk(child, f"{pointer}/{key}/{escape_step(name)}", inside)
    for key in _LISTS:
        branches = node.get(key)
        for index, child in enumerate(branches) if isinstance(branches, list) else ():
            yield from walk(child, f"{pointer}/{key}/{index}", level)
    for key in _SINGLES:
        yield from walk(node.get(key), f"{pointer}/{key}", level + 1)


def is_object(node: dict[str, Json]) -> bool:
    """Whether a schema describes an object."""
    kind = node.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or isinstance(node.get("properties"), dict)


def _judge_root(schema: dict[str, Json]) -> Iterator[StrictFault]:
    if "anyOf" in schema:
        yield StrictFault("/anyOf", "root", "anyOf", "The root of strict parameters is one object, not `anyOf`.")
    elif "$ref" in schema and "properties" not in schema:
        yield StrictFault("/$ref", "root", "$ref", "The root of strict parameters is one object, written out.")


def _judge_node(pointer: str, node: dict[str, Json]) -> Iterator[StrictFault]:
    for keyword in REFUSED:
        if keyword in node:
            yield StrictFault(
                f"{pointer}/{keyword}", "keyword", keyword, f"`{keyword}` is not part of the strict subset."
            )
    if not is_object(node):
        return
    if node.get("additionalProperties") is not False:
        message = "A strict object must say `additionalProperties: false`."
        yield StrictFault(pointer, "open", "additionalProperties", message)
    required, properties = node.get("required"), node.get("properties")
    names = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    for name in properties if isinstance(properties, dict) else {}:
        if name not in names:
            at = f"{pointer}/properties/{escape_step(name)}"
            message = f"`{name[:60]}` is optional; a strict object requires every property."
            yield StrictFault(at, "optional", name, message)


class Sizes:
    """The sums a strict schema is measured by."""

    def __init__(self) -> None:
        self.properties = 0
        self.options = 0
        self.characters = 0
        self.levels = 0
        self.long_enum = 0

    def count(self, node: dict[str, Json], level: int) -> None:
        """Add one subschema."""
        self.levels = max(self.levels, level)
        properties, options = node.get("properties"), node.get("enum")
        if isinstance(properties, dict):
            self.properties += len(properties)
            self.characters += sum(map(len, properties))
        if isinstance(options, list):
            size = sum(len(one) for one in options if isinstance(one, str))
            self.options += len(options)
            self.characters += size
            self.long_enum = max(self.long_enum, size if len(options) > LONG_ENUM else 0)

    def faults(self) -> Iterator[StrictFault]:
        """What is more than a service takes."""
        limits = (
            (self.properties, MOST_PROPERTIES, "properties"),
            (self.levels, MOST_LEVELS, "levels"),
            (self.options, MOST_OPTIONS, "enum values"),
            (self.characters, MOST_NAME_CHARACTERS, "characters in names and enum values"),
            (self.long_enum, LONG_ENUM_CHARACTERS, "characters in one enum of more than 250 values"),
        )
        for count, most, what in limits:
            if count > most:
                message = f"The schema has {count} {what}; a strict one has {most} at most."
                yield StrictFault("", "size", what, message)
