"""Every finding of every rule can be shown in the row as given, whatever its format."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, note, settings

from curation.formats import FORMATS, get_format
from curation.model.reading import Reading
from curation.rules import check
from tests.contract.test_formats import EXAMPLES, WRITTEN, write
from tests.strategies import rows


def reach(value: Any, pointer: str) -> int:
    """How many steps of a pointer are missing in a value."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for i, step in enumerate(steps):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return len(steps) - i
    return 0


def assert_places(reading: Reading, raw: bytes) -> None:
    """Doubled keys apart: what the first of them held is in the text but not in the row as anybody reads it."""
    if any(finding.code == "J05" for finding in reading.findings):
        return
    row = json.loads(raw)
    for finding in check(reading):
        for inner in (finding.at, finding.related):
            if inner is None:
                continue
            place = reading.places.outer(inner)
            missing = reach(row, place.at)
            assert missing <= 1, (finding.rule, inner, place)
            assert not (place.inside and missing), (finding.rule, inner, place)


@settings(max_examples=40)
@given(example=EXAMPLES)
def test_findings_of_written_rows_are_placed(example: Any) -> None:
    for fmt in WRITTEN:
        note(fmt.name)
        for raw in write(fmt, example).rows:
            reading = fmt.read(raw)
            assert isinstance(reading, Reading)
            assert_places(reading, raw)


@settings(max_examples=60)
@given(raw=rows())
def test_findings_of_odd_rows_are_placed(raw: bytes) -> None:
    for fmt in FORMATS:
        reading = None if fmt.variant_of else fmt.read(raw)
        if isinstance(reading, Reading):
            note(fmt.name)
            assert_places(reading, raw)


def test_fault_in_text_that_holds_no_tools_is_shown_at_the_text() -> None:
    raw = rb'{"messages": [], "tools": "{\"\": [\"\\u001f\"]}"}'
    reading = get_format("trl").read(raw)
    assert isinstance(reading, Reading)
    assert [finding.code for finding in reading.findings] == ["J09"]
    assert_places(reading, raw)
