"""The fields of the tool form and the stored tool say the same."""

from __future__ import annotations

import json

import pytest

from curation.errors import CurationError
from curation.model.definition import Definition, Policy, Tool, ToolError
from curation.services.tool_forms import build_tool, read_fields

TEXT = (
    '{ "type":"function", "x-keep":1.50, "function": {"strict":true,"name":"track","description":"Say.",'
    '"parameters":{"type":"object","properties":{"n":{"type":"number","minimum":1.10}}}}}'
)


def make_tool() -> Tool:
    return Tool(
        Definition(TEXT),
        side_effect="read",
        idempotent=True,
        policy=Policy("Only for the buyer.", "over 500"),
        result_schema='{"type":"object"}',
        errors=(ToolError("not found"), ToolError("timeout")),
    )


def test_untouched_tool_comes_back_with_its_exact_text() -> None:
    assert build_tool(read_fields(make_tool()), make_tool()) == make_tool()


def test_edited_description_keeps_unknown_keys_and_number_text() -> None:
    built = build_tool(read_fields(make_tool()) | {"description": 'Say "it".'}, make_tool())
    assert '"x-keep":1.50' in built.definition.text
    assert '"minimum":1.10' in built.definition.text
    assert json.loads(built.definition.text)["function"]["strict"] is True
    assert built.definition.view.description == 'Say "it".'


def test_new_tool_is_written_in_the_wrapped_shape() -> None:
    built = build_tool(read_fields(None) | {"name": "find"}, None)
    assert built.definition.view.wrapped
    assert built.definition.view.parameters == {"type": "object", "properties": {}}


def test_flat_definition_stays_flat() -> None:
    flat = Tool(Definition('{"name":"a","parameters":{}}'))
    assert json.loads(build_tool(read_fields(flat) | {"name": "b"}, flat).definition.text)["name"] == "b"


@pytest.mark.parametrize(("field", "text"), [("parameters", '{"a":'), ("result_schema", "{,}"), ("name", "  ")])
def test_what_cannot_be_saved_is_refused_in_words(field: str, text: str) -> None:
    with pytest.raises(CurationError) as refused:
        build_tool(read_fields(make_tool()) | {field: text, "description": "new"}, make_tool())
    assert refused.value.hint
