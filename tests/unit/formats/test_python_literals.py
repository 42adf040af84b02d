"""Python literals and calls in brackets are read without running anything."""

from __future__ import annotations

import ast
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.formats.bracket_calls import read_bracket_calls, starts_like_calls
from curation.reading.python_literals import MAX_CHARACTERS, MAX_DEPTH, literal_to_json

LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(value=LITERALS)
def test_every_literal_python_writes_is_read(value: object):
    assert literal_to_json(repr(value)) is not None
    assert json.loads(literal_to_json(repr(value)) or "") == json.loads(json.dumps(value))


@given(value=LITERALS)
def test_json_is_read_as_well(value: object):
    assert json.loads(literal_to_json(json.dumps(value)) or "") == json.loads(json.dumps(value))


@given(text=st.text(alphabet="[](){}'\"\\,:= 0123456789.eEnTrueFalsNo_x+-", max_size=40))
def test_any_text_is_json_or_none(text: str):
    source = literal_to_json(text)
    read_bracket_calls(text)
    if source is not None:
        json.loads(source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("{'price': 1.10, 'n': 12345678901234567890}", '{"price":1.10,"n":12345678901234567890}'),
        ("[.5, 5., 1_000, +7, -0.0]", "[0.5,5.0,1000,7,-0.0]"),
        ("(1, 'a',)", '[1,"a"]'),
        ("((1))", "1"),
        (r"'it\'s \u00e9 \x41 \101 \d'", '"it\'s é A A \\\\d"'),
        ("'''a\nb'''", '"a\\nb"'),
        (r"'\ud83d\ude00'", '"😀"'),
        ("{'a': True, 'b': None, 'c': false}", '{"a":true,"b":null,"c":false}'),
        ("{'a': 1, 'a': 2}", '{"a":1,"a":2}'),
    ],
)
def test_numbers_keep_their_text(text: str, source: str):
    assert literal_to_json(text) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "f(1)",
        "1 + 1",
        "{1, 2}",
        "{1: 2}",
        "b'x'",
        "f'{x}'",
        "[1 2]",
        "[,]",
        "{'a'}",
        "007",
        "1.2.3",
        "'a' 'b'",
        "__import__('os')",
        "[i for i in (1,)]",
        "...",
        "1j",
        "--1",
        "'open",
        r"'\ud83d'",
        "[1",
        "nan",
        r"'\N{BEE}'",
    ],
)
def test_what_is_no_plain_literal_is_none(text: str):
    assert literal_to_json(text) is None


def test_size_and_depth_are_capped():
    assert literal_to_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert literal_to_json("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) is None
    assert literal_to_json("'" + "a" * MAX_CHARACTERS + "'") is None


@pytest.mark.parametrize(
    "text", ["[" * 90 + "'" * 300_000, "[f" + " " * 500_000, "[f(a='" + "\\" * 300_000, "[" + "1," * 30_000]
)
def test_hostile_texts_take_no_long_time(text: str):
    start = time.perf_counter()
    literal_to_json(text)
    read_bracket_calls(text)
    starts_like_calls(text)
    assert time.perf_counter() - start < 5


# -- calls in brackets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ('[Market Trends API(kind="INDEX", n=5)]', [("Market Trends API", '{"kind":"INDEX","n":5}')]),
        ("[/v1/news(words=['a', \"b\"]), f()]", [("/v1/news", '{"words":["a","b"]}'), ("f", "{}")]),
        (" [ f ( a = 1.10 , ) , ] ", [("f", '{"a":1.10}')]),
        (
            "[a.b(class='x', start-date=None, q={'k': (1, True)})]",
            [("a.b", '{"class":"x","start-date":null,"q":{"k":[1,true]}}')],
        ),
        ("[f(text='a, b) = [c(')]", [("f", '{"text":"a, b) = [c("}')]),
    ],
)
def test_calls_are_read(text: str, calls: list[tuple[str, str]]):
    assert read_bracket_calls(text) == tuple(calls)
    assert starts_like_calls(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "f(a=1)",
        "[f(1)]",
        "[f(a=g(b=1))]",
        "[f(a=1)] Done.",
        "I call [f(a=1)]",
        "[f(a=1",
        "[f(a=1) g(b=2)]",
        "[f(a==1)]",
        "[(a=1)]",
        "[1, 2]",
        "[f]",
        "[f(a=x)]",
    ],
)
def test_anything_else_is_no_call(text: str):
    assert read_bracket_calls(text) is None


def test_known_names_may_hold_brackets_and_commas():
    names = ["Convert", "Convert (v2), fast"]
    assert read_bracket_calls("[Convert (v2), fast(a=1), Convert(a=2)]", names) == (
        ("Convert (v2), fast", '{"a":1}'),
        ("Convert", '{"a":2}'),
    )


def test_values_mean_what_python_means():
    text = "[f(a={'x': [1, -2.5e3], 'y': 'é'}, b=\"it's\")]"
    (call,) = read_bracket_calls(text) or ()
    given_call = ast.parse(text, mode="eval").body.elts[0]  # type: ignore[attr-defined]
    assert json.loads(call.arguments) == {word.arg: ast.literal_eval(word.value) for word in given_call.keywords}
