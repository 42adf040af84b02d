"""Python functions and Pydantic models as tools: read from their syntax, never run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from curation.errors import UnreadableError
from curation.model.definition import Definition, Tool
from curation.toolkits import ReadTool, ToolsRead, get_tool_format, read_tools
from curation.toolkits.python_calls import write_calls

FILE = Path(__file__).parents[2] / "data/tool_sources/refunds.py"


def read(code: str, form: str = "python") -> ToolsRead:
    return read_tools(code.encode(), form)


def one(code: str, form: str = "python") -> ReadTool:
    (tool,) = read(code, form).tools
    return tool


def properties(tool: ReadTool) -> dict[str, Any]:
    found = tool.tool.definition.view.parameters["properties"]
    assert isinstance(found, dict)
    return found


def schema_of(annotation: str, before: str = "") -> dict[str, Any]:
    found = properties(one(f"{before}\ndef f(x: {annotation}): ..."))["x"]
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def shop() -> dict[str, ReadTool]:
    return {tool.tool.name: tool for tool in read_tools(FILE.read_bytes()).tools}


def test_nothing_in_the_file_is_run(shop: dict[str, ReadTool]) -> None:
    assert set(shop) == {"request_refund", "move", "ping", "odd"}
    assert not FILE.with_suffix(".ran").exists()


def test_annotations_and_docstring_make_the_schema(shop: dict[str, ReadTool]) -> None:
    view = shop["request_refund"].tool.definition.view
    assert view.description == "Ask for money back.\n\nOnly after the parcel was shown lost."
    assert view.parameters == {
        "type": "object",
        "properties": {
            "order_id": {"type": "string", "pattern": "^B[0-9]+$", "description": "Order number."},
            "reason": {"type": "string", "enum": ["damaged", "late"], "description": "Why the customer wants it back."},
            "amount": {"type": ["number", "null"], "description": "At most what was paid."},
            "currency": {"type": "string", "enum": ["EUR", "USD"], "default": "EUR"},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "description": "One line of an order.",
                    "properties": {
                        "sku": {"type": "string", "description": "The article number."},
                        "n": {"type": "integer", "minimum": 1, "maximum": 99, "description": "How many.", "default": 1},
                    },
                    "required": ["sku"],
                },
                "default": [],
            },
            "limit": {"type": "integer", "default": 500},
        },
        "required": ["order_id", "reason"],
    }
    assert [(e.code, e.message) for e in shop["request_refund"].tool.errors] == [
        ("NotFoundError", "There is no such order.")
    ]
    assert shop["request_refund"].at == "line 45"


def test_numpy_docstrings_and_classes_that_contain_themselves(shop: dict[str, ReadTool]) -> None:
    found = properties(shop["move"])
    assert found["to"]["description"] == "Where to."
    assert "required" not in found["to"]
    assert found["pair"]["prefixItems"] == [{"type": "integer"}, {"type": "string"}]
    assert found["pair"]["description"] == "Two things, one after the other."
    assert found["tags"]["additionalProperties"] == {"type": "array", "items": {"type": "integer"}}
    assert "Again a Node" in found["tree"]["properties"]["children"]["items"]["description"]
    assert any("contains itself" in note.words for note in shop["move"].notes)
    assert shop["move"].tool.definition.view.parameters["required"] == ["to", "pair"]


def test_rest_docstrings_and_what_a_framework_fills_in(shop: dict[str, ReadTool]) -> None:
    found = properties(shop["ping"])
    assert found["host"] == {"type": "string", "description": "Whom."}
    assert found["port"] == {"type": ["integer", "string"], "default": -1, "description": "Where; a name is looked up."}
    assert set(found) == {"host", "port"}
    said = [note.words for note in shop["ping"].notes]
    assert "`ctx` is left out: the framework gives it, not the model" in said
    assert "`*args` is left out: its names are not known before a call" in said
    assert shop["ping"].tool.result_schema == '{"type":"string"}'


def test_what_only_running_could_tell_is_said(shop: dict[str, ReadTool]) -> None:
    found, said = properties(shop["odd"]), [note.words for note in shop["odd"].notes]
    assert found["day"] == {"type": "string", "format": "date"}
    assert found["ids"] == {"type": "array", "uniqueItems": True, "items": {"type": "string", "format": "uuid"}}
    assert found["thing"] == {}
    assert "the type `Mystery` is not known here, so any value is taken" in said
    assert "the default is left out: only running the file could tell it" in said
    assert "either" not in shop["odd"].tool.definition.view.parameters["required"]


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("Optional[int]", {"type": ["integer", "null"]}),
        ("int | str", {"type": ["integer", "string"]}),
        ("Literal['a', None]", {"enum": ["a", None]}),
        ("list[Literal[1, 2]]", {"type": "array", "items": {"type": "integer", "enum": [1, 2]}}),
        ("Annotated[list[str], Field(min_length=1)]", {"type": "array", "items": {"type": "string"}, "minItems": 1}),
        ("Annotated[str, Field(max_length=3), 'Words.']", {"type": "string", "maxLength": 3, "description": "Words."}),
        ("Annotated[int, Ge(1), Lt(5)]", {"type": "integer", "minimum": 1, "exclusiveMaximum": 5}),
        ("conint(gt=0, multiple_of=5)", {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 5}),
        ("Optional[list[int]]", {"type": ["array", "null"], "items": {"type": "integer"}}),
        ("list[int] | dict[str, str]", {"anyOf": [
            {"type": "array", "items": {"type": "integer"}},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ]}),
        ("PositiveInt", {"type": "integer", "exclusiveMinimum": 0}),
        ("Annotated[Any, WithJsonSchema({'const': 5})]", {"const": 5}),
        ("'list[int]'", {"type": "array", "items": {"type": "integer"}}),
    ],
)  # fmt: skip
def test_each_annotation_has_its_schema(annotation: str, schema: dict[str, Any]) -> None:
    assert schema_of(annotation) == schema


def test_dataclasses_and_aliases_of_the_file_are_known() -> None:
    before = "@dataclass\nclass P:\n    x: int\n    y: int = field(default=2)\nLike = Annotated[str, 'Any word.']"
    assert schema_of("P", before) == {
        "type": "object",
        "properties": {"x": {"type": "integer"}, "y": {"type": "integer", "default": 2}},
        "required": ["x"],
    }
    assert schema_of("Like", before) == {"type": "string", "description": "Any word."}
    assert schema_of("Round", "Round = list[Round]")["type"] == "array"


def test_decorated_functions_are_the_tools_where_there_are_any() -> None:
    code = "@mcp.tool(name='find-it', description='Find.')\nasync def f(q: str): ...\ndef helper(): ..."
    tool = one(code).tool
    assert (tool.name, tool.definition.view.description) == ("find-it", "Find.")


def test_models_are_tools_unless_another_has_them() -> None:
    code = '''
class Base(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(..., alias="order-id")
class Part(BaseModel):
    n: int
class Cancel(Base):
    """Cancel an order."""
    parts: list[Part] = Field(default_factory=list, max_length=3)
    note: Optional[str] = None
'''
    tool = one(code, "pydantic").tool
    assert (tool.name, tool.definition.view.description) == ("Cancel", "Cancel an order.")
    part = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    assert tool.definition.view.parameters["properties"] == {
        "order-id": {"type": "string"},
        "parts": {"type": "array", "items": part, "maxItems": 3, "default": []},
        "note": {"type": ["string", "null"]},
    }


def closed(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def test_closed_schemas_are_written_as_plain_models() -> None:
    address = closed(street={"type": "string", "description": "With the number."})
    schema = closed(
        order={"type": "string"}, to={**address, "description": "Where to."}, by={"type": "array", "items": address}
    )
    schema["properties"]["day"] = {"type": "string", "format": "date"}
    text = json.dumps({"type": "function", "function": {"name": "send", "description": "Sends.", "parameters": schema}})
    tool = Tool(Definition(text), result_schema=json.dumps(closed(sent={"type": "boolean"})))
    for form in ("pydantic", "python"):
        written = get_tool_format(form).write([tool]).text
        assert "WithJsonSchema" not in written
        assert written.count("class SendTo(BaseModel):") == 1
        assert written.count('extra="forbid"') == (2 if form == "pydantic" else 3)
        read = one(written, form).tool
        assert read.definition.view.parameters == schema
        assert form == "pydantic" or json.loads(read.result_schema or "") == json.loads(tool.result_schema or "")


def test_written_models_run_and_refuse_what_the_schema_refuses() -> None:
    names: dict[str, Any] = {"__name__": "written"}
    schema = closed(
        order={"type": "string", "minLength": 2}, lines={"type": "array", "items": closed(n={"type": "integer"})}
    )
    text = json.dumps({"type": "function", "function": {"name": "Buy", "parameters": schema}})
    written = get_tool_format("pydantic").write([Tool(Definition(text))]).text
    exec(compile(written, "written.py", "exec", dont_inherit=True), names)
    assert names["Buy"](order="A1", lines=[{"n": 1}]).lines[0].n == 1
    for wrong in (
        {"order": "A1", "lines": [], "more": 1},
        {"order": "A", "lines": []},
        {"order": "A1", "lines": [{"m": 1}]},
    ):
        with pytest.raises(ValidationError):
            names["Buy"](**wrong)


def test_a_parameter_named_like_a_type_hides_it_from_no_field_behind_it() -> None:
    line = {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}
    told = {"type": "string", "description": "Told."}
    names = ["str", "int", "list", "dict", "Field", "Annotated", "BaseModel", "OneLine"]
    behind = {"n": {"type": "integer"}, "lines": {"type": "array", "items": line}, "s": told}
    first = {"type": "object", "properties": {"line": line}, "required": ["line"]}
    second = {"type": "object", "properties": {**dict.fromkeys(names, told), **behind}, "required": [*names, *behind]}
    tools = []
    for name, parameters in (("One", first), ("two", second)):
        function = {"name": name, "description": "Does it.", "parameters": parameters}
        tools.append(Tool(Definition(json.dumps({"type": "function", "function": function}))))
    written = get_tool_format("pydantic").write(tools).text
    scope: dict[str, Any] = {"__name__": "written"}
    exec(compile(written, "written.py", "exec", dont_inherit=True), scope)
    assert scope["two"].model_validate(
        {**dict.fromkeys(names, "x"), "n": 1, "lines": [{"sku": "a"}], "s": "y"}
    ).model_dump(by_alias=True)["lines"] == [{"sku": "a"}]
    assert [one.tool.definition.view.parameters for one in read(written, "pydantic").tools] == [first, second]


def test_a_file_of_models_is_told_from_one_of_functions() -> None:
    assert read_tools(b"class A(BaseModel):\n    x: int\n").tools[0].tool.name == "A"
    assert read_tools(b"def f(x: int): ...\n").tools[0].tool.name == "f"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(:\n  pass", "Line 1: this is no Python"),
        ("import os\n\n\nx = [", "Line 4"),
        ("import os\nclass A: pass\n", "no function"),
        ("def f(): '\0'", "Line 1|zero byte"),
        ("import os\n" + "x = " + "(" * 5000, "Line 2|nested too deeply"),
        ("import os\nx = " + "-" * 200_000 + "1", "nested too deeply"),
        ("import os\n#" + "x" * 1_000_001, "longer than 1,000,000"),
        ("import os\ny = " + "9" * 10_000, "this is no Python"),
        ("def f(x: str = '\\ud800'): ...", "lone surrogate"),
        ("def f(x: " + " | ".join(["int"] * 5000) + "): ...", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(code: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        read(code)


def test_a_line_of_parents_gives_all_its_fields() -> None:
    code = "class C0(BaseModel):\n  x: int\n" + "".join(f"class C{i}(C{i - 1}):\n  y{i}: int\n" for i in range(1, 9))
    assert list(properties(one(code, "pydantic"))) == ["x", *(f"y{i}" for i in range(1, 9))]


def test_many_alternatives_are_all_kept() -> None:
    union = " | ".join(f"Literal['a{i}']" for i in range(90))
    assert len(schema_of(union)["anyOf"]) == 90


def test_words_in_a_model_make_no_other_one_a_part() -> None:
    code = "class A(BaseModel):\n  x: int\nclass B(BaseModel):\n  y: Annotated[str, Field(description='A')] = 'A'\n"
    assert [tool.tool.name for tool in read(code, "pydantic").tools] == ["A", "B"]


def test_hostile_types_end_soon() -> None:
    began = time.process_time()
    deep = "int"
    for _ in range(60):
        deep = f"list[{deep}]"
    chain = "A0 = int\n" + "".join(f"A{i} = dict[str, A{i - 1}] | list[A{i - 1}]\n" for i in range(1, 60))
    read(f"{chain}\ndef f(x: {deep}, y: A59): ...")
    line = "class C0(BaseModel): x: int\n" + "".join(f"class C{i}(C{i - 1}): y: int\n" for i in range(1, 2000))
    with pytest.raises(UnreadableError):
        read(line, "pydantic")
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "parameters",
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": []},
        {"type": "object", "properties": {}, "required": []},
        {
            "type": "object",
            "properties": {"o": {"type": "object", "properties": {}, "required": []}},
            "required": ["o"],
        },
    ],
)
def test_an_empty_list_of_required_fields_is_written_and_comes_back(parameters: dict[str, Any]) -> None:
    text = json.dumps({"type": "function", "function": {"name": "do_it", "parameters": parameters}})
    written = get_tool_format("pydantic").write([Tool(Definition(text))]).text
    assert "'required': []" in written
    assert "WithJsonSchema" not in written
    assert one(written, "pydantic").tool.definition.view.parameters == parameters


NODE = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}}}
REFERRING: tuple[dict[str, Any], ...] = (
    {"type": "object", "properties": {"root": {"$ref": "#/$defs/Node"}}, "required": ["root"], "$defs": {"Node": NODE}},
    {"type": "object", "properties": {"name": {"type": "string"}, "inner": {"$ref": "#"}}},
    {
        "type": "object",
        "properties": {"at": {"type": "object", "properties": {"where": {"$ref": "#/definitions/a place"}}}},
        "definitions": {"a place": {"type": "number"}},
    },
    {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
)


@pytest.mark.parametrize("parameters", REFERRING)
def test_a_schema_that_refers_to_a_part_of_itself_is_printed_by_its_model(parameters: dict[str, Any]) -> None:
    function = {"name": "walk", "description": "Walks.", "parameters": parameters}
    tool = Tool(Definition(json.dumps({"type": "function", "function": function})))
    written = get_tool_format("pydantic").write([tool])
    module: dict[str, Any] = {"__name__": "written"}
    exec(compile(written.text, "written.py", "exec", dont_inherit=True), module)
    walk = module["walk"]
    assert walk.model_json_schema() == parameters
    assert "walk.model_json_schema()" in json.dumps(TypeAdapter(list[walk]).json_schema())
    assert "a part of itself" in " ".join(loss.words for loss in written.losses)


@pytest.mark.parametrize("parameters", REFERRING[:3])
def test_a_function_whose_schema_refers_to_a_part_of_itself_takes_a_model(parameters: dict[str, Any]) -> None:
    tool = Tool(Definition(json.dumps({"type": "function", "function": {"name": "walk", "parameters": parameters}})))
    module: dict[str, Any] = {"__name__": "written"}
    text = get_tool_format("python").write([tool]).text
    exec(compile(text, "written.py", "exec", dont_inherit=True), module)
    assert module["WalkArguments"].model_json_schema() == parameters
    assert one(text).tool.definition.view.parameters == parameters


def test_a_parser_of_calls_stands_beside_schemas_that_refer_to_themselves() -> None:
    tools = [
        Tool(Definition(json.dumps({"type": "function", "function": {"name": name, "parameters": parameters}})))
        for name, parameters in (("walk", REFERRING[0]), ("buy", closed(n={"type": "integer"})))
    ]
    module: dict[str, Any] = {"__name__": "written"}
    exec(compile(write_calls(tools).text, "written.py", "exec", dont_inherit=True), module)
    call = module["parse_call"]("walk", '{"root": {"children": [{"children": []}]}}')
    assert call.arguments.root == {"children": [{"children": []}]}
    assert "walk.model_json_schema()" in json.dumps(TypeAdapter(module["ToolCall"]).json_schema())
