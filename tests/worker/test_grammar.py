"""Under a grammar every answer is valid, whatever the model is; a schema that cannot be said is named in the result."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from curation.errors import UnreadableError
from curation.finetune.tiny import tiny_model
from curation.formats.router_answer import parse_answer
from curation.llm import Prompt, Turn
from curation.llm.closing import Closer
from curation.llm.grammar import write_grammar
from curation.llm.local import LocalModel
from curation.llm.masking import Grammars
from curation.metrics.answers import Answer
from curation.metrics.given import INVALID, Given, Verdict, read_given
from curation.metrics.offers import offer_tools
from curation.model.definition import Definition
from curation.synthesizers.shop import demo_tools

# In one process with the others that load torch themselves.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch")]

NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "v": {"type": "boolean"}}, "required": ["v"]}
SCHEMAS: dict[str, Any] = {
    "nothing": None,
    "text": {"properties": {"a": {"type": "string"}}, "required": ["a"]},
    "long": {"properties": {"a": {"type": "string", "minLength": 200}}, "required": ["a"]},
    "pattern": {"properties": {"a": {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}}, "required": ["a"]},
    "formats": {
        "properties": {name: {"type": "string", "format": name} for name in ("date-time", "time", "date", "email")},
        "required": ["date-time", "time", "date", "email"],
    },
    "integers": {
        "properties": {
            "any": {"type": "integer"},
            "low": {"type": "integer", "exclusiveMaximum": -3},
            "seven": {"type": "integer", "multipleOf": 7},
        },
        "required": ["any", "low", "seven"],
    },
    "numbers": {
        "properties": {"any": {"type": "number"}, "small": {"type": "number", "minimum": 0.5, "maximum": 0.75}},
        "required": ["any", "small"],
    },
    "lists": {
        "properties": {"a": {"type": "array", "items": {"enum": ["x", "y z"]}, "minItems": 2}, "b": {"type": "array"}},
        "required": ["a", "b"],
    },
    "choices": {
        "properties": {
            "a": {"enum": ["x", "é", '1/2 "q"', None, 3, {"k": 1}]},
            "b": {"anyOf": [{"type": "object", "properties": {"k": {"const": 1}}}, {"type": ["string", "null"]}]},
        },
        "required": ["a", "b"],
    },
    "either": {
        "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "itself": {"$defs": {"node": NODE}, "properties": {"root": {"$ref": "#/$defs/node"}}, "required": ["root"]},
    "or null": {"type": ["object", "null"], "properties": {"a": {"type": "string"}}, "required": ["a"]},
    "whatever": True,
    "inherits": {
        "$defs": {"base": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}},
        "properties": {"who": {"$ref": "#/$defs/base", "properties": {"name": {"type": "string"}}}},
        "required": ["who"],
    },
    "one of": {
        "properties": {
            "by": {
                "oneOf": [
                    {
                        "type": "object",
                        "properties": {"kind": {"const": kind}, key: {"type": "string"}},
                        "required": need,
                    }
                    for kind, key, need in (("card", "number", ["kind", "number"]), ("cash", "note", ["kind"]))
                ]
            }
        },
        "required": ["by"],
    },
    'odd "name"/\\': {"properties": {'a"b': {"type": "boolean"}}, "required": ['a"b']},
}
"""Schemas that the grammar says whole."""
BEYOND: dict[str, Any] = {
    "unique": {"properties": {"a": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}}},
    "never": {"properties": {"a": {"not": {"type": "string"}}}},
    "lookahead": {"properties": {"a": {"type": "string", "pattern": "^(?=a)a"}}},
    "nonsense": {"type": "object", "properties": 3},
    "no object": {"type": "string"},
    "overlapping": {
        "oneOf": [{"properties": {"a": {}}}, {"properties": {"a": {}, "b": {"type": "null"}}, "required": ["b"]}]
    },
    "elsewhere": {"$ref": "https://schemas.example.org/order"},
}
"""Schemas that no grammar here can hold an answer to."""


def define(name: str, parameters: Any) -> Definition:
    return Definition(json.dumps({"type": "function", "function": {"name": name, "parameters": parameters}}))


def judge(text: str, *tools: Definition) -> Given:
    return read_given(Answer(text=text), offer_tools(tools), is_router=True)


@pytest.fixture(scope="module", params=range(3))
def random_model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    """Knows nothing: without a grammar it answers in noise."""
    return LocalModel.load(tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=request.param), threads=1)


def test_every_answer_of_a_random_model_is_valid(random_model: LocalModel) -> None:
    tools = [define(name, parameters) for name, parameters in SCHEMAS.items()]
    prompts = [
        Prompt((Turn("user", f"Do it {'now ' * n}"),), grammar=write_grammar((tool,)).text)
        for tool in tools
        for n in range(2)
    ]
    replies = random_model.answer(prompts, max_new_tokens=60, batch_size=24)
    judged = [judge(reply.text, tools[at // 2]) for at, reply in enumerate(replies)]
    wrong = [(one.why, reply.text) for one, reply in zip(judged, replies, strict=True) if one.verdict in INVALID]
    assert wrong == []
    assert all(0 < reply.tokens <= 60 for reply in replies)


def test_without_a_grammar_the_same_model_answers_in_noise(random_model: LocalModel) -> None:
    tool = define("text", SCHEMAS["text"])
    asked = Prompt((Turn("user", "Do it"),))
    free, held = random_model.answer(
        [asked, Prompt(asked.turns, grammar=write_grammar((tool,)).text)], max_new_tokens=30, batch_size=2
    )
    assert judge(free.text, tool).verdict is Verdict.UNPARSEABLE
    assert judge(held.text, tool).verdict not in INVALID


def test_all_tools_of_a_row_and_no_tool_may_be_answered_and_no_other() -> None:
    tools = tuple(define(name, SCHEMAS["text"]) for name in ("one", "two"))
    assert write_grammar(tools) is write_grammar(tools)
    for text, is_taken in (
        ('{"tool": "one", "arguments": {"a": "x"}}', True),
        ('{"tool":"two","arguments":{"a":""}}', True),
        ('{"tool": "no_tool", "reason": "small_talk", "message": "Hi"}', True),
        ('{"tool": "three", "arguments": {"a": "x"}}', False),
        ('{"tool": "one", "arguments": {"b": "x"}}', False),
        ('{"tool": "no_tool", "reason": "bored", "message": "Hi"}', False),
    ):
        assert takes(write_grammar(tools).text, text) is is_taken, text


def takes(grammar: str, text: str) -> bool:
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar), log_level=0)
    return bool(matcher.consume_tokens(tokenizer.tokenize_str(text)) and matcher.is_accepting())


def test_schema_beyond_the_grammar_is_named_and_its_tool_can_still_be_called() -> None:
    tools = tuple(define(name, parameters) for name, parameters in BEYOND.items())
    grammar = write_grammar((define("text", SCHEMAS["text"]), *tools))
    assert set(grammar.loosened) == set(BEYOND)
    for name in BEYOND:
        assert takes(grammar.text, f'{{"tool":"{name}","arguments":{{"a":["b"]}}}}') or takes(
            grammar.text, f'{{"tool":"{name}","arguments":{{"a":"b"}}}}'
        ), name
    whole = tuple(define(name, parameters) for name, parameters in SCHEMAS.items())
    assert write_grammar(whole).loosened == ()


ADDRESS = {"type": "object", "properties": {"city": {"type": "string"}, "no": {"type": ["integer", "null"]}}}


@pytest.mark.parametrize(
    ("answer", "is_said"),
    [
        ({"tool": "send", "arguments": {"to": {"no": 7, "city": "Bergen"}, "weight": 2.5}}, True),
        ({"tool": "send", "arguments": {"weight": 59.99}}, True),
        ({"tool": "send", "arguments": {"note": "x" * 101}}, False),
        ({"tool": "send", "arguments": {"to": {"city": "Bergen", "zip": "5003"}}}, False),
        ({"tool": "send", "arguments": {"weight": 1e12}}, False),
        ({"tool": "send", "arguments": {"weight": "heavy"}}, False),
        ({"tool": "ask", "arguments": {}}, False),
        ({"tool": "no_tool", "reason": "small_talk", "message": "x" * 500}, True),
        ({"tool": "no_tool", "reason": "bored", "message": ""}, False),
        ("Well", False),
    ],
)
def test_right_answer_beyond_the_grammar_is_known(answer: Any, is_said: bool) -> None:
    fields = {"to": ADDRESS, "note": {"type": "string"}, "weight": {"type": "number"}}
    grammar = write_grammar((define("send", {"type": "object", "properties": fields}),))
    assert grammar.can_say(parse_answer(json.dumps(answer))) is is_said
    if isinstance(answer, dict) and "arguments" in answer:
        in_order = {key: answer["arguments"][key] for key in fields if key in answer["arguments"]}
        if isinstance(place := in_order.get("to"), dict):
            in_order["to"] = {key: place[key] for key in ("city", "no", "zip") if key in place}
        assert takes(grammar.text, json.dumps({**answer, "arguments": in_order})) is is_said


def test_answer_that_runs_out_of_tokens_is_closed_by_the_grammar(random_model: LocalModel) -> None:
    tool = define("long", SCHEMAS["long"])
    (reply,) = random_model.answer([Prompt((Turn("user", "Go"),), grammar=write_grammar((tool,)).text)], 8)
    assert reply.is_closed
    assert not reply.is_cut, "it has an end"
    assert reply.tokens == 8
    assert judge(reply.text, tool).verdict not in INVALID


def walk(grammar: str, dice: Random, most: int) -> str | None:
    """An answer of tokens drawn blindly from those that may follow, cut after some of them and closed."""
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar), log_level=0)
    tokens: list[int] = []
    while len(tokens) < most and not matcher.is_accepting():
        mask = matcher.compute_bitmask()
        allowed = [token for token in range(256) if mask[token >> 3] >> (token & 7) & 1]
        tokens.append(dice.choice(allowed))
        assert matcher.consume_token(tokens[-1])
    return Closer(tokenizer).close(matcher, tokens)


def check_walks(count: int) -> None:
    """Walks through the grammar of every schema, cut anywhere."""
    tools = [define(name, parameters) for name, parameters in SCHEMAS.items()]
    tools += [one.definition for one in demo_tools()]
    dice = Random(count)
    for n in range(count):
        tool = tools[n % len(tools)]
        text = walk(write_grammar((tool,)).text, dice, dice.randrange(1, 300))
        assert text is not None
        judged = judge(text, tool)
        assert judged.verdict not in INVALID, (judged.why, text)


def test_any_way_through_a_grammar_cut_anywhere_ends_in_a_valid_answer() -> None:
    check_walks(34)


@pytest.mark.long
def test_thousands_of_ways_through_a_grammar_end_in_valid_answers() -> None:
    check_walks(3_000)


def test_grammar_without_an_end_is_given_up() -> None:
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark("start: /[a-z]{9000}/"), log_level=0)
    assert Closer(tokenizer).close(matcher, []) is None


def test_tokenizer_without_fast_form_is_refused_in_words() -> None:
    with pytest.raises(UnreadableError, match="cannot be held to a grammar"):
        Grammars(object(), 258, [0])
