"""One suite over every form of tools: what is written is recognised, and read back as the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from curation.errors import CurationError
from curation.model.definition import Definition, Execution, Policy, Sample, Tool, ToolError
from curation.synthesizers.shop import demo_tools
from curation.toolkits import TOOL_FORMATS, ToolFormat, detect_tool_format, fit_names, open_source, read_tools
from curation.toolkits.python_annotations import is_same

SOURCES = Path(__file__).parents[1] / "data/tool_sources"
forms = pytest.mark.parametrize("form", TOOL_FORMATS, ids=lambda one: one.name)
HOLDS_FACTS = {"mcp", "openapi"}


def back(form: ToolFormat, tools: list[Tool]) -> list[Tool]:
    return [one.tool for one in form.read(open_source(form.write(tools).text.encode())).tools]


def same_definition(one: Tool, other: Tool) -> bool:
    a, b = one.definition.view, other.definition.view
    return (a.name, a.description) == (b.name, b.description) and is_same(a.parameters, b.parameters)


@forms
def test_written_tools_are_recognised(form: ToolFormat) -> None:
    assert detect_tool_format(open_source(form.write(demo_tools()).text.encode())).name == form.name


@forms
def test_writing_is_deterministic_and_changes_nothing(form: ToolFormat) -> None:
    tools = list(demo_tools())
    before = msgspec.json.encode(tools)
    assert form.write(tools) == form.write(tools)
    assert msgspec.json.encode(tools) == before


@forms
def test_every_loss_is_listed(form: ToolFormat) -> None:
    tool = Tool(
        Definition(
            '{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}'
        ),
        side_effect="write",
        idempotent=True,
        idempotency_parameter="k",
        policy=Policy(text="By day.", forbidden_roles=("guest",)),
        result_schema='{"type":"string"}',
        errors=(ToolError("Gone.", code="404"),),
        execution=Execution(timeout_s=3.0),
        samples=(Sample("one"),),
    )
    (read,) = back(form, [tool])
    lost = {name for name in Tool.__struct_fields__[1:] if getattr(read, name) != getattr(tool, name)}
    said = " ".join(loss.words for loss in form.write([tool]).losses)
    words = {
        "side_effect": "side effect", "idempotent": "idempotent", "idempotency_parameter": "marks a repeat",
        "policy": "policy", "result_schema": "result schema", "errors": "errors", "execution": "how a call runs",
        "samples": "sample calls",
    }  # fmt: skip
    assert {name for name in words if words[name] in said} == lost
    assert ("`strict`" in said) is ("strict" not in read.definition.text)
    assert not lost or form.name not in HOLDS_FACTS


@forms
@pytest.mark.parametrize("source", sorted(SOURCES.glob("*.[jyp]*")), ids=lambda one: one.name)
def test_real_tools_go_there_and_back(form: ToolFormat, source: Path) -> None:
    tools = [one.tool for one in fit_names(read_tools(source.read_bytes()).tools)]
    for before, after in zip(tools, back(form, tools), strict=True):
        assert same_definition(before, after), before.name
        if form.name in HOLDS_FACTS:
            assert (before.side_effect, before.errors) == (after.side_effect, after.errors)


def without_description(tool: Tool) -> Tool:
    value = json.loads(tool.definition.text)
    del value["function"]["parameters"]["description"]
    return Tool(Definition(json.dumps(value)))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
values = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6), texts)
words = st.sampled_from(["description", "title", "pattern", "format", "x-own"])
bounds = st.sampled_from(
    ["minimum", "maximum", "exclusiveMinimum", "multipleOf", "minLength", "maxItems", "uniqueItems"]
)
leaf = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            [
                "string",
                "integer",
                "number",
                "boolean",
                "null",
                "array",
                "object",
                ["string", "null"],
                ["integer", "string"],
            ]
        ),
        "enum": st.lists(values, min_size=1, max_size=3),
        "default": st.one_of(values, st.just([]), st.just({})),
        "examples": st.lists(values, max_size=2),
    },
)


def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named = st.dictionaries(texts, inner, max_size=3)
    return st.one_of(
        st.builds(lambda s, k, v: {**s, k: v}, inner, words, texts),
        st.builds(lambda s, k, v: {**s, k: v}, inner, bounds, st.integers(0, 9)),
        st.builds(lambda s: {"type": "array", "items": s}, inner),
        st.builds(lambda s: {"type": "object", "additionalProperties": s}, inner),
        st.builds(lambda p: {"type": "object", "properties": p}, named),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
    )


schemas = st.recursive(leaf, grow, max_leaves=5)
parameter_names = st.one_of(texts, st.sampled_from(["city", "from", "x-key", "self", "_a", "a b", "model_config"]))


@st.composite
def drawn_tools(draw: st.DrawFn) -> Tool:
    properties = draw(st.dictionaries(parameter_names, schemas, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    whole: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        whole["required"] = required
    if draw(st.integers(0, 4)) == 0:
        whole |= draw(schemas)
    function: dict[str, Any] = {"name": draw(st.from_regex(r"[a-zA-Z0-9_-]{1,20}", fullmatch=True))}
    if draw(st.booleans()):
        function["description"] = draw(texts)
    function["parameters"] = whole
    return Tool(Definition(json.dumps({"type": "function", "function": function}, ensure_ascii=False)))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(tools=st.lists(drawn_tools(), min_size=1, max_size=2, unique_by=lambda one: one.name))
def test_any_definition_goes_there_and_back(tools: list[Tool]) -> None:
    for form in TOOL_FORMATS:
        note(form.name)
        check_back(form, tools)


def check_back(form: ToolFormat, tools: list[Tool]) -> None:
    lost = {loss.tool for loss in form.write(tools).losses if "description of the parameters" in loss.words}
    for before, after in zip(tools, back(form, tools), strict=True):
        kept = without_description(before) if before.name in lost else before
        assert same_definition(kept, after), form.write(tools).text


@forms
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda one: one.encode(errors="replace"))))
def test_no_bytes_bring_a_reader_down(form: ToolFormat, data: bytes) -> None:
    try:
        form.read(open_source(data))
    except CurationError as error:
        said = error.message
    else:
        said = "fine"
    assert said
    assert "\n" not in said
