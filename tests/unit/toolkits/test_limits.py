"""What a file may cost: a whole OpenAPI document, and YAML."""

from __future__ import annotations

import json
import time

import pytest
import yaml

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.toolkits import openapi_schemas, read_tools, yaml_text


def document(schemas: dict[str, Json], n: int) -> bytes:
    body: Json = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}
    paths: Json = {f"/p{at}": {"post": {"requestBody": body, "responses": {}}} for at in range(n)}
    return json.dumps({"openapi": "3.0.0", "paths": paths, "components": {"schemas": schemas}}).encode()


def test_references_that_grow_are_counted_over_all_operations_of_a_document(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(openapi_schemas, "MOST_NODES_IN_ALL", 2_000)
    schemas: dict[str, Json] = {"S8": {"type": "string"}}
    for at in range(8):
        below = {"$ref": f"#/components/schemas/S{at + 1}"}
        schemas[f"S{at}"] = {"type": "object", "properties": {"a": below, "b": below}}
    read = read_tools(document(schemas, 30))
    assert 0 < len(read.tools) < 4
    assert len(read.tools) + len(read.faults) == 30
    assert "more than 2,000 parts" in read.faults[0].words
    monkeypatch.undo()
    assert len(read_tools(document(schemas, 30)).tools) == 30


def test_words_that_are_written_again_and_again_are_counted():
    schemas: dict[str, Json] = {"S0": {"type": "object", "properties": {"a": {"enum": ["x" * 1_000_000]}}}}
    read = read_tools(document(schemas, 40))
    assert 0 < len(read.tools) <= 20
    assert "20 MB" in read.faults[0].words


def test_long_yaml_is_refused_before_it_is_parsed_and_shorter_is_read_quickly():
    line = "- {name: tool, description: Does it., inputSchema: {type: object}}\n"
    with pytest.raises(UnreadableError, match="longer than 2,000,000 characters"):
        yaml_text.yaml_to_json(line * 40_000)
    before = time.process_time()
    assert len(json.loads(yaml_text.yaml_to_json(line * 5_000))) == 5_000
    assert time.process_time() - before < 5


def test_where_no_compiled_parser_is_there_less_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(UnreadableError, match="longer than 300,000"):
        yaml_text.yaml_to_json("a: 1\n" * 100_000)
    assert yaml_text.yaml_to_json("a: 1") == '{"a":1}'


def test_form_that_was_recognised_is_told():
    assert read_tools(document({"S0": {"type": "string"}}, 1)).form == "openapi"
