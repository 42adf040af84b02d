"""Schemas of an OpenAPI document as plain JSON Schema: references written out, version 3.0's own words replaced.

Every reference stays inside the document. One that leads back to itself is cut where it begins to repeat, with a
description that says so; what is too large or too deep to write out is refused or cut, never followed for ever.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.toolkits.contract import Note, NoteKind, Schema
from curation.toolkits.schema_merging import merge_all_of

MOST_NODES = 20_000
MOST_NODES_IN_ALL = 500_000
"""Of all operations of a document together."""
MOST_WRITTEN = 20_000_000
"""Characters of a document's schemas once they are written out."""
MOST_DEPTH = 60
_ONE = frozenset({"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"})
_MAPS = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_HOLDS_SCHEMAS = _ONE | _MAPS | _LISTS
_DROPPED = ("discriminator", "externalDocs", "xml")
_SAYS_NOTHING = frozenset({"externalDocs", "xml"})
"""Left out without a word for each tool: no model reads them; the manual says so once."""
_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


class Allowance:
    """What writing a document out may take, all of its operations together."""

    def __init__(self) -> None:
        self.n_nodes = 0
        self.n_written = 0

    def take(self, value: Json) -> None:
        """Count one schema and the words in it; the schemas inside it are counted when it is their turn."""
        self.n_nodes += 1
        for key, member in value.items() if isinstance(value, dict) else ():
            self.n_written += len(key) + (0 if key in _HOLDS_SCHEMAS else _size(member))
        if self.n_nodes > MOST_NODES_IN_ALL or self.n_written > MOST_WRITTEN:
            raise UnreadableError(
                f"Written out, the document has more than {MOST_NODES_IN_ALL:,} parts or "
                f"{MOST_WRITTEN // 1_000_000} MB; the operations from here on are not read.",
                hint="Import it in parts.",
            )


def _size(member: Json) -> int:
    if isinstance(member, str):
        return len(member)
    return len(msgspec.json.encode(member)) if isinstance(member, dict | list) else 8


