"""OpenAPI 3.0 and 3.1, JSON or YAML: every operation is a tool."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.definition import Definition, SideEffect, Tool, ToolError
from curation.model.values import Json
from curation.reading.scan import escape_step
from curation.rules.effects import guess_effect
from curation.toolkits.contract import Note, ReadTool, Schema, Source, ToolFault, ToolFormat, ToolsRead
from curation.toolkits.legal_names import fit_name, note_name
from curation.toolkits.openapi_arguments import Arguments
from curation.toolkits.openapi_schemas import Allowance, Inliner
from curation.toolkits.openapi_writing import BASE, FACTS_KEY, write_document
from curation.toolkits.own_facts import read_facts
from curation.toolkits.source import need_value

METHODS = ("get", "head", "options", "trace", "post", "put", "patch", "delete")
MOST_OPERATIONS = 10_000
_IDEMPOTENT = {"post": False, "patch": False}
_EFFECTS: dict[str, SideEffect] = {
    "get": "read",
    "head": "read",
    "options": "read",
    "trace": "read",
    "delete": "destructive",
}
_UNTOLD = ("callbacks", "deprecated", "externalDocs", "security", "servers")


def _recognises(source: Source) -> bool:
    return isinstance(source.value, dict) and "openapi" in source.value


def read_operations(source: Source) -> ToolsRead:
    """Every operation of a document, in its order; one that cannot be read does not keep the others out."""
    document = need_value(source).value
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3"):
        found = f"OpenAPI {document.get('openapi')} is not read." if isinstance(document, dict) else "No document."
        raise UnreadableError(found, hint="Give a document of version 3.0 or 3.1.")
    tools: list[ReadTool] = []
    faults: list[ToolFault] = []
    taken: set[str] = set()
    allowance = Allowance()
    for path, method, item in _operations(document, faults):
        at = f"/paths/{escape_step(path)}/{method}"
        try:
            tools.append(_read_operation(Inliner(document, allowance), path, method, item, taken))
        except UnreadableError as error:
            faults.append(ToolFault(at, f"{method.upper()} {path}", error.message, error.hint))
        if len(tools) + len(faults) > MOST_OPERATIONS:
            raise UnreadableError(f"There are more than {MOST_OPERATIONS:,} operations; no model takes so many tools.")
    return ToolsRead(tuple(tools), tuple(faults))


def _operations(document: Schema, faults: list[ToolFault]) -> Iterator[tuple[str, str, Schema]]:
    """Path, method and path item of every operation; paths that lead elsewhere are faults."""
    paths = document.get("paths")
    for path, given in paths.items() if isinstance(paths, dict) else ():
        try:
            item = Inliner(document).follow(given)
        except UnreadableError as error:
            faults.append(ToolFault(f"/paths/{escape_step(path)}", path, error.message, error.hint))
            continue
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield path, method, item


def _read_operation(inliner: Inliner, path: str, method: str, item: Schema, taken: set[str]) -> ReadTool:
    operation = item[method]
    name, renamed = _name(operation, path, method, taken)
    function: Schema = {"name": name}
    described = operation.get("description")
    description = described if described or FACTS_KEY in operation else operation.get("summary")
    if isinstance(description, str):
        function["description"] = description
    arguments = Arguments(inliner)
    if FACTS_KEY in operation and (exact := _exact_body(operation)) is not None:
        function["parameters"] = exact
    else:
        function["parameters"] = arguments.collect(item, operation)
    effect = _effect_of(operation, method)
    tool = Tool(
        Definition(msgspec.json.encode({"type": "function", "function": function}).decode()),
        side_effect=effect,
        idempotent=effect == "read" or _IDEMPOTENT.get(method, True),
        idempotency_parameter=arguments.repeat_marker,
        result_schema=_result_schema(inliner, operation),
        errors=_errors(inliner, operation),
    )
    if FACTS_KEY in operation:
        tool = read_facts(Tool(tool.definition), operation[FACTS_KEY])
    taken.add(name)
    lost = tuple(Note("lost", f"`{key}` of the operation is left out") for key in _UNTOLD if operation.get(key))
    if any(response.get("links") for _, response in _responses(inliner, operation)):
        lost += (Note("lost", "`links` of the operation's answers are left out"),)
    return ReadTool(tool, f"/paths/{escape_step(path)}/{method}", {}, (*renamed, *inliner.notes, *lost))


def _effect_of(operation: Schema, method: str) -> SideEffect:
    """What an operation does, by its method; a POST whose own name only looks (`perform-search`) sends its question."""
    given = operation.get("operationId")
    is_look = method == "post" and isinstance(given, str) and guess_effect(given) == "read"
    return "read" if is_look else _EFFECTS.get(method, "write")


def _name(operation: Schema, path: str, method: str, taken: set[str]) -> tuple[str, tuple[Note, ...]]:
    """The operation's id made legal, or its method and path."""
    given = operation.get("operationId")
    if isinstance(given, str) and given.strip():
        name = fit_name(given, taken)
        return name, () if name == given else (note_name(given, name),)
    name = fit_name(re.sub(r"[^A-Za-z0-9]+", "_", f"{method}_{path}").strip("_"), taken)
    return name, (Note("renamed", f"it has no `operationId`, so it is called `{name}` after its method and path"),)


def _exact_body(operation: Schema) -> Json:
    """The parameters of a document that we wrote, which are already as a tool has them."""
    place: Json = operation
    for key in ("requestBody", "content", "application/json", "schema"):
        place = place.get(key) if isinstance(place, dict) else None
    if isinstance(place, dict) and str(place.get("$id", "")).startswith(BASE):
        return {key: value for key, value in place.items() if key != "$id"}
    return place


def _result_schema(inliner: Inliner, operation: Schema) -> str | None:
    """The JSON of the first answer that is no failure."""
    for status, response in _responses(inliner, operation):
        if not status.startswith("2"):
            continue
        content = response.get("content")
        for kind, media in content.items() if isinstance(content, dict) else ():
            if "json" in kind and isinstance(media, dict) and "schema" in media:
                return msgspec.json.encode(inliner.inline(media["schema"])).decode()
    return None


def _errors(inliner: Inliner, operation: Schema) -> tuple[ToolError, ...]:
    found = []
    for status, response in _responses(inliner, operation):
        if status[:1] in ("4", "5") or status == "default":
            words = " ".join(str(response.get("description") or "").split()) or f"Status {status}"
            found.append(ToolError(words, code="" if status == "default" else status))
    return tuple(dict.fromkeys(found))


def _responses(inliner: Inliner, operation: Schema) -> Iterator[tuple[str, Schema]]:
    responses = operation.get("responses")
    for status, given in responses.items() if isinstance(responses, dict) else ():
        response = inliner.follow(given)
        if isinstance(response, dict):
            yield str(status), response


FORMAT = ToolFormat(
    name="openapi",
    title="OpenAPI 3",
    extension=".json",
    recognises=_recognises,
    read=read_operations,
    write=write_document,
    reading_loses=(
        "the address of a call: servers, path, method, and where a parameter travels",
        "security, callbacks, links, webhooks, tags and examples of whole bodies",
        "`xml`, `discriminator`, `externalDocs`, keys that begin with `x-`",
        "how lists are spelled in an address (`style`, `explode`)",
        "files and bodies that are no JSON; what is read only is no argument",
        "the part of a schema that repeats itself for ever",
    ),
    writing_loses=(
        "keys of a definition beside name, description and parameters, such as `strict`",
        "the exact writing of a schema (blanks, `1.10`)",
    ),
)
