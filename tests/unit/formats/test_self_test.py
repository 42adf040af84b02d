"""The self-test of an export takes any row."""

from __future__ import annotations

import json

import pytest

from curation.formats import FORMATS
from curation.formats.contract import Format
from curation.formats.self_test import check_export
from curation.model.reading import Reading
from curation.reading.rows import read_row

WRITABLE = [fmt for fmt in FORMATS if fmt.write is not None]


@pytest.mark.parametrize("fmt", WRITABLE, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("number", ["1" * 5_000, "1e999"], ids=["long", "endless"])
def test_number_that_no_program_holds_is_no_difference(fmt: Format, number: str) -> None:
    arguments = '{"n": HERE}'.replace("HERE", number)
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    turns = [{"role": "user", "content": "Count."}, {"role": "assistant", "tool_calls": [call]}]
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "x-most": 123456789}}}
    row = json.dumps({"messages": turns, "tools": [tool]}).replace("123456789", number)
    reading = read_row(row.encode())
    assert isinstance(reading, Reading)
    assert [one.message for one in check_export(fmt, reading.example) if one.code == "X10"] == []
