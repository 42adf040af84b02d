"""What is almost JSON becomes the JSON it surely means, to the letter, or nothing at all."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.reading.strict import parse_strict
from curation.rules.mending import has_comments, mend_literal, strip_fence

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="ab'\"\\/,}é "), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("{'city': 'Paris', 'metric': True}", '{"city": "Paris", "metric": true}'),
        ("{'price': 10.50}", '{"price": 10.50}'),
        ("{'share': 0.1234567890123456789}", '{"share": 0.1234567890123456789}'),
        ("{'sum': 12345678901234567890.0}", '{"sum": 12345678901234567890.0}'),
        ("{'at': (1, 2), 'by': None}", '{"at": [1, 2], "by": null}'),
        ("{'say': 'a \"b\", c'}", '{"say": "a \\"b\\", c"}'),
        ('{"a": 10.50, /* why */ "b": 1,} // so', '{"a": 10.50,  "b": 1}'),
        ('{"a": "x /* y", "b": "//,}",}', '{"a": "x /* y", "b": "//,}"}'),
    ],
)
def test_every_value_stays_to_the_letter(text: str, mended: str) -> None:
    assert mend_literal(text) == mended


@pytest.mark.parametrize(
    "text",
    [
        "{'a': 1, 'a': 2}",
        '{"a": 1, "a": 2,}',
        "{'a': 1e999}",
        "{1: 'x'}",
        "{'a': 1} /* and more",
        "{'a': '\\ud83d'}",
        "['a']",
        '{"a": "x',
    ],
)
def test_what_would_lose_something_is_left_to_a_person(text: str) -> None:
    assert mend_literal(text) is None


@given(value=st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_what_is_mended_is_what_python_means(value: dict[str, object]) -> None:
    mended = mend_literal(repr(value))
    assert mended is None or parse_strict(mended).value == ast.literal_eval(repr(value))


@pytest.mark.parametrize(
    ("text", "is_there"),
    [('{"a": 1} // why', True), ('{"a": /* x */ 1}', True), ('{"a": "http://x"}', False), ('{"a": "http://x', False)],
)
def test_comments_stand_outside_strings(text: str, is_there: bool) -> None:
    assert has_comments(text) is is_there


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('Here:\n``` {"a": "```"} ```\nDone.', '{"a": "```"}'),
        ('``` ```{"a": 1}```', '{"a": 1}'),
        ('I call {"a": 1} now', '{"a": 1}'),
        ("```{", None),
        ('```{"a": 1', None),
    ],
)
def test_object_is_taken_out_of_its_fence(text: str, inside: str | None) -> None:
    assert strip_fence(text) == inside
