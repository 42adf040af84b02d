"""The published API of files and fine-tuning, as something that requests and answers can be held against."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from tests.hosted.fake_host import names_of, read_form
from tests.hosted.weather import Exchange

DOCUMENT = Path(__file__).parents[1] / "data" / "openapi" / "openai_files_and_fine_tuning_3_1.json"
PATH_START = "#/components/schemas/"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return document


def find_operation(method: str, path: str) -> dict[str, Any]:
    """What the document says about one call; a path's own words win over its placeholders."""
    asked = names_of(path)
    fitting = []
    for template, operations in _document()["paths"].items():
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
    whole = {**schema, "components": _document()["components"]}
    errors = Draft202012Validator(whole).iter_errors(value)
    return [f"{'/'.join(map(str, error.absolute_path))} {error.message[:160]}" for error in errors]
