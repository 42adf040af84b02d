"""The published API of files and fine-tuning, as something that requests and answers can be held against."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from tests.hosted.calls import names_of
from tests.hosted.fake_host import read_form
from tests.hosted.weather import Exchange

DOCUMENT = Path(__file__).parents[1] / "data" / "openapi" / "openai_files_and_fine_tuning_3_1.json"
LEFT_BEHIND: dict[str, dict[str, Any]] = {
    "ChatCompletionRequestAssistantMessage": {"type": "object", "required": ["role"]},
    "ChatCompletionRequestToolMessageContentPart": {"type": "object", "required": ["type", "text"]},
}
"""What two schemas refer to and the cut left behind; no call reaches either."""
SCHEMES = {"ApiKeyAuth": {"type": "http", "scheme": "bearer"}}
"""The scheme that `security` names and the cut left behind."""


@cache
def published() -> dict[str, Any]:
    """The document as something that a program can hold calls against: the file is kept as it was published and cut,
    and what keeps it from being a whole OpenAPI 3.1 document is mended here, as the note beside it says."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    components = document["components"]
    assert LEFT_BEHIND.keys().isdisjoint(components["schemas"]), "the document is whole now: mend it no more"
    components["schemas"] |= LEFT_BEHIND
    components["securitySchemes"] = SCHEMES
    mended: dict[str, Any] = _with_numbers_as_limits(document)
    return mended


def _with_numbers_as_limits(value: Any) -> Any:
    """`exclusiveMinimum: true` is a word of OpenAPI 3.0: in 3.1 the limit itself stands there."""
    if isinstance(value, list):
        return [_with_numbers_as_limits(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _with_numbers_as_limits(one) for name, one in value.items()}
    if kept.get("exclusiveMinimum") is True:
        kept["exclusiveMinimum"] = kept.pop("minimum")
    return kept


def find_operation(method: str, path: str) -> dict[str, Any]:
    """What the document says about one call; a path's own words win over its placeholders."""
    asked = names_of(path)
    fitting = []
    for template, operations in published()["paths"].items():
        names = tuple(template.strip("/").split("/"))
        fits = [mine.startswith("{") or mine == theirs for mine, theirs in zip(names, asked, strict=False)]
        if len(names) == len(asked) and all(fits) and method.lower() in operations:
            fitting.append((sum(name.startswith("{") for name in names), operations[method.lower()]))
    assert fitting, f"{method} {path} is not in the published API"
    found: dict[str, Any] = min(fitting, key=lambda one: one[0])[1]
    return found


def list_faults(exchange: Exchange) -> list[str]:
    """Where a request or an answer breaks the published API."""
    request = exchange.request
    operation = find_operation(request.method, request.url.path)
    faults = [f"query: {name}" for name in _strange_queries(operation, request.url.query.decode())]
    if "requestBody" in operation:
        faults += _check_body(operation["requestBody"]["content"], request.headers["content-type"], request.content)
    if exchange.status == 200:
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        faults += [f"answer: {one}" for one in _check(schema, exchange.told)]
    return [f"{request.method} {request.url.path}: {one}" for one in faults]


def _strange_queries(operation: dict[str, Any], query: str) -> list[str]:
    known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
    return [name for name, _ in parse_qsl(query) if name.partition("[")[0] not in known]


def _check_body(content: dict[str, Any], kind: str, body: bytes) -> list[str]:
    (media, described), *_ = content.items()
    if not kind.startswith(media):
        return [f"body: {kind} instead of {media}"]
    if media == "application/json":
        return [f"body: {one}" for one in _check(described["schema"], json.loads(body))]
    form = {name: rows.decode() for name, (_, rows) in read_form(kind, body).items()}
    return [f"form: {one}" for one in _check(described["schema"], form)]


def _check(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": published()["components"]}
    errors = Draft202012Validator(whole).iter_errors(value)
    return [f"{'/'.join(map(str, error.absolute_path))} {error.message[:160]}" for error in errors]
