"""What the published template of each family does to a conversation, measured and held on to."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.model.finding import Finding
from curation.model.values import Json
from curation.rendering import ChatRow, TemplateCheck, bare_template

pytestmark = pytest.mark.training

RENDERS = Path(__file__).parents[2] / "data/chat_templates/renders.jsonl"
CITY = {"type": "string", "description": "City name."}
UNIT = {"type": "string", "enum": ["C", "F"], "description": "Unit."}
PARAMETERS = {"type": "object", "properties": {"city": CITY, "unit": UNIT}, "required": ["city"]}
TOOL: Json = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Weather now.", "parameters": PARAMETERS},
}


@cache
def template_check(family: str) -> TemplateCheck:
    """The template of a family as the installed TRL carries it; the package itself is not loaded."""
    spec = importlib.util.find_spec("trl")
    assert spec is not None
    assert spec.origin is not None
    return TemplateCheck(bare_template((Path(spec.origin).parent / f"chat_templates/{family}.jinja").read_text()))


def call(n: int, arguments: dict[str, Json], *, as_text: bool) -> Json:
    given = json.dumps(arguments) if as_text else arguments
    return {"id": f"call0000{n}", "type": "function", "function": {"name": "get_weather", "arguments": given}}


def result(n: int) -> Json:
    return {"role": "tool", "tool_call_id": f"call0000{n}", "name": "get_weather", "content": '{"degrees": 3}'}


def conversation(*, as_text: bool = False, is_parallel: bool = False, **beside: Json) -> ChatRow:
    """System, user, call, result, answer; `beside` is the content of the turn that calls, if any."""
    calls = [call(1, {"city": "Oslo", "unit": "C"}, as_text=as_text)]
    calls += [call(2, {"city": "Rome"}, as_text=as_text)] if is_parallel else []
    results = [result(1), result(2)] if is_parallel else [result(1)]
    asked = ({"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather?"})
    calling = {"role": "assistant", "tool_calls": calls, **beside}
    return ChatRow((*asked, calling, *results, {"role": "assistant", "content": "3 degrees."}), (TOOL,), "conversation")


def shapes(*, as_text: bool = False) -> dict[str, ChatRow]:
    return {
        "two": conversation(as_text=as_text, is_parallel=True, content=""),
        "null": conversation(as_text=as_text, content=None),
        "absent": conversation(as_text=as_text),
        "text": conversation(as_text=as_text, content="Let me look."),
    }


FORMS = {"object": conversation(content=""), "string": conversation(as_text=True, content="")}
ARGUMENTS = "/messages/2/tool_calls/0/function/arguments"
DOUBLED, CRASHES = f"X03 {ARGUMENTS}", f"X01 {ARGUMENTS}"
CALL_LOST, RESULT_LOST = "X02 /messages/2/tool_calls/0", "X02 /messages/3/content"
SECOND_LOST, SECOND_REFUSED = "X02 /messages/2/tool_calls/1", "X01 /messages/2/tool_calls/1"
TEXT_LOST, NULL_REFUSED, ABSENT_REFUSED = "X02 /messages/2/content", "X01 /messages/2/content", "X01 /messages/2"
NULL_PRINTED, NO_TOOLS = "X04 /messages/2/content", "X13 /tools/0"
Columns = dict[str, list[str]]

ONE_CALL_OLD = {"string": [DOUBLED], "two": [SECOND_REFUSED], "text": [TEXT_LOST]}
OPENED = {"string": [CRASHES]}
MUTE = {"object": [CALL_LOST, NO_TOOLS], "string": [CALL_LOST, NO_TOOLS], "two": [CALL_LOST, SECOND_LOST, NO_TOOLS]}
DEAF = {
    "object": [CALL_LOST, RESULT_LOST, NO_TOOLS],
    "string": [CALL_LOST, RESULT_LOST, NO_TOOLS],
    "two": [CALL_LOST, SECOND_LOST, RESULT_LOST, "X02 /messages/4/content", NO_TOOLS],
    "null": [NULL_REFUSED],
    "absent": [ABSENT_REFUSED],
    "text": [CALL_LOST, RESULT_LOST, NO_TOOLS],
}
FAMILIES: dict[str, Columns] = {
    "qwen2_5": {"string": [DOUBLED]},
    "qwen3": {},
    "qwen3_instruct_2507": {},
    "qwen3_vl": {"null": [NULL_REFUSED]},
    "qwen3_5_think": OPENED,
    "qwen3_5_nothink": OPENED,
    "qwen3_6": OPENED,
    "nemotron_3_nano": OPENED,
    "llama3_1": ONE_CALL_OLD,
    "llama3_2": ONE_CALL_OLD,
    "gptoss": {"string": [DOUBLED], "two": [SECOND_LOST], "null": [NULL_REFUSED], "text": [TEXT_LOST]},
    "glm4moe": {"string": [CRASHES], "null": [NULL_PRINTED]},
    "lfm2_2_5": {"string": [CRASHES], "null": [NULL_REFUSED]},
    "llama3": {
        **MUTE,
        "null": [CALL_LOST, NULL_PRINTED, NO_TOOLS],
        "absent": [CALL_LOST, NO_TOOLS],
        "text": [CALL_LOST, NO_TOOLS],
    },
    "lfm2": {
        "object": [CALL_LOST],
        "string": [CALL_LOST],
        "two": [CALL_LOST, SECOND_LOST],
        "null": [CALL_LOST, NULL_PRINTED],
        "absent": [ABSENT_REFUSED],
        "text": [CALL_LOST],
    },
    "qwen2_5_vl": {**MUTE, "null": [NULL_REFUSED], "absent": [CALL_LOST, NO_TOOLS], "text": [CALL_LOST, NO_TOOLS]},
    "phi3": DEAF,
    "phi3_5": DEAF,
}
CODES = {"X01", "X02", "X03", "X04", "X13"}


def places(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{one.code} {one.at}" for one in findings if one.code in CODES]


@pytest.mark.parametrize(("family", "shape"), [(family, shape) for family in FAMILIES for shape in [*FORMS, *shapes()]])
def test_family_does_what_was_measured(family: str, shape: str) -> None:
    row = (FORMS | shapes())[shape]
    assert places(template_check(family).check(row)) == FAMILIES[family].get(shape, [])


DEEPSEEK = {"object": [CRASHES], "string": [NO_TOOLS], "absent": [ABSENT_REFUSED]}


@pytest.mark.parametrize("shape", [*FORMS, *shapes()])
def test_deepseek_takes_arguments_as_text_only(shape: str) -> None:
    row = (FORMS | shapes(as_text=True))[shape]
    assert places(template_check("deepseekv3").check(row)) == DEEPSEEK.get(shape, [NO_TOOLS])


@pytest.mark.parametrize("shape", [*FORMS, *shapes()])
@pytest.mark.parametrize("family", ["gemma", "gemma3", "cohere", "cohere2"])
def test_families_without_tools_refuse_the_roles(family: str, shape: str) -> None:
    found = template_check(family).check((FORMS | shapes())[shape])
    assert [one.code for one in found] == ["X01"]


@pytest.mark.parametrize(
    "family", ["gemma", "gemma3", "cohere", "cohere2", "deepseekv3", "llama3", "phi3", "phi3_5", "qwen2_5_vl"]
)
def test_definitions_are_lost_without_any_call(family: str) -> None:
    turns = ({"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "Where?"})
    assert NO_TOOLS in places(template_check(family).check(ChatRow(turns, (TOOL,), "conversation")))


def test_refusal_names_the_remedy_and_repairs_it() -> None:
    (found,) = template_check("qwen3_vl").check(conversation(content=None))
    assert "write an empty text instead of null" in found.message
    assert found.fix is not None
    assert (found.fix.at, found.fix.value) == ("/messages/2/content", '""')


def test_qwen3_writes_the_newest_turn_in_another_way_than_older_ones() -> None:
    found = [one for one in template_check("qwen3").check(FORMS["object"]) if one.code == "X09"]
    assert [one.at for one in found] == ["/messages/2"]
    assert not any(one.code == "X08" for one in template_check("qwen3").check(FORMS["object"]))


@pytest.mark.parametrize("family", ["qwen3_training", "qwen2_5_training", "lfm2_2_5", "qwen2_5", "nemotron_3_nano"])
def test_calm_on_rows_that_a_template_keeps_whole(family: str) -> None:
    assert template_check(family).check(FORMS["object"]) == ()


def test_glm_ends_no_turn() -> None:
    found = [one for one in template_check("glm4moe").check(FORMS["object"]) if one.code == "X08"]
    assert [one.at for one in found] == ["/messages/2"]
    assert "No stop token" in found[0].message


def golden() -> list[Json]:
    return [json.loads(line) for line in RENDERS.read_text().splitlines()]


@pytest.mark.parametrize(
    "one", golden(), ids=lambda one: f"{one['template']} {one['conversation']} {one['arguments_as']}"
)
def test_text_is_what_the_library_writes(one: Json) -> None:
    template = template_check(one["template"]).template
    row = ChatRow(tuple(one["messages"]), tuple(one["tools"]), "conversation")
    if one["error"]:
        with pytest.raises(UnreadableError):
            template.render(row)
    else:
        assert template.render(row).replace("2024-07-26", "2026-01-02") == one["rendered"]
