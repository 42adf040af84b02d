"""OpenAPI 3.x operations as tools: parameters and JSON body merged, references inlined, names made safe."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.errors import UnreadableError
from curation.formats.tool_names import fit_name
from curation.model.definition import Definition, SideEffect, Tool
from curation.model.values import Json
from curation.reading.scan import escape_step

Schema = dict[str, Json]
METHODS = ("get", "head", "post", "put", "patch", "delete")
_IDEMPOTENT = {"get": True, "head": True, "put": True, "delete": True, "post": False, "patch": False}
_EFFECTS: dict[str, SideEffect] = {"get": "read", "head": "read", "delete": "destructive"}
_IGNORED_HEADERS = {"accept", "content-type", "authorization"}
_MOST_NODES = 20_000


class Operation(msgspec.Struct, frozen=True):
    """One operation as a tool, and where it stands in the document."""

    tool: Tool
    at: str
    left_out: tuple[str, ...] = ()
    """Media types of a body that is no JSON and so has no arguments."""


def read_operations(document: Schema) -> tuple[Operation, ...]:
    """Every operation of a document, in its order."""
    if not str(document.get("openapi", "")).startswith("3"):
        raise UnreadableError(f"OpenAPI {document.get('openapi')} is not read.", hint="Give a document of version 3.x.")
    paths = document.get("paths")
    taken: set[str] = set()
    operations = []
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                operations.append(_read_operation(document, path, method, item, taken))
    return tuple(operations)


def _read_operation(document: Schema, path: str, method: str, item: Schema, taken: set[str]) -> Operation:
    operation = item[method]
    name = fit_name(str(operation.get("operationId") or f"{method}_{path}"), taken)
    taken.add(name)
    function: Schema = {"name": name}
    description = operation.get("description") or operation.get("summary")
    if isinstance(description, str):
        function["description"] = description
    merger = _Merger(document)
    function["parameters"] = merger.merge(item, operation)
    text = msgspec.json.encode({"type": "function", "function": function}).decode()
    effect = _EFFECTS.get(method, "write")
    tool = Tool(Definition(text), side_effect=effect, idempotent=_IDEMPOTENT[method])
    return Operation(tool, f"/paths/{escape_step(path)}/{method}", merger.left_out)


class _Merger:
    """Puts the parameters and the body of one operation into one object schema."""

    def __init__(self, document: Schema) -> None:
        self.inliner = _Inliner(document)
        self.properties: Schema = {}
        self.required: list[str] = []
        self.left_out: tuple[str, ...] = ()

    def merge(self, item: Schema, operation: Schema) -> Schema:
        for parameter in self.parameters(item, operation):
            schema = self.inliner.inline(parameter.get("schema", {}))
            if isinstance(schema, dict) and isinstance(parameter.get("description"), str):
                schema = {"description": parameter["description"], **schema}
            self.add(str(parameter["name"]), schema, is_required=parameter.get("required") is True)
        self.add_body(operation)
        merged: Schema = {"type": "object", "properties": self.properties}
        return {**merged, "required": self.required} if self.required else merged

    def parameters(self, item: Schema, operation: Schema) -> Iterator[Schema]:
        """The operation's own parameters, then those of the path it does not override."""
        seen = set()
        for given in (*_list(operation.get("parameters")), *_list(item.get("parameters"))):
            parameter = self.inliner.follow(given)
            if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
                continue
            place = parameter["name"], parameter.get("in")
            is_ignored = place[1] == "header" and place[0].lower() in _IGNORED_HEADERS
            if place not in seen and not is_ignored:
                seen.add(place)
                yield parameter

    def add_body(self, operation: Schema) -> None:
        body = self.inliner.follow(operation.get("requestBody"))
        content = body.get("content") if isinstance(body, dict) else None
        media = content if isinstance(content, dict) else {}
        kind = next((kind for kind in media if "json" in kind), None)
        if kind is None:
            self.left_out = tuple(media)
        schema = self.inliner.inline(media[kind].get("schema")) if isinstance(media.get(kind), dict) else None
        if not isinstance(schema, dict):
            return
        is_required = body.get("required") is True
        members = schema.get("properties")
        if not isinstance(members, dict):
            self.add("body", schema, is_required=is_required)
            return
        needed = _list(schema.get("required"))
        for name, member in members.items():
            if not (isinstance(member, dict) and member.get("readOnly") is True):
                self.add(name, member, is_required=is_required and name in needed)

    def add(self, name: str, schema: Json, *, is_required: bool) -> None:
        """Add a member; a name that is taken gets `body_` in front."""
        name = name if name not in self.properties else f"body_{name}"
        self.properties[name] = schema
        if is_required:
            self.required.append(name)


class _Inliner:
    """Replaces references inside the document by what they point to; an endless one ends in an open schema."""

    def __init__(self, document: Schema) -> None:
        self.document = document
        self.n_nodes = 0

    def follow(self, value: Json) -> Json:
        """A value, or what its reference points to."""
        for _ in range(20):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return value
            value = self.find(value["$ref"])
        raise UnreadableError("A reference points to itself.")

    def find(self, reference: str) -> Json:
        place: Json = self.document
        if not reference.startswith("#/"):
            raise UnreadableError(f"The reference {reference} leaves the document; only local ones are read.")
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            place = place.get(key) if isinstance(place, dict) else None
        if place is None:
            raise UnreadableError(f"The reference {reference} points to nothing.")
        return place

    def inline(self, value: Json, open_references: tuple[str, ...] = ()) -> Json:
        self.n_nodes += 1
        if self.n_nodes > _MOST_NODES:
            raise UnreadableError("One operation's schema is too large to write out.")
        if isinstance(value, list):
            return [self.inline(element, open_references) for element in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            if reference in open_references:
                return {"type": "object"}
            return self.inline(self.find(reference), (*open_references, reference))
        return _to_json_schema({key: self.inline(member, open_references) for key, member in value.items()})


def _to_json_schema(schema: Schema) -> Schema:
    """OpenAPI 3.0's own words in those of JSON Schema."""
    result = {key: member for key, member in schema.items() if key not in ("nullable", "xml", "externalDocs")}
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        result["type"] = [schema["type"], "null"]
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(exclusive), bool):
            del result[exclusive]
            if schema[exclusive] and bound in result:
                result[exclusive] = result.pop(bound)
    return result


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
