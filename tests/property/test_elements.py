"""A list cut out of a stream has the same elements wherever the stream was cut."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from curation.formats.elements import split_elements

VALUES = st.recursive(
    st.text('a"\\[]{},é', max_size=4) | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("[,", max_size=2), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50)
@given(st.lists(VALUES, max_size=4), st.integers(1, 7), st.sampled_from([None, 1]))
def test_elements_are_the_same_however_the_stream_is_cut(values: list[object], size: int, indent: int | None) -> None:
    source = json.dumps(values, indent=indent).encode()
    chunks = [source[i : i + size] for i in range(0, len(source), size)]
    assert [json.loads(element) for element in split_elements(chunks, 10**6)] == values
