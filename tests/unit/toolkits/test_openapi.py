"""OpenAPI documents as tools: what is merged, renamed, translated, cut, lost and refused."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from curation.errors import UnreadableError
from curation.toolkits import ReadTool, ToolsRead, read_tools

SOURCES = Path(__file__).parents[2] / "data/tool_sources"


def read(document: dict[str, Any]) -> ToolsRead:
    return read_tools(json.dumps(document).encode())


def one_operation(method: str = "post", version: str = "3.0.3", **operation: Any) -> ReadTool:
    (tool,) = read({"openapi": version, "paths": {"/things": {method: {"operationId": "f", **operation}}}}).tools
    return tool


def with_body(schema: Any, version: str = "3.0.3", **parts: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    operation = {"operationId": "f", "requestBody": {"required": True, "content": content}}
    return {"openapi": version, "paths": {"/things": {"post": operation}}, **parts}


def parameters(tool: ReadTool) -> dict[str, Any]:
    found = tool.tool.definition.view.parameters
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def orders() -> ToolsRead:
    return read_tools((SOURCES / "orders_3_1.json").read_bytes())


def test_places_that_clash_are_renamed_and_said(orders: ToolsRead) -> None:
    update = orders.tools[0]
    assert list(parameters(update)["properties"]) == [
        "id",
        "Idempotency-Key",
        "session",
        "path_id",
        "body_id",
        "note",
        "weight",
        "nullable",
    ]
    assert parameters(update)["required"] == ["path_id", "body_id", "weight"]
    said = [note.words for note in update.notes if note.kind == "renamed"]
    assert "`id` of the body is called `body_id`: the query has a `id` too" in said
    assert "`orders.update` is called `orders_update`: a name is 1 to 64 letters, digits, `_` and `-`" in said


def test_words_of_version_3_0_become_json_schema(orders: ToolsRead) -> None:
    properties = parameters(orders.tools[0])["properties"]
    assert properties["note"] == {"type": ["string", "null"], "examples": ["ring twice"]}
    assert properties["weight"] == {"type": "number", "exclusiveMinimum": 0}
    assert properties["nullable"] == {"type": "boolean", "description": "A property of that name."}
    assert properties["session"]["examples"] == ["s1"]


def test_what_is_read_only_or_no_json_is_lost_and_said(orders: ToolsRead) -> None:
    said = {note.words for note in orders.tools[0].notes if note.kind == "lost"}
    assert "`made_at` is left out: it is read only, so nobody sends it" in said
    assert "`application/xml` is left out: arguments are JSON" in said
    assert "`security` of the operation is left out" in said


def test_effects_and_repeats_follow_the_method(orders: ToolsRead) -> None:
    update, delete = (one.tool for one in orders.tools)
    assert (update.side_effect, update.idempotent, update.idempotency_parameter) == ("write", True, "Idempotency-Key")
    assert (delete.side_effect, delete.idempotent) == ("destructive", True)
    assert one_operation("get").tool.side_effect == "read"
    assert one_operation("post").tool.idempotent is False


def test_answers_become_result_schema_and_errors(orders: ToolsRead) -> None:
    update = orders.tools[0].tool
    assert json.loads(update.result_schema or "")["properties"]["id"] == {"type": "integer"}
    assert [(one.code, one.message) for one in update.errors] == [
        ("404", "No such order."),
        ("429", "Too many requests."),
    ]


def test_one_bad_operation_keeps_no_other_out(orders: ToolsRead) -> None:
    (fault,) = orders.faults
    assert (fault.name, fault.at) == ("GET /outside", "/paths/~1outside/get")
    assert "leaves the document" in fault.words
    assert "Bundle" in fault.remedy


def test_an_operation_without_id_is_called_by_method_and_path(orders: ToolsRead) -> None:
    assert orders.tools[1].tool.name == "delete_orders_id"
    assert "after its method and path" in orders.tools[1].notes[0].words


def test_a_schema_that_contains_itself_is_cut_with_words() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "v": {"type": "string"}}}
    (tool,) = read(with_body({"$ref": "#/components/schemas/Node"}, components={"schemas": {"Node": node}})).tools
    assert parameters(tool)["properties"]["next"]["type"] == "object"
    assert "Again a Node" in parameters(tool)["properties"]["next"]["description"]
    assert any("contains itself" in note.words for note in tool.notes)


def test_all_of_that_disagrees_stays_and_is_said() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"allOf": [{"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 5}]},
            "b": {"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": True},
        },
    }
    (tool,) = read(with_body(schema, components={"schemas": {"B": {"type": "string"}}})).tools
    assert "allOf" in parameters(tool)["properties"]["a"]
    assert parameters(tool)["properties"]["b"] == {"type": ["string", "null"]}
    assert any("`maxLength`" in note.words for note in tool.notes)


def test_a_body_that_is_no_object_is_one_argument() -> None:
    (tool,) = read(with_body({"type": "array", "items": {"type": "integer"}})).tools
    assert parameters(tool)["properties"]["body"]["type"] == "array"
    assert parameters(tool)["required"] == ["body"]


def test_form_fields_are_arguments_but_files_are_not() -> None:
    schema = {"properties": {"name": {"type": "string"}, "file": {"type": "string", "format": "binary"}}}
    tool = one_operation(requestBody={"content": {"multipart/form-data": {"schema": schema}}})
    assert list(parameters(tool)["properties"]) == ["name"]
    assert any("it is a file" in note.words for note in tool.notes)


def test_samples_and_names_are_never_taken_for_keywords() -> None:
    schema = {"type": "object", "properties": {"xml": {"type": "string", "default": {"$ref": "#/nowhere"}}}}
    (tool,) = read(with_body(schema)).tools
    assert parameters(tool)["properties"]["xml"]["default"] == {"$ref": "#/nowhere"}


def test_names_are_legal_and_no_two_alike() -> None:
    paths = {f"/{i}": {"get": {"operationId": one}} for i, one in enumerate(["a b", "a_b", "a.b", "x" * 80, "", "ö"])}
    names = [one.tool.name for one in read({"openapi": "3.1.0", "paths": paths}).tools]
    assert len(set(names)) == 6
    assert all(0 < len(name) <= 64 and name.replace("_", "a").replace("-", "a").isascii() for name in names)


def test_path_items_are_followed_inside_the_document_alone() -> None:
    paths = {"/a": {"$ref": "#/components/pathItems/A"}, "/b": {"$ref": "./elsewhere.yaml"}}
    found = read(
        {"openapi": "3.1.0", "paths": paths, "components": {"pathItems": {"A": {"get": {"operationId": "a"}}}}}
    )
    assert [tool.tool.name for tool in found.tools] == ["a"]
    assert [(fault.name, "leaves the document" in fault.words) for fault in found.faults] == [("/b", True)]


def test_keys_of_one_maker_reach_no_model() -> None:
    (tool,) = read(with_body({"type": "object", "properties": {"x-a": {"type": "string", "x-order": 1}}})).tools
    assert parameters(tool)["properties"] == {"x-a": {"type": "string"}}


@pytest.mark.parametrize("name", ["petstore_expanded.yaml", "link_example.yaml", "uspto.yaml", "swagger_petstore.yaml"])
def test_real_documents_are_read_whole(name: str) -> None:
    found = read_tools((SOURCES / name).read_bytes())
    assert found.tools
    assert not found.faults
    assert "$ref" not in "".join(one.tool.definition.text for one in found.tools)


def test_references_that_double_end_soon() -> None:
    schemas: dict[str, Any] = {"S0": {"type": "string"}}
    for i in range(1, 40):
        inner = {"$ref": f"#/components/schemas/S{i - 1}"}
        schemas[f"S{i}"] = {"type": "object", "properties": {"a": inner, "b": inner}}
    began = time.process_time()
    found = read(with_body({"$ref": "#/components/schemas/S39"}, components={"schemas": schemas}))
    assert time.process_time() - began < 2
    assert "more than 20,000 parts" in found.faults[0].words


def test_a_long_chain_of_references_is_cut() -> None:
    schemas: dict[str, Any] = {"S0": {"type": "string"}}
    for i in range(1, 500):
        schemas[f"S{i}"] = {"type": "object", "properties": {"a": {"$ref": f"#/components/schemas/S{i - 1}"}}}
    (tool,) = read(with_body({"$ref": "#/components/schemas/S499"}, components={"schemas": schemas})).tools
    assert any("nested deeper than 60" in note.words for note in tool.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"openapi": "2.0"}', "OpenAPI 2.0 is not read"),
        ('{"openapi": "3.0.0", "paths": {"/a": {}, "/a": {}}}', "twice"),
        ("openapi: 3.0.0\npaths: &a\n  x: *a\n", "aliases"),
        ("openapi: 3.0.0\npaths: [\n", "line"),
        ("a: b: c", "line 1"),
        ('{"openapi": "3.0.0"\n\n "paths": 1}', "Line 3"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_its_line(text: str, words: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_tools(text.encode())
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("paths", [None, [], 5, {"/a": 5}, {"/a": {"get": []}}, {"/a": {"get": {"parameters": 5}}}])
def test_documents_of_any_shape_raise_nothing_else(paths: Any) -> None:
    read({"openapi": "3.0.0", "paths": paths})


def test_links_of_answers_are_told_as_left_out() -> None:
    answer = {"description": "Made.", "links": {"get": {"operationId": "getThing"}}}
    tool = one_operation(responses={"201": answer})
    assert "`links` of the operation's answers are left out" in {note.words for note in tool.notes}
    assert not any("links" in note.words for note in one_operation(responses={"201": {"description": "Made."}}).notes)


@pytest.mark.parametrize(
    ("name", "effect", "idempotent"),
    [
        ("perform-search", "read", True),
        ("queryOrders", "read", True),
        ("createOrder", "write", False),
        ("deleteSearchHistory", "write", False),
    ],
)
def test_a_post_whose_name_only_looks_reads(name: str, effect: str, idempotent: bool) -> None:
    (tool,) = read({"openapi": "3.0.3", "paths": {"/things": {"post": {"operationId": name}}}}).tools
    assert (tool.tool.side_effect, tool.tool.idempotent) == (effect, idempotent)


def test_a_post_without_a_name_of_its_own_writes() -> None:
    (tool,) = read({"openapi": "3.0.3", "paths": {"/search": {"post": {}}}}).tools
    assert tool.tool.side_effect == "write"