class Inliner:
    """Writes schemas of one document out in full, and notes what that changed."""

    def __init__(self, document: Schema, allowance: Allowance | None = None) -> None:
        self.document = document
        self.allowance = allowance or Allowance()
        self.n_nodes = 0
        self.notes: dict[Note, None] = {}

    def follow(self, value: Json) -> Json:
        """A value, or what its reference points to."""
        for _ in range(20):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return value
            value = self.find(value["$ref"])
        raise UnreadableError("A reference points to itself.")

    def find(self, reference: str) -> Json:
        """What a reference points to; only places inside the document are read."""
        if not reference.startswith("#/"):
            raise UnreadableError(
                f"The reference {reference[:200]} leaves the document; only local ones are read.",
                hint="Bundle the document into one file first.",
            )
        place: Json = self.document
        for step in reference[2:].split("/"):
            key = step.replace("%7B", "{").replace("%7D", "}").replace("~1", "/").replace("~0", "~")
            if isinstance(place, list):
                place = place[int(key)] if key.isascii() and key.isdigit() and int(key) < len(place) else None
            else:
                place = place.get(key) if isinstance(place, dict) else None
        if place is None:
            raise UnreadableError(f"The reference {reference[:200]} points to nothing.")
        return place

    def note(self, kind: NoteKind, words: str) -> None:
        self.notes[Note(kind, words)] = None

    def inline(self, value: Json, opened: tuple[str, ...] = (), depth: int = 0) -> Json:
        """A schema with everything it refers to written out in place."""
        self.allowance.take(value)
        self.n_nodes += 1
        if self.n_nodes > MOST_NODES:
            raise UnreadableError(
                f"Written out, its schemas have more than {MOST_NODES:,} parts.", hint="Refer to smaller schemas."
            )
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if depth > MOST_DEPTH:
            self.note("changed", f"a schema nested deeper than {MOST_DEPTH} levels is cut there")
            return {"description": "Nested deeper than is written out here."}
        if isinstance(reference, str):
            return self.write_out(value, reference, opened, depth)
        return self.to_json_schema({key: self.inline_member(key, value[key], opened, depth) for key in value})

    def write_out(self, value: Schema, reference: str, opened: tuple[str, ...], depth: int) -> Json:
        """What a reference points to, with the words that stand beside it."""
        name = reference.rpartition("/")[2]
        if reference in opened:
            self.note("changed", f"`{name}` contains itself: it is cut where it begins again")
            return self.cut(name, self.find(reference))
        schema = self.inline(self.find(reference), (*opened, reference), depth + 1)
        beside = {key: one for key, one in value.items() if key != "$ref"}
        if not beside:
            return schema
        inner = self.inline(beside, opened, depth + 1)
        if isinstance(schema, dict) and isinstance(inner, dict):
            return {**schema, **inner} if not _constrains(inner) else merge_all_of({"allOf": [schema, inner]})[0]
        return schema

    @staticmethod
    def cut(name: str, schema: Json) -> Schema:
        kind = schema.get("type") if isinstance(schema, dict) else None
        words = f"Again a {name}, of the same form as the one around it."
        return {"type": kind, "description": words} if isinstance(kind, str) else {"description": words}

    def inline_member(self, key: str, value: Json, opened: tuple[str, ...], depth: int) -> Json:
        """One keyword: only those that hold schemas are looked into, so that samples stay as they are."""
        if key in _MAPS and isinstance(value, dict):
            return {name: self.inline(one, opened, depth + 1) for name, one in value.items()}
        if key in _LISTS and isinstance(value, list):
            return [self.inline(one, opened, depth + 1) for one in value]
        return self.inline(value, opened, depth + 1) if key in _ONE else value

    def to_json_schema(self, schema: Schema) -> Schema:
        """OpenAPI's own words in those of JSON Schema."""
        result = {
            key: member
            for key, member in schema.items()
            if key not in ("nullable", *_DROPPED) and not key.startswith("x-")
        }
        for key in _DROPPED:
            if key in schema and key not in _SAYS_NOTHING:
                self.note("lost", f"`{key}` of a schema is left out")
        _move_bounds(schema, result)
        if "example" in result:
            example = result.pop("example")
            result.setdefault("examples", [example])
        if "allOf" in result:
            result, why_not = merge_all_of(result)
            if why_not:
                self.note("changed", f"`allOf` stays as it is: {why_not}")
        return _allow_null(result) if schema.get("nullable") is True else result


def _constrains(schema: Schema) -> bool:
    words = {"default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"}
    return bool(set(schema) - words)


def _move_bounds(schema: Schema, result: Schema) -> None:
    """Version 3.0 marks a bound as exclusive with a boolean."""
    for exclusive, bound in _BOUNDS:
        if isinstance(schema.get(exclusive), bool):
            del result[exclusive]
            if schema[exclusive] and bound in result:
                result[exclusive] = result.pop(bound)


def _allow_null(schema: Schema) -> Schema:
    kind = schema.get("type")
    if isinstance(kind, str):
        allowed = {**schema, "type": [kind, "null"]}
    elif isinstance(kind, list):
        allowed = {**schema, "type": [*kind, *([] if "null" in kind else ["null"])]}
    else:
        return {"anyOf": [schema, {"type": "null"}]} if schema else schema
    values = schema.get("enum")
    if isinstance(values, list) and None not in values:
        allowed["enum"] = [*values, None]
    return allowed


def leaves(schema: Json) -> Iterator[tuple[str, Schema]]:
    """The properties of an object schema that are schemas themselves."""
    members = schema.get("properties") if isinstance(schema, dict) else None
    for name, member in members.items() if isinstance(members, dict) else ():
        if isinstance(member, dict):
            yield name, member
