"""The parameters and the body of one operation as one object schema of arguments."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.values import Json
from curation.toolkits.contract import Schema
from curation.toolkits.openapi_schemas import Inliner, leaves

_IGNORED_HEADERS = {"accept", "content-type", "authorization"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_REPEAT_HEADERS = {"idempotency-key", "x-idempotency-key"}


class Arguments:
    """Collects the arguments of one operation, and what had to be renamed or left out."""

    def __init__(self, inliner: Inliner) -> None:
        self.inliner = inliner
        self.properties: Schema = {}
        self.required: list[str] = []
        self.beside: Schema = {}
        """What the body says of itself beside its properties."""
        self.repeat_marker: str | None = None
        self._came_from: dict[str, str] = {}

    def collect(self, item: Schema, operation: Schema) -> Schema:
        """The schema of everything a call of the operation is given."""
        for parameter in self._parameters(item, operation):
            self._add_parameter(parameter)
        self._add_body(operation)
        merged: Schema = {"type": "object", "properties": self.properties, **self.beside}
        if self.required:
            merged["required"] = self.required
        return merged

    def _parameters(self, item: Schema, operation: Schema) -> Iterator[Schema]:
        """The operation's own parameters, then those of the path it does not override."""
        seen = set()
        for given in (*_list(operation.get("parameters")), *_list(item.get("parameters"))):
            parameter = self.inliner.follow(given)
            if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
                continue
            name, place = parameter["name"], parameter.get("in")
            if place == "header" and name.lower() in _IGNORED_HEADERS:
                continue
            if (name, place) not in seen:
                seen.add((name, place))
                yield parameter

    def _add_parameter(self, parameter: Schema) -> None:
        name, place = str(parameter["name"]), str(parameter.get("in", "query"))
        schema = self.inliner.inline(_schema_of(parameter))
        if isinstance(schema, dict):
            schema = _add_words(schema, parameter)
        added = self._add(name, schema, place, is_required=parameter.get("required") is True or place == "path")
        if place == "header" and name.lower() in _REPEAT_HEADERS:
            self.repeat_marker = added

    def _add_body(self, operation: Schema) -> None:
        body = self.inliner.follow(operation.get("requestBody"))
        content = body.get("content") if isinstance(body, dict) else None
        media = content if isinstance(content, dict) else {}
        kind = _choose_media(media)
        for other in media:
            if other != kind:
                self.inliner.note("lost", f"`{other}` is left out: arguments are JSON")
        found = media.get(kind) if kind else None
        schema = self.inliner.inline(found.get("schema")) if isinstance(found, dict) else None
        if not isinstance(schema, dict) or not isinstance(body, dict):
            return
        if kind in _FORMS:
            self.inliner.note("changed", f"the fields of the form (`{kind}`) are arguments")
        is_required = body.get("required") is True
        if isinstance(schema.get("properties"), dict) and not {"allOf", "anyOf", "oneOf"} & set(schema):
            self._add_members(schema, is_required=is_required)
        elif set(schema) - {"type"} or schema.get("type") != "object":
            if isinstance(body.get("description"), str):
                schema = {"description": body["description"], **schema}
            self._add("body", schema, "body", is_required=is_required)
            self.inliner.note("changed", "the body has no properties of its own, so it is the argument `body`")

    def _add_members(self, schema: Schema, *, is_required: bool) -> None:
        needed = _list(schema.get("required"))
        for name, member in leaves(schema):
            if member.get("readOnly") is True:
                self.inliner.note("lost", f"`{name}` is left out: it is read only, so nobody sends it")
            elif member.get("format") == "binary":
                self.inliner.note("lost", f"`{name}` is left out: it is a file, and arguments are JSON")
            else:
                self._add(name, member, "body", is_required=is_required and name in needed)
        own = ("type", "properties", "required", "description", "title")
        self.beside = {key: value for key, value in schema.items() if key not in own}

    def _add(self, name: str, schema: Json, place: str, *, is_required: bool) -> str:
        """Add a member under its name, or under one that says where it belongs when that is taken."""
        wanted, n = name, 2
        while name in self.properties:
            name = f"{place}_{wanted}" if f"{place}_{wanted}" not in self.properties else f"{place}_{wanted}_{n}"
            n += 1
        if name != wanted:
            why = f"the {self._came_from[wanted]} has a `{wanted}` too"
            self.inliner.note("renamed", f"`{wanted}` of the {place} is called `{name}`: {why}")
        self._came_from[name] = place
        self.properties[name] = schema
        if is_required:
            self.required.append(name)
        return name


def _schema_of(parameter: Schema) -> Json:
    """A parameter has a schema, or one media type that has it."""
    if "schema" in parameter:
        return parameter["schema"]
    content = parameter.get("content")
    first = next(iter(content.values()), None) if isinstance(content, dict) else None
    return first.get("schema", {}) if isinstance(first, dict) else {}


def _add_words(schema: Schema, parameter: Schema) -> Schema:
    """What stands beside a parameter's schema belongs into it."""
    if isinstance(parameter.get("description"), str):
        schema = {"description": parameter["description"], **schema}
    if "example" in parameter and "examples" not in schema:
        schema = {**schema, "examples": [parameter["example"]]}
    return schema


def _choose_media(media: Schema) -> str | None:
    """JSON before forms; nothing else has arguments."""
    json_kinds = [kind for kind in media if kind.split(";")[0].strip().endswith(("/json", "+json"))]
    forms = [kind for kind in media if kind in _FORMS]
    return next(iter((*json_kinds, *forms)), None)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
