"""`callwright tools` and `lint-tools`: every source becomes the same list."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.errors import UnreadableError

SOURCES = Path(__file__).parents[1] / "data/tool_sources"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": "Town."}}, "required": ["city"]}


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(callwright, arguments, input=text)


def convert(source: Any) -> list[dict[str, Any]]:
    result = run("tools", "-", text=source if isinstance(source, str) else json.dumps(source))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


EXPECTED = {"type": "function", "function": {"name": "f", "description": "Does f.", "parameters": SCHEMA}}
FLAT = {"name": "f", "description": "Does f."}


@pytest.mark.parametrize(
    "source",
    [
        [EXPECTED],
        {"tools": [EXPECTED]},
        EXPECTED,
        [{**FLAT, "parameters": SCHEMA}],
        [{**FLAT, "input_schema": SCHEMA}],
        {"tools": [{**FLAT, "inputSchema": SCHEMA}]},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [{**FLAT, "inputSchema": SCHEMA}]}},
    ],
    ids=["openai", "openai-object", "one", "flat", "anthropic", "mcp", "mcp-reply"],
)
def test_every_source_becomes_an_openai_tool(source: Any) -> None:
    assert convert(source) == [EXPECTED]


def test_schema_keeps_its_text() -> None:
    result = run("tools", "-", text='[{"name": "f", "inputSchema": {"type": "object", "maximum": 1.10}}]')
    assert '{"type": "object", "maximum": 1.10}' in result.stdout


def test_mcp_file_keeps_its_tools() -> None:
    given = json.loads((SOURCES / "mcp_reply.json").read_text())["result"]["tools"]
    got = convert((SOURCES / "mcp_reply.json").read_text())
    assert [tool["function"]["name"] for tool in got] == [tool["name"] for tool in given]
    assert [tool["function"]["parameters"] for tool in got] == [tool["inputSchema"] for tool in given]


def test_what_a_tool_cannot_hold_is_named() -> None:
    result = run("tools", "-", text='[{"name": "f", "type": "custom", "input_schema": {}, "cache_control": {}}]')
    assert result.stderr == "`cache_control` is left out: a tool has no place for it\n"


def test_names_are_made_to_fit_and_said_so() -> None:
    result = run("tools", "-", text='[{"name": "a.b"}, {"name": "a b"}, {"name": "%s"}]' % ("x" * 70))
    names = [tool["function"]["name"] for tool in json.loads(result.stdout)]
    assert names == ["a_b", "a_b_2", "x" * 64]
    assert "/0: `a.b` is called `a_b`" in result.stderr


def test_openapi_yaml_becomes_tools() -> None:
    tools = {
        tool["function"]["name"]: tool["function"] for tool in convert((SOURCES / "petstore_expanded.yaml").read_text())
    }
    assert list(tools) == ["findPets", "addPet", "find_pet_by_id", "deletePet"]
    find = tools["findPets"]["parameters"]
    assert find["properties"]["limit"]["type"] == "integer"
    assert find["properties"]["tags"]["items"] == {"type": "string"}
    assert tools["addPet"]["parameters"]["required"] == ["name"]
    assert tools["deletePet"]["parameters"]["required"] == ["id"]


def test_openapi_reference_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}, "n": {"type": "integer"}}}
    document = {
        "openapi": "3.1.0",
        "components": {"schemas": {"Node": node}},
        "paths": {
            "/nodes/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "nullable": True}}
                ],
                "put": {
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}},
                    }
                },
            }
        },
    }
    (tool,) = convert(document)
    assert tool["function"]["name"] == "put_nodes_id"
    properties = tool["function"]["parameters"]["properties"]
    assert properties["child"]["type"] == "object"
    assert "Again a Node" in properties["child"]["description"]
    assert properties["id"]["type"] == ["string", "null"]


def test_body_that_is_no_json_is_named() -> None:
    post = {"operationId": "send", "requestBody": {"content": {"application/xml": {"schema": {"type": "object"}}}}}
    result = run("tools", "-", text=json.dumps({"openapi": "3.0.0", "paths": {"/a": {"post": post}}}))
    assert json.loads(result.stdout)[0]["function"]["parameters"] == {"type": "object", "properties": {}}
    assert "`application/xml` is left out: arguments are JSON" in result.stderr


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("[1", "ends where"),
        ('{"a": 1}', "no tools"),
        ("5", "no list of tools"),
        ('{"swagger": "2.0"}', "Swagger 2.0"),
        ('{"openapi": "2.9"}', "not read"),
        ("tools:\n - &a {x: 1}\n - *a\n", "aliases"),
        ("a: [1\nb: 2", "neither JSON nor YAML"),
        ('a: "\\ud83c"', "invalid Unicode character escape"),
        ('"\\ud83c": 1', "invalid Unicode character escape"),
        ('[{"name": "f", "name": "g"}]', "twice"),
        (
            '{"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [{"$ref": "http://x/y"}]}}}}',
            "leaves the document",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(source: str, words: str) -> None:
    result = run("tools", "-", text=source)
    assert isinstance(result.exception, UnreadableError)
    assert words in str(result.exception)


def test_yaml_words_stay_words() -> None:
    (tool,) = convert("- name: f\n  parameters:\n    enum: [on, no, 017, 1.50, true]\n")
    assert tool["function"]["parameters"]["enum"] == ["on", "no", "017", 1.5, True]


def test_lint_places_findings_in_the_file_as_given() -> None:
    bad = {**SCHEMA, "properties": {"city": {"type": "str", "description": "Town."}}}
    source = {"result": {"tools": [{**FLAT, "inputSchema": SCHEMA}, {**FLAT, "name": "g", "inputSchema": bad}]}}
    result = run("lint-tools", "-", "--json", text=json.dumps(source))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["line"], first["tool"]) == (1, "f")
    (error,) = [finding for finding in second["findings"] if finding["severity"] == "error"]
    assert error["code"] == "T06"
    assert error["at"].startswith("/result/tools/1/inputSchema/properties/city")
    assert result.exit_code == 1


def test_lint_of_sound_tools_passes() -> None:
    result = run("lint-tools", str(SOURCES / "mcp_reply.json"))
    assert result.exit_code == 0
    assert "3 tools, 0 errors" in result.stdout


@pytest.mark.parametrize("verb", ["lint-tools", "tools"])
def test_packed_file_is_named_as_such(tmp_path: Path, verb: str) -> None:
    packed = tmp_path / "tools.json.gz"
    packed.write_bytes(gzip.compress(b"[]"))
    result = CliRunner().invoke(callwright, [verb, str(packed)])
    assert f"Cannot read {packed}: it is compressed with gzip" in str(result.exception)


def test_make_strict_prints_the_strict_tools_and_says_each_change() -> None:
    optional = {"type": "object", "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}}}
    result = run("lint-tools", "-", "--make-strict", text=json.dumps([{**FLAT, "input_schema": optional}]))
    assert result.exit_code == 0, result.output
    (tool,) = json.loads(result.stdout)
    assert tool["function"]["strict"] is True
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {"city": {"type": ["string", "null"], "pattern": "^[A-Z]"}},
        "required": ["city"],
        "additionalProperties": False,
    }
    assert "-: f: /properties/city: `city` is required; null stands for leaving it out" in result.stderr
    clean = run("lint-tools", "-", "--target", "openai", "--json", text=result.stdout)
    assert "T14" not in clean.stdout


def test_make_strict_for_tuning_names_what_is_lost_as_json() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}
    result = run(
        "lint-tools", "-", "--make-strict", "--tuned", "--json", text=json.dumps([{**FLAT, "parameters": schema}])
    )
    line = json.loads(result.stdout)
    assert [one["message"] for one in line["changes"] if one["is_loss"]] == ["`n`: `minimum` is left out: 1"]
    assert line["definition"]["function"]["parameters"]["properties"]["n"] == {"type": "integer"}


def test_make_strict_fails_where_a_schema_cannot_be() -> None:
    broken = {"type": "object", "properties": {"n": {"type": "str"}}}
    result = run("lint-tools", "-", "--make-strict", text=json.dumps([{**FLAT, "parameters": broken}]))
    assert result.exit_code == 1
    assert "not strict yet: The schema is not valid" in result.stderr
    assert run("lint-tools", "-", "--tuned", text="[]").exit_code == 2


def test_lint_sees_tools_side_by_side() -> None:
    def waiting(name: str, unit: str) -> dict[str, Any]:
        parameters = {"type": "object", "properties": {"timeout": {"type": "integer", "description": f"In {unit}."}}}
        return {"name": name, "description": f"Does {name}, and nothing else.", "input_schema": parameters}

    result = run("lint-tools", "-", "--json", text=json.dumps([waiting("open", "seconds"), waiting("ring", "hours")]))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert "T18" not in [one["code"] for one in first["findings"]]
    places = [one["at"] for one in second["findings"] if one["code"] == "T18"]
    assert places == ["/1/input_schema/properties/timeout"]
