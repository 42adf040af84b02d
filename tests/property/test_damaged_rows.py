"""Rows of foreign formats with parts of them replaced are read, kept to the letter and placed like sound ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.formats import Format, get_format
from curation.model.envelope import encode
from curation.model.reading import Reading
from curation.reading.rows import read_row
from tests.contract.test_formats import check_losses
from tests.property.test_places import assert_places

FOLDER = Path(__file__).parents[1] / "data/formats"
NAMES = ["anthropic", "gemini", "openai_functions", "responses", "seal_tools", "traces"]
ODD: list[Any] = [
    *(None, True, 0, 1.5, "", "x", [], {}, [[]], [{}], [None], "user", "assistant", '{"a":1}', "é\n"),
    *({"role": "user"}, {"type": "text"}, [{"type": "tool_use"}], [{"text": 5}], [{"functionCall": {}}]),
]


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a value."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from list_paths(inner, (*path, step))


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """A sample row with up to three of its parts replaced or taken out."""
    lines = (FOLDER / name / "rows.jsonl").read_bytes().splitlines()
    row = json.loads(draw(st.sampled_from(lines)))
    for _ in range(draw(st.integers(1, 3))):
        paths = [path for path in list_paths(row) if path]
        if not paths:
            break
        *steps, last = draw(st.sampled_from(paths))
        place = row
        for step in steps:
            place = place[step]
        if draw(st.booleans()):
            place[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            del place[last]
    return json.dumps(row, ensure_ascii=draw(st.booleans())).encode()


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_rows_are_read_kept_and_placed(name: str, data: st.DataObject) -> None:
    fmt: Format = get_format(name)
    raw = data.draw(damaged(name))
    fmt.recognises(raw)
    reading = fmt.read(raw)
    assert isinstance(reading, Reading)
    assert_places(reading, raw)
    stored = read_row(encode(reading.example))
    assert isinstance(stored, Reading)
    assert stored.example == reading.example
    if fmt.write is not None:
        check_losses(fmt, reading.example)
